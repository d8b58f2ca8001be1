"""Two people scan one WeChat code at the same moment: one out_trade_no, and two payments of it."""

from paytwice import Run, Simulation, minutes, play, seconds


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    sim.channel("wechat").books_twice(after=seconds(1))
    await order.pay("wechat")
    await sim.sleep(minutes(1))


def expect(run: Run) -> None:
    assert run.captured("wechat") == 198_00
    assert len(run.trade_numbers("wechat")) == 1, "one trade was paid twice"
    assert run.order.paid_by == "wechat"
    assert run.kept("wechat") == 99_00, "the same out_trade_no is not the same payment"
    assert len(run.refund_numbers("wechat")) == 1
    assert run.shop["ship"] == 1


if __name__ == "__main__":
    play(story, expect)
