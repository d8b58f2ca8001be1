"""A dozen orders within seconds, five minutes to pay, and one of the channels goes down under the load."""

from paytwice import Settings, Simulation, milliseconds, minutes, play, seconds

SETTINGS = Settings(expires=minutes(5))
WAYS = ("wechat", "alipay", "unionpay")
CUSTOMERS = 12


async def story(sim: Simulation) -> None:
    customers = sim.parameter("customers", CUSTOMERS)
    await sim.together(fall(sim), *(visit(sim, n) for n in range(1, customers + 1)))


async def fall(sim: Simulation) -> None:
    """The channel that most customers came by, or another one, is gone just when they confirm."""
    down = WAYS[sim.choose("goes down", len(WAYS))]
    await sim.sleep(seconds(1 + sim.choose("goes down after", 20)))
    sim.channel(down).goes_down(lasting=seconds((10, 60, 240, 600)[sim.choose("is down for", 4)]))


async def visit(sim: Simulation, number: int) -> None:
    who = f"customer {number}"
    await sim.sleep(milliseconds(200 * sim.choose(f"{who} comes", 50)))
    order = await sim.checkout(f"{number}9.90 CNY", order_id=f"P{number}")
    first = WAYS[sim.choose(f"{who} prefers", len(WAYS))]
    await order.start(first)
    await sim.sleep(seconds(sim.choose(f"{who} looks", 10)))
    paid = await order.confirm(first)
    await order.status()
    if paid is not None and paid.accepted:
        return
    match sim.choose(f"{who} is told nothing, and", 4):
        case 0:  # presses again
            await order.confirm(first)
        case 1:
            await order.pay(WAYS[sim.choose(f"{who} turns to", len(WAYS))])
        case 2:
            await order.cancel()
        case _:  # goes to bed
            pass


if __name__ == "__main__":
    play(story)
