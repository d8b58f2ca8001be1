"""WeChat's page says paid, the customer returns to the shop, and the shop has not heard of it yet."""

from paytwice import Run, Simulation, minutes, play, seconds


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    sim.network.hold("merchant", "wechat", lasting=minutes(5))
    await order.confirm("wechat")  # WeChat's own page says: paid
    for _ in range(3):  # the shop's page, and the customer looks again
        await sim.sleep(seconds(20))
        answer = await order.status()
        if answer is not None and answer.said.value == "PAY_AGAIN":
            await order.pay("alipay")  # who is told to pay again does so
    await sim.sleep(minutes(6))
    await order.status()  # by now the page says PAID, and it has to stay so


def expect(run: Run) -> None:
    assert run.captured("wechat") == 99_00
    assert run.captured("alipay") == 0, "a customer who had paid was told to pay again"
    assert run.order.paid_by == "wechat"
    assert run.kept("wechat") == 99_00
    assert run.refund_numbers("wechat") == ()
    assert run.shop["ship"] == 1


if __name__ == "__main__":
    play(story, expect)
