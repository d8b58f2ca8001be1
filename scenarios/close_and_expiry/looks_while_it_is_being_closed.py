"""The customer cancels while WeChat hangs, looks at the page, and pays in the cashier that is still open."""

from paytwice import Run, Simulation, minutes, play, seconds


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    sim.network.hold("merchant", "wechat", lasting=minutes(3))  # the close is on its way so long
    await order.cancel()
    await sim.sleep(seconds(10))
    answer = await order.status()
    if answer is not None and answer.said.value == "PAY_AGAIN":
        await order.pay("alipay")  # who is told to pay again does so
    await order.confirm("wechat")
    await sim.sleep(minutes(5))
    await order.status()


def expect(run: Run) -> None:
    assert run.captured("alipay") == 0, "who can still pay was told to pay again"
    assert run.captured("wechat") == 99_00
    assert run.kept("wechat") == (99_00 if run.order.is_paid else 0)


if __name__ == "__main__":
    play(story, expect)
