"""The customer cancels just after having paid, and for three seconds WeChat's query still says NOTPAY."""

from paytwice import Run, Simulation, minutes, play, seconds


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    await sim.sleep(minutes(1))
    sim.channel("wechat").queries_lag(seconds(3))
    sim.network.delay("wechat", "merchant", "payment.notify", seconds(10))
    await order.confirm("wechat")
    await order.cancel()  # WeChat will not close what is paid, and a query says that it is not paid
    await sim.sleep(minutes(1))


def expect(run: Run) -> None:
    assert run.captured("wechat") == 99_00
    assert run.order.paid_by == "wechat", "an old NOTPAY is no proof: WeChat had said that it is paid"
    assert run.kept("wechat") == 99_00
    assert run.refund_numbers("wechat") == ()
    assert run.shop == {"reserve": 1, "ship": 1}


if __name__ == "__main__":
    play(story, expect)
