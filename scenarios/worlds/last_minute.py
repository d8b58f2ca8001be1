"""Three orders are paid about when they expire, or long after, at shops of all policies and clocks."""

from paytwice import Customer, Settings, Simulation, minutes, play, seconds
from paytwice_core import Closing

SETTINGS = Settings(expires=minutes(1), closing=Closing.LOCAL_FIRST)
VARIES = {
    "closing": ("LOCAL_FIRST", "CHANNEL_FIRST"),
    "late": ("REFUND", "REFUND", "REOPEN_IF_STOCK"),
    "attempts": ("PARALLEL", "PARALLEL", "ONE_AT_A_TIME"),
    "skew": ("0s", "30s", "20s", "-30s"),  # of the shop's clock
}
WAYS = ("wechat", "alipay", "unionpay")
LATE = (-3_000, -500, -200, -100, -60, -40, 0, 500, 60_000, 900_000)  # milliseconds after the expiry


async def story(sim: Simulation) -> None:
    await sim.together(visit(sim, 1), visit(sim, 2), visit(sim, 3))


async def visit(sim: Simulation, number: int) -> None:
    who = f"customer {number}"
    order = await sim.checkout(f"{number}5.00 CNY", order_id=f"P{number}")
    for channel in WAYS:
        if sim.choose(f"{who} opens {channel}", 2) == 0:
            await order.start(channel)
            if sim.choose(f"{who} scans late", 3) == 0:
                await order.scan(channel)
    channels = [channel for channel in WAYS if channel in order.credentials]
    for _ in range(1 + sim.choose(f"{who} does much", 2)):
        await sim.together(
            at_last(sim, who, order, channels),
            at_last(sim, f"{who}'s friend", order, channels),
        )
    await sim.sleep(minutes(1))
    await order.status()


async def at_last(sim: Simulation, who: str, order: Customer, channels: list[str]) -> None:
    await sim.sleep(max(0, order.expires_at + LATE[sim.choose(f"{who} is late by", len(LATE))] - sim.now))
    match sim.choose(f"{who} does", 8):
        case 0 | 1 | 2 | 3 if channels:
            channel = channels[sim.choose(f"{who} takes", len(channels))]
            if sim.choose(f"the link of {who} hangs", 2):
                sim.network.hold("merchant", channel, lasting=seconds(20))
            await order.confirm(channel)
            await order.status()
        case 4:
            await order.cancel()
        case 5 | 6:
            await order.pay(WAYS[sim.choose(f"{who} turns to", len(WAYS))])
        case _:
            await order.status()


if __name__ == "__main__":
    play(story)
