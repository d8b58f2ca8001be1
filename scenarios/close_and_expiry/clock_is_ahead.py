"""The merchant's clock is ten minutes ahead: its order has expired, and the code is paid in time."""

from paytwice import Run, Settings, Simulation, minutes, play

SETTINGS = Settings(expires=minutes(15), skew=minutes(10))


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("alipay")
    await sim.sleep(minutes(8))  # by the merchant's clock it is over since three minutes
    await order.scan("alipay")
    await order.confirm("alipay")
    await sim.sleep(minutes(10))
    await order.status()


def expect(run: Run) -> None:
    assert run.captured("alipay") == 99_00, "by the channel's clock the code was good"
    if run.order.is_paid:
        assert run.kept("alipay") == 99_00
        assert run.shop == {"reserve": 1, "ship": 1}
    else:
        assert run.kept("alipay") == 0, "money for a closed order goes back"
        assert run.shop == {"reserve": 1, "release": 1}


if __name__ == "__main__":
    play(story, expect)
