"""The account for refunds is empty: WeChat refuses a refund, lets it wait, and closes it on day seven."""

from paytwice import Run, Simulation, days, hours, play


async def story(sim: Simulation) -> None:
    wechat = sim.channel("wechat")
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    await order.start("alipay")
    sim.network.hold("merchant", "wechat")
    await order.confirm("wechat")
    await order.confirm("alipay")
    wechat.runs_dry()  # NOT_ENOUGH: nothing is done, and the same number may be tried again
    sim.network.release("merchant", "wechat")
    await sim.sleep(hours(2))
    wechat.runs_dry(takes_on=True)  # accepted now, and PROCESSING until there is money
    await sim.sleep(days(8))  # CLOSED on the seventh day: from here it takes a new number
    wechat.top_up("99.00 CNY")


def expect(run: Run) -> None:
    assert run.order.paid_by == "alipay"
    assert run.kept("alipay") == 99_00
    assert run.kept("wechat") == 0, "the duplicate goes back when there is money, and not before"
    assert run.returned("wechat") == 99_00, "and it goes back once"
    assert len(run.refund_numbers("wechat")) == 2, "one number while it may still move, a new one when closed"


if __name__ == "__main__":
    play(story, expect)
