"""News for another app of the same company names this order's number; the customer pays when it has come."""

from paytwice import Run, Simulation, minutes, play, seconds


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("alipay")
    await sim.sleep(seconds(30))
    sim.false_news(order, "alipay", "for another app")  # signed by Alipay, and no business of ours
    await sim.sleep(minutes(1))
    await order.confirm("alipay")


def expect(run: Run) -> None:
    assert run.order.paid_by == "alipay", "the real payment pays the order"
    assert run.kept("alipay") == 99_00, "and no news of somebody else's makes it a duplicate"
    assert run.refund_numbers("alipay") == ()
    assert run.shop == {"reserve": 1, "ship": 1}


if __name__ == "__main__":
    play(story, expect)
