"""WeChat's notice that a refund is done arrives before the answer that it was accepted."""

from paytwice import Run, Simulation, minutes, play, seconds


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.pay("wechat")
    await sim.sleep(minutes(1))
    sim.channel("wechat").next_refund_ends("SUCCESS", after=seconds(1))
    sim.network.delay("wechat", "merchant", "refund.ask.reply", seconds(6))
    await order.ask_refund("40.00 CNY")
    await sim.sleep(minutes(10))


def expect(run: Run) -> None:
    assert run.order.paid_by == "wechat"
    assert run.returned("wechat") == 40_00
    assert run.kept("wechat") == 59_00
    assert run.order.refund_standings == ("DONE",), "the older answer does not take the news back"
    assert len(run.refund_numbers("wechat")) == 1


if __name__ == "__main__":
    play(story, expect)
