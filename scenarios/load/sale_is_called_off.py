"""A sale is called off: four orders go back in five parts each, and WeChat wants a minute between parts."""

from paytwice import Customer, Run, Simulation, minutes, play, seconds

ORDERS = 4
PARTS = ("5.00 CNY", "15.00 CNY", "25.00 CNY", "24.00 CNY", "30.00 CNY")


async def story(sim: Simulation) -> None:
    orders = [await sim.checkout("99.00 CNY") for _ in range(ORDERS)]
    for order in orders:
        await order.pay("wechat")
    await sim.sleep(minutes(5))
    await sim.together(*(article_by_article(sim, order) for order in orders))
    await sim.sleep(minutes(30))


async def article_by_article(sim: Simulation, order: Customer) -> None:
    """Support goes down the list as fast as it can click."""
    for part in PARTS:
        await order.ask_refund(part)
        await sim.sleep(seconds(1))


def expect(run: Run) -> None:
    assert run.returned("wechat") == ORDERS * 99_00, "all of it, however long the queue"
    assert len(run.refund_numbers("wechat")) == ORDERS * len(PARTS), "a part keeps its number while it waits"
    assert run.shop == {"reserve": ORDERS, "ship": ORDERS}


if __name__ == "__main__":
    play(story, expect)
