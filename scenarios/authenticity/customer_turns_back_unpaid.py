"""The customer turns back from WeChat's cashier without paying: a page that is opened is no payment."""

from paytwice import Run, Simulation, minutes, play, seconds


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY", expires=minutes(10))
    await order.start("wechat")
    await order.scan("wechat")
    await sim.sleep(seconds(30))
    await order.status()  # the browser is back at the shop
    await sim.sleep(minutes(15))


def expect(run: Run) -> None:
    assert run.order.paid_by is None
    assert run.order.is_closed
    assert run.captured("wechat") == 0
    assert "ship" not in run.shop, "goods were sent, and nobody has paid"
    assert run.shop["release"] == 1


if __name__ == "__main__":
    play(story, expect)
