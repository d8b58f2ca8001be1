"""No notification arrives and no query is answered: the next morning's bill tells what the merchant has."""

from paytwice import Run, Simulation, hours, play


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    sim.network.lose("wechat", "merchant", "payment.notify", times=16)  # the whole ladder
    sim.channel("wechat").unavailable("trade.query", lasting=hours(24))
    await order.confirm("wechat")
    await sim.sleep(hours(21))  # it is 11:00, and the bill is there since 10:00
    await order.ask_refund("99.00 CNY")  # the customer has waited long enough


def expect(run: Run) -> None:
    assert run.captured("wechat") == 99_00
    assert run.order.paid_by == "wechat"
    assert run.kept("wechat") == 0, "only who knows of a payment can give it back"
    assert len(run.refund_numbers("wechat")) == 1


if __name__ == "__main__":
    play(story, expect)
