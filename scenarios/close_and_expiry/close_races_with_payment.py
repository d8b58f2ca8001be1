"""The customer cancels on one device and confirms on another, in the same moment."""

from paytwice import Run, Simulation, minutes, play

INTERLEAVINGS = 50


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    await sim.sleep(minutes(1))
    await sim.together(order.cancel(), order.confirm("wechat"))


def expect(run: Run) -> None:
    if run.captured("wechat"):
        assert run.order.is_paid, "the channel decides a race: it took the money before it was asked to close"
        assert run.kept("wechat") == 99_00
        assert run.shop == {"reserve": 1, "ship": 1}
    else:
        assert run.order.is_closed
        assert run.shop == {"reserve": 1, "release": 1}
    assert run.refund_numbers("wechat") == ()


if __name__ == "__main__":
    play(story, expect)
