"""Three customers pay, switch, pay twice, come too late, cancel and want money back, as they please."""

from paytwice import Customer, Money, Settings, Simulation, minutes, play, seconds

SETTINGS = Settings(expires=minutes(15))
VARIES = {"closing": ("CHANNEL_FIRST", "CHANNEL_FIRST", "LOCAL_FIRST")}
WAYS = ("wechat", "alipay", "unionpay")
CUSTOMERS = 3


async def story(sim: Simulation) -> None:
    await sim.together(*(visit(sim, n) for n in range(1, CUSTOMERS + 1)))


async def visit(sim: Simulation, number: int) -> None:
    who = f"customer {number}"
    await sim.sleep(seconds(sim.choose(f"{who} comes", 90)))
    expires = minutes(2 + sim.choose(f"{who} has time", 14))
    order = await sim.checkout(f"{10 + number}.00 CNY", expires=expires, order_id=f"P{number}")
    first = WAYS[sim.choose(f"{who} prefers", len(WAYS))]
    await order.start(first)
    for _ in range(2 + sim.choose(f"{who} does much", 5)):
        await sim.sleep(seconds((1, 3, 10, 40, 120)[sim.choose(f"{who} waits", 5)]))
        await act(sim, who, order, first)


async def act(sim: Simulation, who: str, order: Customer, first: str) -> None:
    channel = WAYS[sim.choose(f"{who} turns to", len(WAYS))]
    match sim.choose(f"{who} does", 12):
        case 0 | 1 | 2:
            await order.confirm(first)
            await order.status()
        case 3 | 4:
            await order.pay(channel)
        case 5:
            await order.start(channel)
        case 6:  # at once, as with two phones
            await sim.together(order.confirm(first), order.pay(channel))
        case 7:
            await sim.together(order.confirm(first), order.cancel())
            await order.status()
        case 8:
            part = sim.choose(f"{who} wants yuan", 16)  # or all of it, as most people do
            await order.ask_refund(Money(100 * part, "CNY") if 0 < part <= 8 else order.amount)
        case 9:  # the cashier stays open, to the last second and beyond
            await order.scan(first)
            late = seconds((-2, 0, 1, 30, 300)[sim.choose(f"{who} is late by", 5)])
            await sim.sleep(max(0, order.expires_at + late - sim.now))
            await order.confirm(first)
        case 10:  # the money moves, and the news of it is late: meanwhile the customer pays another way
            late = seconds((5, 60, 600)[sim.choose(f"{who} is heard late by", 3)])
            for paper in order.credentials.get(first, [])[-1:]:
                sim.network.delay(first, "merchant", "payment.notify", late, key=paper.out_trade_no)
            await order.confirm(first)
            await order.status()
            await order.pay(channel if channel != first else WAYS[WAYS.index(first) - 1])
        case _:
            await order.status()


if __name__ == "__main__":
    play(story)
