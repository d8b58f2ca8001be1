"""Somebody edits the price under a live QR code, and the customer pays a tenth of what the order costs."""

from paytwice import Run, Simulation, minutes, play


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    sim.channel("wechat").edit_prices("9.90 CNY")
    await order.confirm("wechat")
    await sim.sleep(minutes(1))
    await order.pay("alipay")  # the code of Alipay asks for the price


def expect(run: Run) -> None:
    assert run.captured("wechat") == 9_90
    assert run.kept("wechat") == 0, "a payment of another sum settles nothing, and goes back"
    assert run.order.paid_by == "alipay"
    assert run.kept("alipay") == 99_00
    assert run.shop["ship"] == 1


if __name__ == "__main__":
    play(story, expect)
