"""A duplicate goes back to a bank card, which takes two days, and meanwhile a bill shows the payment only."""

from paytwice import Run, Settings, Simulation, days, play

SETTINGS = Settings(bill=True)


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    await order.start("alipay")
    sim.channel("wechat").next_refund_ends("SUCCESS", after=days(2))
    sim.network.hold("merchant", "wechat")
    await order.confirm("wechat")
    await order.confirm("alipay")
    sim.network.release("merchant", "wechat")
    await sim.sleep(days(3))  # a bill each morning at ten


def expect(run: Run) -> None:
    assert run.order.paid_by == "alipay"
    assert run.kept("alipay") == 99_00
    assert run.returned("wechat") == 99_00, "returned once: no more, no less"
    assert len(run.refund_numbers("wechat")) == 1, "the bill asks for nothing that is on its way already"


if __name__ == "__main__":
    play(story, expect)
