"""Customers who have paid, one of them twice, want parts or all back, while support does the same by hand."""

import attrs

from paytwice import CHANNELS as ALL
from paytwice import Customer, Money, Simulation, days, hours, milliseconds, minutes, play, seconds

PAYS = ("wechat", "alipay", "unionpay", "wechat")
ENDS = ("SUCCESS", "CLOSED", "ABNORMAL")
CARDS = ("MERCHANT_BANK_CARD", "USER_BANK_CARD", "MERCHANT_BANK_CARD")
# Alipay as in its classic documents: a trade that can no longer be refunded is told of once more. By the
# usual contract that is after a year; here it is after a day, so that a run is not long.
CLASSIC = attrs.evolve(ALL["alipay"], finished_word="TRADE_FINISHED", refund_window=days(1))
CHANNELS = {**ALL, "alipay": CLASSIC}


async def story(sim: Simulation) -> None:
    await sim.together(pays_once(sim), pays_twice(sim), is_called_off(sim))
    if sim.choose("a day passes", 2):
        await sim.sleep(hours(25))


async def pays_once(sim: Simulation) -> None:
    order = await sim.checkout("20.00 CNY")
    channel = PAYS[sim.choose("first pays by", len(PAYS))]
    await order.pay(
        channel, coupon=(None, "0.01 CNY", "7.77 CNY", "20.00 CNY")[sim.choose("has a coupon", 4)]
    )
    await returns(sim, "first", order, channel)


async def pays_twice(sim: Simulation) -> None:
    order = await sim.checkout("10.00 CNY")
    await order.start("wechat")
    await order.start("alipay")
    heard, late = ("wechat", "alipay") if sim.choose("second is heard first by", 2) else ("alipay", "wechat")
    if sim.choose("second's other payment is late", 3):
        sim.network.hold("merchant", late, lasting=minutes((5, 20)[sim.choose("second's link hangs for", 2)]))
    await sim.together(order.confirm("wechat"), order.confirm("alipay"))
    if sim.choose("second wants all of it", 2):
        await sim.sleep(minutes(1))
        await order.ask_refund(order.amount)
    await returns(sim, "second", order, heard)


async def is_called_off(sim: Simulation) -> None:
    """Seven articles, which are sold out or not: they go back one by one, as fast as somebody can click."""
    order = await sim.checkout("70.00 CNY")
    is_sold_out = sim.choose("third's articles are sold out", 3)
    await order.pay("wechat" if is_sold_out else "alipay")
    for _article in range(7 if is_sold_out else 0):
        await order.ask_refund("10.00 CNY")
        await sim.sleep(milliseconds(500))


async def returns(sim: Simulation, who: str, order: Customer, channel: str) -> None:
    for _ in range(1 + sim.choose(f"{who} comes back", 4)):
        await sim.sleep(seconds((0, 1, 5, 65, 600)[sim.choose(f"{who} waits", 5)]))
        part = some(sim, who, order)
        match sim.choose(f"{who} gets", 10):
            case 0:
                await order.ask_refund(part)
            case 1:  # twice at once, and together perhaps more than was paid
                await sim.together(order.ask_refund(part), order.ask_refund(part))
            case 2:  # from the shop and from support, which know nothing of each other
                await sim.together(order.ask_refund(part), by_hand(sim, channel, part))
            case 3:
                await by_hand(sim, channel, order.amount)
            case 4:
                end = ENDS[sim.choose(f"{who}'s refund ends", len(ENDS))]
                sim.channel(channel).next_refund_ends(
                    end, after=minutes(sim.choose(f"{who} is refunded in", 60))
                )
                await order.ask_refund(part)
            case 5:  # the till is empty, and is filled again before faults heal
                sim.channel(channel).runs_dry("1.00 CNY", takes_on=channel == "wechat")
                await order.ask_refund(part)
                await sim.sleep(minutes(1 + sim.choose(f"{who}'s till is empty for", 120)))
                sim.channel(channel).top_up("100.00 CNY")
            case 6 | 7:  # the money is there at once, and the answer to the call is slow
                sim.channel(channel).next_refund_ends("SUCCESS", after=seconds(1))
                sim.network.delay(channel, "merchant", "refund.ask.reply", seconds(6))
                await order.ask_refund(part)
            case _ if channel == "wechat":  # neither account nor card takes it, and support finds another one
                sim.channel(channel).next_refund_ends("ABNORMAL")
                sim.channel(channel).next_abnormal_route_ends("ABNORMAL", after=minutes(10))
                await order.ask_refund(part)
                await sim.sleep(minutes(30))
                sim.channel(channel).reroute_by_hand(CARDS[sim.choose(f"{who} gets it by", len(CARDS))])
            case _:
                await order.ask_refund(order.amount)


def some(sim: Simulation, who: str, order: Customer) -> Money:
    """All of it, the half, all but one yuan, or any sum."""
    all_of_it = order.amount.minor
    sums = (
        all_of_it,
        all_of_it,
        all_of_it // 2,
        all_of_it - 1_00,
        1 + sim.choose(f"{who} wants fen", all_of_it),
    )
    return Money(sums[sim.choose(f"{who} wants", len(sums))], order.amount.currency)


async def by_hand(sim: Simulation, channel: str, amount: Money) -> None:
    sim.channel(channel).refund_by_hand(amount)


if __name__ == "__main__":
    play(story)
