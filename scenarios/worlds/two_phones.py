"""Two people pay one order from two phones: by one channel or two, at once, later, or on second thoughts."""

from paytwice import Customer, Money, Settings, Simulation, minutes, play, seconds

SETTINGS = Settings(expires=minutes(15))
VARIES = {"closing": ("CHANNEL_FIRST", "CHANNEL_FIRST", "LOCAL_FIRST")}
WAYS = ("wechat", "alipay", "unionpay")
PAUSES = (0, 1, 5, 40, 180)


async def story(sim: Simulation) -> None:
    order = await sim.checkout("30.00 CNY")
    his, hers = (WAYS[sim.choose(f"{who} prefers", len(WAYS))] for who in ("he", "she"))
    await order.start(his)
    await order.start(hers)
    match sim.choose("they", 7):
        case 0:
            await sim.together(pays(order, his, 0), pays(order, hers, -1))
        case 1 | 2:
            await pays(order, his, 0)
            await pause(sim, "she follows")
            await pays(order, hers, -1)
        case 3:  # his money moves, and the news of it is late, or comes again long after
            late_or_twice(sim, order, his)
            await sim.together(pays(order, his, 0), pays(order, hers, -1))
        case 4:  # one of them has cancelled, and the codes are still on the screens
            await sim.together(order.cancel(), pays(order, his, 0))
            await pause(sim, "she thinks")
            await pays(order, hers, -1)
        case 5:  # the first payment is on its way back when the second one arrives
            await pays(order, his, 0)
            await pause(sim, "he thinks")
            await wants_back(sim, "he", order)
            await pays(order, hers, -1)
        case _:  # both codes are open when the time is over
            await order.scan(his, which=0)
            await order.scan(hers)
            await sim.sleep(max(0, order.expires_at - sim.now))
            await sim.together(pays(order, his, 0), pays(order, hers, -1))
    if sim.choose("they want it back", 3):
        await pause(sim, "they wait")
        await wants_back(sim, "they", order)


def late_or_twice(sim: Simulation, order: Customer, way: str) -> None:
    late = seconds((5, 60, 600, 7200)[sim.choose("he is heard late by", 4)])
    for paper in order.credentials.get(way, [])[:1]:
        unlucky = sim.network.delay if sim.choose("he is heard once", 2) == 0 else sim.network.duplicate
        unlucky(way, "merchant", "payment.notify", late, key=paper.out_trade_no)


async def wants_back(sim: Simulation, who: str, order: Customer) -> None:
    if sim.choose(f"{who} want a part", 2):
        await order.ask_refund(Money(1 + sim.choose(f"{who} want fen", 30_00), "CNY"))
    else:
        await order.ask_refund(order.amount)


async def pays(order: Customer, way: str, which: int) -> None:
    await order.confirm(way, which=which)
    await order.status()


async def pause(sim: Simulation, who: str) -> None:
    await sim.sleep(seconds(PAUSES[sim.choose(who, len(PAUSES))]))


if __name__ == "__main__":
    play(story)
