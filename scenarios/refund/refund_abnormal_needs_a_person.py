"""A duplicate can go neither to the account it came from nor to another card: the shop gets it itself."""

from paytwice import Run, Simulation, days, hours, play

VERDICT = "unknown"  # the customer is unpaid, and a person has to see to it


async def story(sim: Simulation) -> None:
    wechat = sim.channel("wechat")
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    await order.start("alipay")
    sim.network.hold("merchant", "wechat")
    await order.confirm("wechat")
    await order.confirm("alipay")
    wechat.next_refund_ends("ABNORMAL")  # the account that paid is gone
    wechat.next_abnormal_route_ends("ABNORMAL", after=hours(1))  # and so is the customer's other card
    sim.network.release("merchant", "wechat")
    await sim.sleep(hours(3))
    wechat.reroute_by_hand("MERCHANT_BANK_CARD")  # a person takes it, to pay it out in cash
    await sim.sleep(days(2))


def expect(run: Run) -> None:
    assert run.order.paid_by == "alipay"
    assert run.kept("alipay") == 99_00
    assert run.returned("wechat") == 0, "money on the merchant's own card is not with the customer"
    assert run.kept("wechat") == 99_00
    assert len(run.refund_numbers("wechat")) == 1, "an abnormal refund has no second one beside it"
    assert run.order.waits_for_a_person == 99_00, "the customer is owed the whole amount"


if __name__ == "__main__":
    play(story, expect)
