"""A payment succeeds before midnight and is heard of after it, so each of the two days' bills seems wrong."""

from paytwice import Run, Settings, Simulation, hours, minutes, play

SETTINGS = Settings(bill=True)  # a run begins at 14:00


async def story(sim: Simulation) -> None:
    await sim.sleep(hours(10) - minutes(1))
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    sim.network.hold("wechat", "merchant", one_way=True, lasting=minutes(5))
    await order.confirm("wechat")  # at 23:59, by WeChat's clock
    await sim.sleep(minutes(10))  # and it is 00:04 when the merchant hears of it


def expect(run: Run) -> None:
    assert run.order.paid_by == "wechat"
    assert run.kept("wechat") == 99_00, "it is in yesterday's bill: that today's lacks it means nothing"
    assert run.refund_numbers("wechat") == ()
    assert run.shop["ship"] == 1


if __name__ == "__main__":
    play(story, expect)
