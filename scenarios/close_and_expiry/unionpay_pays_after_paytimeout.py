"""The customer's bank pays after UnionPay's payTimeout: the channel keeps nothing of it and sends it back."""

from paytwice import Run, Settings, Simulation, days, minutes, play

SETTINGS = Settings(expires=minutes(15))


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("unionpay")
    await order.scan("unionpay")  # the customer is at the bank's page in time
    await sim.sleep(minutes(20))
    await order.confirm("unionpay")  # and confirms there when the time is over
    await order.status()  # the browser comes back from the bank: "paid"
    await sim.sleep(minutes(20))


def expect(run: Run) -> None:
    took, gave = run.ledgers["unionpay"].movements
    assert (took.kind.value, gave.kind.value) == ("TOOK_LATE", "GAVE_BACK")
    assert took.amount == gave.amount, "the customer has the money again"
    assert gave.at - took.at == days(7), "about five working days"
    assert run.captured("unionpay") == 0, "it was never the merchant's"
    assert run.refund_numbers("unionpay") == (), "and so there is nothing to send back"
    assert run.order.is_closed
    assert run.shop == {"reserve": 1, "release": 1}


if __name__ == "__main__":
    play(story, expect)
