"""WeChat's notification arrives twice, a second apart: the same channel number is one payment."""

from paytwice import Run, Simulation, play, seconds


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    sim.network.duplicate("wechat", "merchant", "payment.notify", seconds(1))
    await order.pay("wechat")


def expect(run: Run) -> None:
    assert run.order.paid_by == "wechat"
    assert run.kept("wechat") == 99_00, "the copy of a notification must not cause a refund"
    assert run.refund_numbers("wechat") == ()
    assert run.shop["ship"] == 1


if __name__ == "__main__":
    play(story, expect)
