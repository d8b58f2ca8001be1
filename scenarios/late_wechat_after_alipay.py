"""WeChat hangs, the customer pays with Alipay, then WeChat's success arrives after all."""

from paytwice import Run, Simulation, minutes, play, seconds


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")  # the customer sees WeChat's cashier
    sim.network.hold("merchant", "wechat", lasting=sim.parameter("hangs", minutes(3)))  # WeChat hangs
    await order.confirm("wechat")  # the money moves, and nobody hears of it
    await sim.sleep(sim.parameter("patience", seconds(40)))
    await order.pay("alipay")  # start and confirm


def expect(run: Run) -> None:
    assert run.order.paid_by == "alipay"
    assert run.kept("alipay") == 99_00
    assert run.captured("wechat") == 99_00
    assert run.kept("wechat") == 0, "the late WeChat payment was not refunded"
    assert len(run.refund_numbers("wechat")) == 1


if __name__ == "__main__":
    play(story, expect)
