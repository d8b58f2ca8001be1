"""The customer opens WeChat's cashier twice, and pays in the first: an order may be paid by any attempt."""

from paytwice import Run, Simulation, minutes, play


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    await order.start("wechat")  # the page was reloaded: a second out_trade_no
    await order.confirm("wechat", which=0)  # the first code is still on the phone
    await sim.sleep(minutes(1))


def expect(run: Run) -> None:
    assert run.captured("wechat") == 99_00
    assert run.order.paid_by == "wechat"
    assert run.kept("wechat") == 99_00, "the only payment there is was not taken for the order's"
    assert run.refund_numbers("wechat") == ()
    assert run.shop["ship"] == 1


if __name__ == "__main__":
    play(story, expect)
