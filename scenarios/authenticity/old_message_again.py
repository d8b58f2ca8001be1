"""The customer has all the money back, and hours later the notification of the payment comes once more."""

from paytwice import Run, Simulation, hours, minutes, play


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    sim.network.duplicate("wechat", "merchant", "payment.notify", after=hours(3))  # signed, and true once
    await order.pay("wechat")
    await sim.sleep(minutes(10))
    await order.ask_refund("99.00 CNY")
    await sim.sleep(hours(4))
    await order.status()


def expect(run: Run) -> None:
    assert run.order.paid_by == "wechat", "it was paid, whatever went back since"
    assert run.kept("wechat") == 0
    assert len(run.refund_numbers("wechat")) == 1
    assert run.shop == {"reserve": 1, "ship": 1}, "old news sent the goods again"


if __name__ == "__main__":
    play(story, expect)
