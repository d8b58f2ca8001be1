"""The process dies while it books the payment, and WeChat answers no query: its repeat is all there is."""

from paytwice import Run, Simulation, minutes, play, seconds


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    sim.channel("wechat").unavailable("trade.query", lasting=minutes(10))
    sim.crash_merchant_before("merchant payment.notify * store.put orders *", downtime=seconds(5))
    await order.pay("wechat")
    await sim.sleep(minutes(12))


def expect(run: Run) -> None:
    assert run.order.paid_by == "wechat"
    assert run.kept("wechat") == 99_00, "nothing was committed, so the repeat is the first that counts"
    assert run.refund_numbers("wechat") == ()
    assert run.shop["ship"] == 1


if __name__ == "__main__":
    play(story, expect)
