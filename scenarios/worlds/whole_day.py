"""An evening and eight customers, each paying in one of the ways people do, and the bill of the next day."""

from datetime import datetime

import attrs

from paytwice import Customer, Money, Settings, Simulation, hours, minutes, play, seconds
from paytwice.calendar import SHANGHAI

SETTINGS = Settings(begins=datetime(2026, 3, 2, 23, 0, tzinfo=SHANGHAI), expires=minutes(15), bill=True)
VARIES = {"closing": ("CHANNEL_FIRST", "CHANNEL_FIRST", "LOCAL_FIRST"), "skew": ("0s", "0s", "90s")}
WAYS = ("wechat", "alipay", "unionpay")
CUSTOMERS = 8
PAUSES = (0, 1, 5, 40, 180, 1200)
BLINKS = (
    0,
    0,
    60,
    100,
    140,
    200,
)  # milliseconds: about as long as it takes to ask a channel and to close there
LIES = ("forged", "for another app", "for another merchant")


@attrs.define
class Visitor:
    """A customer, the one channel, and another one to turn to."""

    sim: Simulation
    who: str
    order: Customer
    way: str
    other: str

    def any(self, what: str, options: int) -> int:
        return self.sim.choose(f"{self.who} {what}", options)

    async def pause(self, what: str) -> None:
        await self.sim.sleep(seconds(PAUSES[self.any(what, len(PAUSES))]))

    def part(self, what: str) -> Money:
        """What people want back: all of it, a half, a third, or some."""
        whole = self.order.amount.minor
        some = (whole, whole // 2, whole // 3, 2 * whole // 3, 1 + self.any(f"{what} fen", whole))
        return Money(some[self.any(what, len(some))], self.order.amount.currency)

    async def confirms_soon(self) -> None:
        """Within the blink of an eye: while the close is asked for, on its way, or being answered."""
        await self.sim.sleep(BLINKS[self.any("blinks", len(BLINKS))])
        await self.order.confirm(self.way, which=0)

    def news_is_late(self) -> None:
        """The channel's first notification takes its time, or none comes at all."""
        network, late = self.sim.network, (5, 60, 1200, 10_800, 0)[self.any("is heard late by", 5)]
        for paper in self.order.credentials.get(self.way, [])[:1]:
            about = self.way, "merchant", "payment.notify"
            if late:
                network.delay(*about, seconds(late), key=paper.out_trade_no)
            else:
                network.lose(*about, times=20, key=paper.out_trade_no)


async def story(sim: Simulation) -> None:
    await sim.together(*(visit(sim, n) for n in range(1, CUSTOMERS + 1)))


async def visit(sim: Simulation, number: int) -> None:
    who = f"customer {number}"
    await sim.sleep(seconds(20 * sim.choose(f"{who} comes", 180)))
    expires = minutes((15, 2, 120)[sim.choose(f"{who} has time", 3)])
    order = await sim.checkout(f"{10 + number}.00 CNY", expires=expires, order_id=f"P{number}")
    way = sim.choose(f"{who} prefers", len(WAYS))
    other = (way + 1 + sim.choose(f"{who} knows", len(WAYS) - 1)) % len(WAYS)
    ways = [pays_and_looks, pays_twice, pays_late, thinks_better_of_it, finds_an_old_code, wants_money_back,
            is_helped_by_support, has_bad_luck_with_refunds, returns_and_pays_again]  # fmt: skip
    one = Visitor(sim, who, order, WAYS[way], WAYS[other])
    await sim.together(ways[sim.choose(f"{who} is one who", len(ways))](one), is_overheard(one))


async def is_overheard(one: Visitor) -> None:
    """Somebody else has seen the order's number, and uses it."""
    lie = one.any("is overheard", 2 * len(LIES))
    if lie >= len(LIES):
        await one.sim.sleep(seconds(1))
        await one.pause("is lied about after")
        one.sim.false_news(one.order, one.way, LIES[lie - len(LIES)])


async def pays_and_looks(one: Visitor) -> None:
    await one.order.start(one.way)
    match one.any("has bad company", 4):
        case 1:  # somebody has got at the price
            one.sim.channel(one.way).edit_prices("1.00 CNY")
        case 2 | 3:
            one.news_is_late()
    await one.order.confirm(one.way)
    for _ in range(1 + one.any("looks often", 3)):
        await one.pause("looks after")
        await one.order.status()


async def pays_twice(one: Visitor) -> None:
    """Two people before one order: with one channel or two, or with one and the same code."""
    second = (one.other, one.way, one.other)[one.any("shares with somebody at", 3)]
    await one.order.start(one.way)
    if one.any("shares the code", 4) == 1:
        one.sim.channel(one.way).books_twice(after=seconds((0, 1, 60)[one.any("is second by", 3)]))
    await one.order.start(second)
    if one.any("is heard late", 2):
        one.news_is_late()
    if one.any("is alone", 2) == 0:  # two phones, at one moment
        await one.sim.together(one.confirms_soon(), one.order.confirm(second))
    else:
        await one.order.confirm(one.way, which=0)
        await one.pause("is followed after")
        await one.order.confirm(second)
    await one.order.status()


async def pays_late(one: Visitor) -> None:
    """About when the time is over, to the second."""
    await one.order.start(one.way)
    if one.any("has not scanned", 2) == 0:
        await one.order.scan(one.way)
    late = (-20_000, -3_000, -200, -60, 0, 500, 60_000)[one.any("is late by", 7)]
    await one.sim.sleep(max(0, one.order.expires_at + late - one.sim.now))
    if one.any("hangs", 2):
        one.sim.network.hold("merchant", one.way, lasting=minutes((1, 10)[one.any("hangs long", 2)]))
    await one.order.confirm(one.way)
    await one.pause("looks after")
    await one.order.status()


async def thinks_better_of_it(one: Visitor) -> None:
    """Cancels, and pays all the same: before, at once or after."""
    await one.order.start(one.way)
    if one.any("turns elsewhere first", 2):
        await one.order.start(one.other)
    if one.any("has scanned", 2):
        await one.order.scan(one.way)
    match one.any("cancels", 3):
        case 0:
            await one.order.cancel()
            await one.pause("thinks again after")
            await one.order.status()
            await one.order.confirm(one.way)
        case 1:
            await one.sim.together(one.order.cancel(), one.confirms_soon(), one.order.status())
        case _:
            await one.order.confirm(one.way)
            await one.order.cancel()
    await one.order.status()


async def finds_an_old_code(one: Visitor) -> None:
    """Leaves codes open, and comes back to them when the shop has long gone on."""
    for way in (one.way, one.other):
        await one.order.start(way)
        if one.any(f"has scanned {way}", 2):
            await one.order.scan(way)
    if one.any("cancels", 2):
        if one.any("hangs", 2):
            one.sim.network.partition("merchant", one.way, lasting=minutes(5))
        await one.order.cancel()
    elif one.any("pays", 2):
        await one.order.confirm(one.other)
    if later := (1, 0, 10, 40, 100)[one.any("comes back in", 5)]:
        await one.sim.sleep(minutes(later))
        await one.order.confirm(one.way)


async def wants_money_back(one: Visitor) -> None:
    await one.order.pay(one.way)
    if one.any("has bought many things", 4) == 1:  # and one after the other is sold out
        part = Money(one.order.amount.minor // 6, one.order.amount.currency)
        for _ in range(6):
            await one.order.ask_refund(part)
        return
    for _ in range(1 + one.any("comes back often", 4)):
        await one.pause("comes back after")
        if one.any("presses twice", 2):
            await one.sim.together(
                one.order.ask_refund(one.part("wants")), one.order.ask_refund(one.part("and wants"))
            )
        else:
            await one.order.ask_refund(one.part("wants"))


async def is_helped_by_support(one: Visitor) -> None:
    """Support sends money back by hand at the channel's console, and the shop hears of it late or never."""
    await one.order.pay(one.way)
    if one.any("has paid twice", 2):
        await one.order.pay(one.other)
    await one.pause("calls support after")
    if one.any("nobody tells the shop", 2):
        one.sim.network.lose(one.way, "merchant", "refund.notify", times=20)
    of = one.order.credentials.get(one.way, [])[-1:]
    if of:
        one.sim.channel(one.way).refund_by_hand(one.part("is given"), of=of[0].out_trade_no)
    await one.pause("writes after")
    await one.order.ask_refund(one.part("wants"))


async def has_bad_luck_with_refunds(one: Visitor) -> None:
    luck = one.any("has bad luck", 5)
    way = "wechat" if luck == 4 else one.way  # which alone can send an ABNORMAL refund another way
    at = one.sim.channel(way)
    await one.order.pay(way)
    match luck:
        case 0:
            at.runs_dry("1.00 CNY")
        case 1:
            at.next_refund_ends("CLOSED", after=minutes(one.any("is refused after", 90)))
        case 2:  # it is back before the shop hears that it will be
            at.next_refund_ends("SUCCESS", after=seconds(one.any("has it back in", 4)))
            one.sim.network.delay(way, "merchant", "refund.ask.reply", seconds(4))
        case 3:
            at.next_refund_ends("SUCCESS", after=hours(one.any("waits", 60)))
        case _:  # neither the account nor another card takes it
            at.next_refund_ends("ABNORMAL", after=seconds(one.any("waits", 60)))
            if one.any("has no other card", 3) != 1:
                at.next_abnormal_route_ends("ABNORMAL", after=0)
    await one.order.ask_refund(one.part("wants"))
    await one.sim.sleep(minutes((5, 30, 120)[one.any("is helped in", 3)]))
    if luck == 0:
        at.top_up("500.00 CNY")
    elif luck == 4 and one.any("is left alone", 3) != 1:
        at.reroute_by_hand(("MERCHANT_BANK_CARD", "USER_BANK_CARD")[one.any("has another card", 2)])


async def returns_and_pays_again(one: Visitor) -> None:
    """Has all the money back, and then another payment, or the news of it, turns up."""
    await one.order.start(one.other)
    await one.order.pay(one.way)
    await one.order.ask_refund(one.order.amount)
    await one.pause("thinks")
    await one.order.confirm(one.other)


if __name__ == "__main__":
    play(story)
