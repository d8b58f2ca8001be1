"""Two cashiers are open; the customer cancels, and a friend confirms in one of them a blink later."""

from paytwice import Customer, Run, Simulation, minutes, play

INTERLEAVINGS = 50
BLINK = 60  # milliseconds: less than it takes to ask both channels


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    await order.start("alipay")
    await order.scan("alipay")
    await sim.sleep(minutes(1))
    await sim.together(order.cancel(), the_friend(sim, order))


async def the_friend(sim: Simulation, order: Customer) -> None:
    await sim.sleep(BLINK)
    await order.confirm("wechat")


def expect(run: Run) -> None:
    if run.order.is_paid:
        assert run.kept("wechat") == 99_00
        assert run.shop == {"reserve": 1, "ship": 1}
    else:
        assert run.order.is_closed
        assert run.kept("wechat") == 0, "money for a closed order goes back"
        assert run.shop == {"reserve": 1, "release": 1}


if __name__ == "__main__":
    play(story, expect)
