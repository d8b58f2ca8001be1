"""WeChat and Alipay both capture, and both notifications arrive in the same millisecond."""

from paytwice import Run, Simulation, play

INTERLEAVINGS = 50


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    await order.start("alipay")
    sim.network.hold("merchant", "wechat")
    sim.network.hold("merchant", "alipay")
    await sim.together(order.confirm("wechat"), order.confirm("alipay"))
    sim.network.release("merchant", "wechat")
    sim.network.release("merchant", "alipay")


def expect(run: Run) -> None:
    assert run.order.paid_by in ("wechat", "alipay")
    assert run.captured("wechat") == run.captured("alipay") == 99_00
    assert run.kept("wechat") + run.kept("alipay") == 99_00, "one payment is kept, and only one"
    assert run.kept(run.order.paid_by) == 99_00, "it is the winner that is kept"
    assert len(run.refund_numbers("wechat") + run.refund_numbers("alipay")) == 1
    assert run.shop["ship"] == 1


if __name__ == "__main__":
    play(story, expect)
