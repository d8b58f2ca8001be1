"""Eight customers open codes, turn elsewhere, cancel as they pay after all, and try their old codes again."""

from paytwice import Customer, Settings, Simulation, hours, milliseconds, minutes, play, seconds

SETTINGS = Settings(expires=hours(2))
VARIES = {"closing": (*("CHANNEL_FIRST",) * 3, "LOCAL_FIRST"), "skew": ("0s", "0s", "4m")}
WAYS = (*("wechat", "alipay") * 3, "unionpay")  # about as often as people take them
BLINKS = (60, 100, 140, 0)  # milliseconds: about as long as it takes to ask a channel and to close there
CUTS = (0, 0, 0, 0, 0, 0, 0, 0, 20, 300)  # seconds
LATER = (0, 0, 1, 40)  # minutes


async def story(sim: Simulation) -> None:
    orders = [await sim.checkout(f"{n}8.00 CNY", expires=(hours(2), minutes(5))[n % 2]) for n in range(1, 9)]
    await sim.together(*(visit(sim, f"customer {n}", order) for n, order in enumerate(orders, 1)))
    if sim.choose("the codes are found again", 4) == 1:
        await sim.sleep(hours(3))
        await sim.together(*(tries_again(order) for order in orders))


async def visit(sim: Simulation, who: str, order: Customer) -> None:
    await sim.sleep(seconds(sim.choose(f"{who} comes", 60)))
    for _ in range(1 + sim.choose(f"{who} turns elsewhere", 2)):
        channel = WAYS[sim.choose(f"{who} opens", len(WAYS))]
        await order.start(channel)
        if sim.choose(f"{who} scans", 2):  # else the code is on the screen, and Alipay has no trade yet
            await order.scan(channel)
        await sim.sleep(seconds(5))
    if cut := CUTS[sim.choose(f"the link of {who} is cut", len(CUTS))]:
        sim.network.partition("merchant", channel, lasting=seconds(cut))
    await gives_up(sim, who, order, channel)
    await order.status()
    await sim.sleep(minutes(1))
    await order.status()
    if later := LATER[sim.choose(f"{who} tries again", len(LATER))]:
        await sim.sleep(minutes(later))
        await tries_again(order)


async def gives_up(sim: Simulation, who: str, order: Customer, channel: str) -> None:
    match sim.choose(f"{who} gives up by", 8):
        case 0 | 1 | 2 | 3:
            await cancels(order)
        case 4 | 5:  # and a friend confirms at about that moment
            await sim.together(cancels(order), friend(sim, who, order, channel))
        case _:  # has paid; the news of it is late, and so are the answers to queries
            sim.channel(channel).queries_lag(seconds(8))
            for paper in order.credentials.get(channel, [])[-1:]:
                sim.network.delay(channel, "merchant", "payment.notify", minutes(1), key=paper.out_trade_no)
            await order.confirm(channel)
            await order.status()
            await cancels(order)


async def cancels(order: Customer) -> None:
    for _ in range(3):  # who gets no answer presses again
        if await order.cancel() is not None:
            return


async def friend(sim: Simulation, who: str, order: Customer, channel: str) -> None:
    await sim.sleep(milliseconds(BLINKS[sim.choose(f"the friend of {who} waits", len(BLINKS))]))
    await order.confirm(channel)


async def tries_again(order: Customer) -> None:
    for channel, codes in order.credentials.items():
        for which in range(len(codes)):
            await order.confirm(channel, which=which)
            await order.status()


if __name__ == "__main__":
    play(story)
