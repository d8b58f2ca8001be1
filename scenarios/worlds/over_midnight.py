"""Three customers pay about midnight, much of the news is lost all night, and the bill is what is left."""

from datetime import datetime

from paytwice import Customer, Settings, Simulation, hours, minutes, play, seconds
from paytwice.calendar import SHANGHAI
from paytwice_core import Money

SETTINGS = Settings(begins=datetime(2026, 3, 2, 23, 50, tzinfo=SHANGHAI), bill=True)
WAYS = ("wechat", "unionpay", "alipay", "unionpay")  # UnionPay gives up telling after twelve minutes
CUSTOMERS = 3
THE_WHOLE_LADDER = 40  # sends: of two payments of one trade, and of a refund


async def story(sim: Simulation) -> None:
    # When the bill is there, or the last notification was sent; or never, and all is well after midnight.
    later = (None, None, hours(11), hours(26))[sim.choose("they come again", 4)]
    await sim.together(*(visit(sim, n, later) for n in range(1, CUSTOMERS + 1)))


async def visit(sim: Simulation, number: int, later: int | None) -> None:
    who = f"customer {number}"
    await sim.sleep(seconds(60 * sim.choose(f"{who} comes", 9)))  # and may have paid at 23:59
    order = await sim.checkout(f"{number}8.00 CNY", order_id=f"P{number}")
    channel = WAYS[sim.choose(f"{who} prefers", len(WAYS))]
    await order.start(channel)
    is_dark = news_is_lost(sim, who, order, channel)
    another = WAYS[WAYS.index(channel) - 1]
    if sim.choose(f"{who} has a bank card", 2):  # to which a refund comes at noon
        for way in (channel, another):
            sim.channel(way).next_refund_ends("SUCCESS", after=hours(12))
    match sim.choose(f"{who} does", 4):
        case 1:  # the code is on two screens
            sim.channel(channel).books_twice(after=seconds(sim.choose(f"{who}'s friend is late by", 90)))
            await order.confirm(channel)
        case 2 | 3:
            await sim.together(order.confirm(channel), order.pay(another))
        case _:
            await order.confirm(channel)
    await sim.sleep(minutes((0, 5, 20, 60)[sim.choose(f"{who} waits", 4)]))
    match sim.choose(f"{who} wants money back", 4):
        case 1:
            await order.ask_refund(part(sim, who, order))
        case 2 | 3 if is_dark:  # the shop knows of nothing, so support helps
            sim.channel(channel).refund_by_hand(part(sim, who, order))
    if later is not None:
        await sim.sleep(later)
        await order.ask_refund(part(sim, f"{who} at last", order))


def news_is_lost(sim: Simulation, who: str, order: Customer, channel: str) -> bool:
    """Let the news of a payment be late, or lost for the night; say whether it is lost."""
    how = sim.choose(f"{who} is heard", 5)
    for paper in order.credentials.get(channel, []):
        if how in (1, 2):  # a few minutes later, which may be on the next day
            sim.network.delay(channel, "merchant", "payment.notify", minutes(12), key=paper.out_trade_no)
        elif how > 2:
            for kind in ("payment.notify", "refund.notify"):
                sim.network.lose(channel, "merchant", kind, times=THE_WHOLE_LADDER, key=paper.out_trade_no)
    if how == 4:  # the channel is at work on its database until the bill is made
        sim.channel(channel).unavailable("*.query", lasting=hours(11))
    return how > 2


def part(sim: Simulation, who: str, order: Customer) -> Money:
    """All, half, or a yuan."""
    minor = (order.amount.minor, order.amount.minor // 2, 1_00)[sim.choose(f"{who} wants", 3)]
    return Money(minor, order.amount.currency)


if __name__ == "__main__":
    play(story)
