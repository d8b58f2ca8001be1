"""WeChat makes the trade and its answer is lost: the customer tries again, and gets the same trade."""

from paytwice import Run, Simulation, minutes, play


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    sim.network.lose("wechat", "merchant", "trade.create.reply")
    await order.start("wechat")  # the page says: try again, and the customer does
    await order.confirm("wechat")
    await sim.sleep(minutes(1))


def expect(run: Run) -> None:
    assert run.captured("wechat") == 99_00, "the customer got nothing that can be paid"
    assert len(run.trade_numbers("wechat")) == 1, "asked for again under another number: two live trades"
    assert run.order.paid_by == "wechat"
    assert run.kept("wechat") == 99_00
    assert run.refund_numbers("wechat") == ()
    assert run.shop["ship"] == 1


if __name__ == "__main__":
    play(story, expect)
