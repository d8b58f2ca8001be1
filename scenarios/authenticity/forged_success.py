"""A notification that WeChat never signed says paid, and one is for a shop that shares the address."""

from paytwice import Run, Simulation, minutes, play, seconds


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY", expires=minutes(10))
    await order.start("wechat")
    await sim.sleep(seconds(30))
    sim.false_news(order, "wechat", "forged")
    sim.false_news(order, "wechat", "for another merchant")
    await sim.sleep(minutes(15))


def expect(run: Run) -> None:
    assert run.order.paid_by is None
    assert run.order.state == "CLOSED"
    assert "ship" not in run.shop, "goods were sent, and nobody has paid"


if __name__ == "__main__":
    play(story, expect)
