"""The customer has paid with Alipay and confirms in WeChat too, while WeChat's close is on its way."""

from paytwice import Run, Simulation, play, seconds


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    sim.network.hold("merchant", "wechat", one_way=True, lasting=seconds(20))  # what it sends takes its time
    await order.pay("alipay")
    await sim.sleep(seconds(5))  # the order is paid, and WeChat does not know yet that it shall close
    await order.confirm("wechat")


def expect(run: Run) -> None:
    assert run.order.paid_by == "alipay"
    assert run.captured("wechat") == 99_00, "the close came too late to prevent the second payment"
    assert run.kept("wechat") == 0, "the second payment was not refunded"
    assert run.kept("alipay") == 99_00
    assert len(run.refund_numbers("wechat")) == 1


if __name__ == "__main__":
    play(story, expect)
