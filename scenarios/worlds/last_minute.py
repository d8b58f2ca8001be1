"""Two orders are paid about when they expire, or long after, at a shop that closes at once and asks later."""

from paytwice import Customer, Settings, Simulation, minutes, play, seconds
from paytwice_core import Closing

SETTINGS = Settings(expires=minutes(1), closing=Closing.LOCAL_FIRST)
WAYS = ("wechat", "alipay", "unionpay")
LATE = (-3_000, -500, -200, -100, -60, -40, 0, 500, 60_000, 900_000)  # milliseconds after the expiry


async def story(sim: Simulation) -> None:
    await sim.together(visit(sim, 1), visit(sim, 2))


async def visit(sim: Simulation, number: int) -> None:
    who = f"customer {number}"
    order = await sim.checkout(f"{number}5.00 CNY", order_id=f"P{number}")
    for channel in WAYS:
        if sim.choose(f"{who} opens {channel}", 2) == 0:
            await order.start(channel)
            await order.scan(channel)
    channels = [channel for channel in WAYS if channel in order.credentials]
    for _ in range(1 + sim.choose(f"{who} does much", 2)):
        await sim.together(
            at_last(sim, who, order, channels),
            at_last(sim, f"{who}'s friend", order, channels),
        )


async def at_last(sim: Simulation, who: str, order: Customer, channels: list[str]) -> None:
    await sim.sleep(max(0, order.expires_at + LATE[sim.choose(f"{who} is late by", len(LATE))] - sim.now))
    match sim.choose(f"{who} does", 8):
        case 0 | 1 | 2 | 3 if channels:
            channel = channels[sim.choose(f"{who} takes", len(channels))]
            if sim.choose(f"the link of {who} hangs", 2):
                sim.network.hold("merchant", channel, lasting=seconds(20))
            await order.confirm(channel)
        case 4:
            await order.cancel()
        case 5 | 6:
            await order.pay(WAYS[sim.choose(f"{who} turns to", len(WAYS))])
        case _:
            await order.status()


if __name__ == "__main__":
    play(story)
