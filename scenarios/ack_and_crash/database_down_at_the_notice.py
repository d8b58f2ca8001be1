"""The merchant's database is not there when WeChat's notification comes: no ack, and the repeat is booked."""

from paytwice import Run, Simulation, minutes, play


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    sim.store_fails_before("merchant payment.notify * store.*")
    await order.pay("wechat")
    await sim.sleep(minutes(1))


def expect(run: Run) -> None:
    assert run.order.paid_by == "wechat"
    assert run.kept("wechat") == 99_00, "what could not be booked was acked all the same"
    assert run.refund_numbers("wechat") == ()
    assert run.shop["ship"] == 1


if __name__ == "__main__":
    play(story, expect)
