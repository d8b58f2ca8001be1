"""The merchant books the payment, its ack is lost, and WeChat sends the notification again."""

from paytwice import Run, Simulation, minutes, play


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    sim.network.lose("merchant", "wechat", "payment.notify.reply", times=2)
    await order.pay("wechat")
    await sim.sleep(minutes(1))


def expect(run: Run) -> None:
    assert run.order.paid_by == "wechat"
    assert run.kept("wechat") == 99_00
    assert run.refund_numbers("wechat") == (), "a repeat is not a duplicate payment"
    assert run.shop["ship"] == 1, "a repeat does not ship again"


if __name__ == "__main__":
    play(story, expect)
