"""A duplicate payment is refunded, WeChat's answer is lost, and the merchant must not refund it twice."""

from paytwice import Run, Simulation, minutes, play


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    await order.start("alipay")
    sim.network.hold("merchant", "wechat")
    await order.confirm("wechat")
    await order.confirm("alipay")
    sim.network.lose("wechat", "merchant", "refund.ask.reply")
    sim.network.release("merchant", "wechat")
    await sim.sleep(minutes(1))


def expect(run: Run) -> None:
    assert run.order.paid_by == "alipay"
    assert run.kept("alipay") == 99_00
    assert run.returned("wechat") == 99_00, "returned once: no more, no less"
    assert len(run.refund_numbers("wechat")) == 1, "one number, whatever was lost"


if __name__ == "__main__":
    play(story, expect)
