"""A code of Alipay's that nobody has scanned turns up again when its order has expired long ago."""

from paytwice import Run, Settings, Simulation, minutes, play

SETTINGS = Settings(expires=minutes(15))


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("alipay")
    await sim.sleep(minutes(50))
    await order.scan("alipay")  # there never was a trade that could have been closed
    await order.confirm("alipay")


def expect(run: Run) -> None:
    assert run.captured("alipay") == 0, "the code outlived its order"
    assert run.order.is_closed
    assert run.shop == {"reserve": 1, "release": 1}


if __name__ == "__main__":
    play(story, expect)
