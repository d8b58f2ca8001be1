"""The merchant's process dies after it has booked the payment and before the ack is out."""

from paytwice import Run, Simulation, minutes, play, seconds


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    sim.crash_merchant_before("merchant payment.notify * answers", downtime=seconds(20))
    await order.pay("wechat")
    await sim.sleep(minutes(1))


def expect(run: Run) -> None:
    assert run.order.paid_by == "wechat"
    assert run.kept("wechat") == 99_00
    assert run.refund_numbers("wechat") == ()
    assert run.shop["ship"] == 1, "what the first process had to do is done once, by the second"


if __name__ == "__main__":
    play(story, expect)
