"""The process dies while the customer is in WeChat's cashier: who comes after it knows of the payment too."""

from paytwice import Run, Simulation, minutes, play, seconds


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    await sim.sleep(seconds(20))
    sim.crash_merchant(downtime=seconds(5))
    await sim.sleep(seconds(10))
    await order.confirm("wechat")
    await sim.sleep(minutes(1))


def expect(run: Run) -> None:
    assert run.order.paid_by == "wechat"
    assert run.kept("wechat") == 99_00
    assert run.refund_numbers("wechat") == ()
    assert run.shop["ship"] == 1


if __name__ == "__main__":
    play(story, expect)
