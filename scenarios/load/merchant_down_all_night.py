"""UnionPay captures while the merchant is down, and has given up telling of it when the merchant is back."""

from paytwice import Run, Simulation, hours, minutes, play


async def story(sim: Simulation) -> None:
    await sim.sleep(hours(9))  # it is 11 at night
    order = await sim.checkout("99.00 CNY")
    await order.start("unionpay")
    sim.crash_merchant(downtime=hours(8))
    await sim.sleep(minutes(5))
    await order.confirm("unionpay")  # five notifications in twelve minutes, and nobody is there
    await sim.sleep(hours(9))


def expect(run: Run) -> None:
    assert run.captured("unionpay") == 99_00
    if run.order.is_paid:
        assert run.kept("unionpay") == 99_00
        assert run.shop == {"reserve": 1, "ship": 1}
    else:  # a merchant may close an order that is long expired before it asks UnionPay
        assert run.kept("unionpay") == 0, "money for a closed order goes back"
        assert run.shop == {"reserve": 1, "release": 1}


if __name__ == "__main__":
    play(story, expect)
