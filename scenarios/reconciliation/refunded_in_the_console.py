"""Support sends the duplicate back in WeChat's console before the shop does, and tells nobody."""

from paytwice import Run, Simulation, minutes, play


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    await order.start("alipay")
    sim.network.hold("merchant", "wechat")
    await order.confirm("wechat")
    await order.confirm("alipay")
    sim.channel("wechat").refund_by_hand("99.00 CNY")  # the customer has called
    await sim.sleep(minutes(10))  # it is done, and the merchant does not even know of the payment
    sim.network.release("merchant", "wechat")
    await sim.sleep(minutes(40))


def expect(run: Run) -> None:
    assert run.order.paid_by == "alipay"
    assert run.kept("alipay") == 99_00
    assert run.captured("wechat") == run.returned("wechat") == 99_00, "the console has sent it all back"
    assert run.refund_numbers("wechat") == (), "nothing is left to send back"
    assert run.shop["ship"] == 1


if __name__ == "__main__":
    play(story, expect)
