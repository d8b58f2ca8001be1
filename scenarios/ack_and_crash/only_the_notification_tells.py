"""WeChat answers no query, and four of its notifications are lost: the fifth is all that tells."""

from paytwice import Run, Simulation, minutes, play


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    sim.channel("wechat").unavailable("trade.query", lasting=minutes(30))
    sim.network.lose("wechat", "merchant", "payment.notify", times=4)
    await order.pay("wechat")
    await sim.sleep(minutes(30))


def expect(run: Run) -> None:
    assert run.order.paid_by == "wechat"
    assert run.kept("wechat") == 99_00
    assert run.refund_numbers("wechat") == ()
    assert run.shop["ship"] == 1


if __name__ == "__main__":
    play(story, expect)
