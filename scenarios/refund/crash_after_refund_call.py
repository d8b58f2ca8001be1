"""The merchant's process dies when WeChat has the refund and its answer is on the way back."""

from paytwice import Run, Simulation, minutes, play, seconds


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.pay("wechat")
    await sim.sleep(minutes(1))
    sim.network.delay("wechat", "merchant", "refund.ask.reply", seconds(8))
    await order.ask_refund("40.00 CNY")
    await sim.sleep(seconds(4))  # WeChat has it, and the merchant knows no more than that it has called
    sim.crash_merchant(downtime=minutes(2))
    await sim.sleep(minutes(10))


def expect(run: Run) -> None:
    assert run.order.paid_by == "wechat"
    assert run.returned("wechat") == 40_00, "returned once: no more, no less"
    assert run.kept("wechat") == 59_00
    assert len(run.refund_numbers("wechat")) == 1, "the number outlives the process"
    assert run.order.refund_standings == ("DONE",)


if __name__ == "__main__":
    play(story, expect)
