"""The customer and a colleague of support each want 60 yuan back of an order over 100, at the same moment."""

from paytwice import Run, Simulation, minutes, play

INTERLEAVINGS = 50


async def story(sim: Simulation) -> None:
    order = await sim.checkout("100.00 CNY")
    await order.pay("wechat")
    await sim.sleep(minutes(1))
    await sim.together(order.ask_refund("60.00 CNY"), order.ask_refund("60.00 CNY"))
    await sim.sleep(minutes(30))


def expect(run: Run) -> None:
    assert run.order.paid_by == "wechat"
    assert run.returned("wechat") == 60_00, "one of the two is granted, and the other is told so"
    assert run.kept("wechat") == 40_00
    assert len(run.refund_numbers("wechat")) == 1, "what is too much is not even sent"


if __name__ == "__main__":
    play(story, expect)
