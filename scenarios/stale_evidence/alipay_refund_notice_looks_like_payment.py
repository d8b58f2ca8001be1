"""Alipay tells of refunds at the payment's address: in part as TRADE_SUCCESS, in full as TRADE_CLOSED."""

from paytwice import Run, Simulation, minutes, play


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.pay("alipay")
    await sim.sleep(minutes(5))
    await order.ask_refund("30.00 CNY")  # comes back as TRADE_SUCCESS with refund_fee 30.00
    await sim.sleep(minutes(5))
    await order.ask_refund("69.00 CNY")  # and then as TRADE_CLOSED, which is not an unpaid close
    await sim.sleep(minutes(5))


def expect(run: Run) -> None:
    assert run.order.paid_by == "alipay", "a refund of all of it does not make it unpaid"
    assert run.captured("alipay") == run.returned("alipay") == 99_00
    assert len(run.refund_numbers("alipay")) == 2, "a notice of a refund is not another payment"
    assert run.order.refund_standings == ("DONE", "DONE")
    assert run.shop == {"reserve": 1, "ship": 1}, "a notice of a refund ships nothing and frees nothing"


if __name__ == "__main__":
    play(story, expect)
