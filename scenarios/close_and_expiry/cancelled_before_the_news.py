"""The customer pays, WeChat is slow to tell the shop, the page still says unpaid, and so she cancels."""

from paytwice import Run, Simulation, minutes, play, seconds


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    sim.network.delay("wechat", "merchant", "payment.notify", seconds(30))
    await order.confirm("wechat")
    await sim.sleep(seconds(3))
    await order.status()
    await order.cancel()  # the close is answered with ORDERPAID
    await sim.sleep(minutes(2))
    await order.status()


def expect(run: Run) -> None:
    assert run.captured("wechat") == 99_00
    if run.order.is_paid:
        assert run.kept("wechat") == 99_00
        assert run.shop == {"reserve": 1, "ship": 1}
    else:  # closed here first, and the channels were asked afterwards
        assert run.kept("wechat") == 0, "money for a closed order goes back"
        assert run.shop == {"reserve": 1, "release": 1}


if __name__ == "__main__":
    play(story, expect)
