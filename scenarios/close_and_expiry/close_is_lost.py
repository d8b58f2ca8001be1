"""An order is cancelled while nothing reaches WeChat: the close is lost, and the code is good for hours."""

from paytwice import Run, Settings, Simulation, hours, minutes, play

SETTINGS = Settings(expires=hours(2))


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    await sim.sleep(minutes(1))
    sim.network.partition("merchant", "wechat", lasting=minutes(5))
    await order.cancel()
    await sim.sleep(minutes(10))
    await order.status()


def expect(run: Run) -> None:
    assert run.order.is_closed
    assert run.captured("wechat") == 0
    assert run.shop == {"reserve": 1, "release": 1}


if __name__ == "__main__":
    play(story, expect)
