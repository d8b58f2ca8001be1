"""A coupon of WeChat's pays ten yuan of the price: the customer's cash is less than what the order costs."""

from paytwice import Run, Simulation, minutes, play


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    await order.confirm("wechat", coupon="10.00 CNY")  # total 99.00, payer_total 89.00
    await sim.sleep(minutes(2))
    await order.status()


def expect(run: Run) -> None:
    assert run.captured("wechat") == 99_00, "the merchant has the whole price"
    assert run.order.paid_by == "wechat"
    assert run.kept("wechat") == 99_00
    assert run.refund_numbers("wechat") == (), "nothing is wrong with a payment that a coupon helped with"
    assert run.shop == {"reserve": 1, "ship": 1}


if __name__ == "__main__":
    play(story, expect)
