"""A coupon pays a part, and when the price goes back in three, each gives cash and coupon to the fen."""

from paytwice import Run, Simulation, minutes, play


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.pay("wechat", coupon="10.00 CNY")  # the order total is 99, the payer's cash 89
    for part in ("33.33 CNY", "33.33 CNY", "32.34 CNY"):
        await sim.sleep(minutes(5))
        await order.ask_refund(part)


def expect(run: Run) -> None:
    assert run.order.paid_by == "wechat", "99 yuan were paid, whoever gave them"
    assert run.returned("wechat") == 99_00
    assert run.cash_kept("wechat") == 0, "the customer has 89 yuan back"
    assert run.coupons_kept("wechat") == 0, "and the coupon its ten, once"
    assert len(run.refund_numbers("wechat")) == 3


if __name__ == "__main__":
    play(story, expect)
