"""The customer cancels, and the code is still on the other phone: it is paid there a minute later."""

from paytwice import Run, Simulation, minutes, play


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    await sim.sleep(minutes(2))
    await order.cancel()
    await sim.sleep(minutes(1))
    await order.confirm("wechat")  # on the other phone
    await sim.sleep(minutes(40))  # past the expiry of an order that is closed already


def expect(run: Run) -> None:
    assert run.captured("wechat") == 0, "a cancelled order could still be paid"
    assert run.order.is_closed
    assert run.shop == {"reserve": 1, "release": 1}


if __name__ == "__main__":
    play(story, expect)
