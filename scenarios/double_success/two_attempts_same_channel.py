"""The customer opens WeChat's cashier twice and confirms in both: one channel, two payment numbers."""

from paytwice import Run, Simulation, play


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    await order.start("wechat")  # the page was reloaded: a second out_trade_no
    sim.network.hold("merchant", "wechat")  # nothing is heard of the first before the second is paid
    await order.confirm("wechat", which=0)
    await order.confirm("wechat", which=1)
    sim.network.release("merchant", "wechat")


def expect(run: Run) -> None:
    assert run.order.paid_by == "wechat"
    assert run.kept("wechat") == 99_00, "the same channel is not the same payment: compare the number too"
    assert len(run.refund_numbers("wechat")) == run.captured("wechat") // 99_00 - 1


if __name__ == "__main__":
    play(story, expect)
