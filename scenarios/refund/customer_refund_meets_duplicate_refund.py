"""The customer wants the winner's money back at the moment when the duplicate turns up and goes back too."""

from paytwice import Run, Simulation, play, seconds

INTERLEAVINGS = 50


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    sim.network.hold("merchant", "wechat")
    await order.confirm("wechat")
    await order.pay("alipay")
    await sim.sleep(seconds(5))  # Alipay's payment has settled the order
    sim.network.release("merchant", "wechat")
    await order.ask_refund("99.00 CNY")


def expect(run: Run) -> None:
    assert run.order.paid_by == "alipay"
    assert run.returned("alipay") == 99_00, "as the customer asked"
    assert run.returned("wechat") == 99_00, "as nobody had to ask"
    assert len(run.refund_numbers("alipay")) == len(run.refund_numbers("wechat")) == 1


if __name__ == "__main__":
    play(story, expect)
