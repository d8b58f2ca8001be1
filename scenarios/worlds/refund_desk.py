"""Customers who have paid, one of them twice, want parts or all back, while support does the same by hand."""

from paytwice import Customer, Money, Simulation, minutes, play, seconds

PAYS = ("wechat", "alipay", "unionpay")
ENDS = ("SUCCESS", "CLOSED", "ABNORMAL")


async def story(sim: Simulation) -> None:
    await sim.together(pays_once(sim), pays_twice(sim))


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
    await sim.together(order.confirm("wechat"), order.pay("alipay"))
    await returns(sim, "second", order, "wechat")


async def returns(sim: Simulation, who: str, order: Customer, channel: str) -> None:
    for _ in range(1 + sim.choose(f"{who} comes back", 4)):
        await sim.sleep(seconds((0, 1, 5, 65, 600)[sim.choose(f"{who} waits", 5)]))
        part = Money(1 + sim.choose(f"{who} wants fen", order.amount.minor), order.amount.currency)
        match sim.choose(f"{who} gets", 8):
            case 0 | 1 | 2:
                await order.ask_refund(part)
            case 3:  # twice at once, and together perhaps more than was paid
                await sim.together(order.ask_refund(part), order.ask_refund(part))
            case 4:  # from the shop and from support, which know nothing of each other
                await sim.together(order.ask_refund(part), by_hand(sim, channel, part))
            case 5:
                await by_hand(sim, channel, order.amount)
            case 6:
                end = ENDS[sim.choose(f"{who}'s refund ends", len(ENDS))]
                sim.channel(channel).next_refund_ends(
                    end, after=minutes(sim.choose(f"{who} is refunded in", 60))
                )
                await order.ask_refund(part)
            case _:  # the till is empty, and is filled again before faults heal
                sim.channel(channel).runs_dry("1.00 CNY", takes_on=channel == "wechat")
                await order.ask_refund(part)
                await sim.sleep(minutes(1 + sim.choose(f"{who}'s till is empty for", 120)))
                sim.channel(channel).top_up("100.00 CNY")


async def by_hand(sim: Simulation, channel: str, amount: Money) -> None:
    sim.channel(channel).refund_by_hand(amount)


if __name__ == "__main__":
    play(story)
