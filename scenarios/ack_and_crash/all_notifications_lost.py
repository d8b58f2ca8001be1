"""Not one of WeChat's notifications arrives: the merchant has to ask."""

from paytwice import Run, Simulation, hours, play


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    sim.network.lose("wechat", "merchant", "payment.notify", times=16)  # the whole ladder
    await order.pay("wechat")
    await sim.sleep(hours(25))  # WeChat has given up by then


def expect(run: Run) -> None:
    assert run.order.paid_by == "wechat"
    assert run.kept("wechat") == 99_00
    assert run.shop["ship"] == 1


if __name__ == "__main__":
    play(story, expect)
