"""An order is paid, and a stranger who knows its number sends a notification that WeChat never signed."""

from paytwice import Run, Simulation, minutes, play


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.pay("wechat")
    await sim.sleep(minutes(5))
    sim.false_news(order, "wechat", "forged")  # an ack would tell that the number is right
    await sim.sleep(minutes(1))
    await order.status()


def expect(run: Run) -> None:
    assert run.order.paid_by == "wechat"
    assert run.kept("wechat") == 99_00
    assert run.refund_numbers("wechat") == (), "a stranger's word sends no money anywhere"
    assert run.shop == {"reserve": 1, "ship": 1}


if __name__ == "__main__":
    play(story, expect)
