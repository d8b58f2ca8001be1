"""A query is answered "not paid" just before the payment, and its answer arrives after the notification."""

from paytwice import Run, Simulation, minutes, play, seconds


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    sim.network.delay("wechat", "merchant", "trade.query.reply", seconds(8))
    await sim.sleep(seconds(18))  # the customer looks for a card, and the merchant has begun to ask
    await order.confirm("wechat")  # the notification is there at once, and the answer is not
    await sim.sleep(minutes(10))


def expect(run: Run) -> None:
    assert run.order.paid_by == "wechat", "what was true before the payment does not undo it"
    assert run.kept("wechat") == 99_00
    assert run.refund_numbers("wechat") == ()
    assert run.shop == {"reserve": 1, "ship": 1}


if __name__ == "__main__":
    play(story, expect)
