"""The customer has had all of Alipay's payment back, and then the success of WeChat arrives after all."""

from paytwice import Run, Simulation, minutes, play


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    sim.network.hold("merchant", "wechat")
    await order.confirm("wechat")
    await order.pay("alipay")
    await sim.sleep(minutes(2))
    await order.ask_refund("99.00 CNY")  # of Alipay's, which is all that the shop knows of
    await sim.sleep(minutes(2))
    sim.network.release("merchant", "wechat")
    await sim.sleep(minutes(10))


def expect(run: Run) -> None:
    assert run.order.paid_by == "alipay", "that the money went back does not make it unpaid"
    assert run.returned("alipay") == 99_00, "as the customer asked"
    assert run.returned("wechat") == 99_00, "as nobody had to ask"
    assert run.shop == {"reserve": 1, "ship": 1}


if __name__ == "__main__":
    play(story, expect)
