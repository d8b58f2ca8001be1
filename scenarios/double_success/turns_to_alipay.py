"""The customer turns from WeChat to Alipay and pays; WeChat's code is closed, and the order stays paid."""

from paytwice import Run, Simulation, minutes, play, seconds


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    await sim.sleep(seconds(20))
    await order.pay("alipay")
    await sim.sleep(minutes(1))
    await order.confirm("wechat")  # the other phone still shows WeChat's code, which is dead by now


def expect(run: Run) -> None:
    assert run.order.paid_by == "alipay"
    assert run.kept("alipay") == 99_00
    assert run.kept("wechat") == 0, "the code that the customer turned away from was left open"
    assert run.shop["ship"] == 1


if __name__ == "__main__":
    play(story, expect)
