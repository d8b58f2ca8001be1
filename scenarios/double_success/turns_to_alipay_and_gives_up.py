"""The customer turns from WeChat to Alipay and cancels: then both codes are dead, the older one too."""

from paytwice import Run, Simulation, minutes, play, seconds


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    await sim.sleep(seconds(20))
    await order.start("alipay")
    await order.scan("alipay")
    await sim.sleep(seconds(20))
    await order.cancel()
    await sim.sleep(minutes(1))
    await order.confirm("wechat")  # the other phone still shows WeChat's code


def expect(run: Run) -> None:
    if run.order.is_paid:  # still open at the shop when the customer confirmed after all
        assert run.kept("wechat") == 99_00
        assert run.shop["ship"] == 1
    else:
        assert run.captured("wechat") == run.captured("alipay") == 0, "paid for an order that was cancelled"
        assert run.shop["release"] == 1


if __name__ == "__main__":
    play(story, expect)
