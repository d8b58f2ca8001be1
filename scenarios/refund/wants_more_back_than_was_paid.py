"""The customer wants 60 of 99 yuan back, and then 60 more: what is promised has to be there."""

from paytwice import Run, Simulation, minutes, play


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.pay("wechat")
    await sim.sleep(minutes(1))
    await order.ask_refund("60.00 CNY")
    await sim.sleep(minutes(10))
    await order.ask_refund("60.00 CNY")
    await sim.sleep(minutes(10))


def expect(run: Run) -> None:
    assert run.order.paid_by == "wechat"
    assert run.returned("wechat") in (0, 60_00), "no more goes back than was granted"
    assert len(run.refund_numbers("wechat")) <= 1


if __name__ == "__main__":
    play(story, expect)
