"""The customer opens two cashiers and leaves: the order expires, and neither can be paid any more."""

from paytwice import Run, Simulation, minutes, play


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    await order.start("alipay")
    await order.scan("alipay")
    await sim.sleep(minutes(45))
    await order.confirm("wechat")  # she finds the cashier still open
    await order.confirm("alipay")


def expect(run: Run) -> None:
    assert run.order.is_closed
    assert run.captured("wechat") == run.captured("alipay") == 0, "a closed order could still be paid"
    assert run.shop == {"reserve": 1, "release": 1}


if __name__ == "__main__":
    play(story, expect)
