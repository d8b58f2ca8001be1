"""A channel nobody foresaw, as the README shows it."""

import attrs

from paytwice import CHANNELS, ChannelProfile, Simulation, minutes, seconds, simulate

PAYPAY = ChannelProfile(
    name="paypay",
    gaps=(seconds(10), minutes(1), minutes(10)),  # a notification is sent four times
    ack_timeout=seconds(3),
    refund_takes=minutes(2),
)
SLOW_ALIPAY = attrs.evolve(CHANNELS["alipay"], ack_timeout=seconds(30))


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("paypay")
    sim.network.hold("merchant", "paypay", lasting=minutes(2))
    await order.confirm("paypay")
    await order.pay("alipay")


run = simulate(story, channels={"paypay": PAYPAY, "alipay": SLOW_ALIPAY})
assert run.order.paid_by == "alipay"
assert run.kept("paypay") == 0
