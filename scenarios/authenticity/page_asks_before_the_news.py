"""WeChat's notification is lost, and the customer looks at the page: it says PAID when that is on record."""

from paytwice import Run, Simulation, minutes, play, seconds


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    sim.network.lose("wechat", "merchant", "payment.notify")  # the next is sent 15 seconds later
    await order.start("wechat")
    await order.confirm("wechat")
    await sim.sleep(seconds(2))
    await order.status()  # WeChat knows, the shop does not
    await sim.sleep(minutes(5))
    await order.status()


def expect(run: Run) -> None:
    assert run.order.paid_by == "wechat"
    assert run.kept("wechat") == 99_00
    assert run.refund_numbers("wechat") == ()
    assert run.shop["ship"] == 1


if __name__ == "__main__":
    play(story, expect)
