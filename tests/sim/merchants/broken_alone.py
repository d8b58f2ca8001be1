"""Mistakes so neat that just one promise notices, and the short stories in which it does.

Most mistakes break several promises at once, and a promise that is never broken alone might be missed by
nobody. S8, C3, C6 and L10 have none here: a second number for one wish also asks for more than was wished
(S6), and what the others are about is, by another name, money that is not where it belongs (S4).
"""

from __future__ import annotations

import attrs
from tests.sim.merchants.textbook import Row, Textbook

from paytwice import Simulation, hours, minutes
from paytwice.channels.messages import Meaning, RefundRecord
from paytwice.merchant.port import CustomerAnswer, OrderView, RefundStanding, RefundView, Said
from paytwice_core import Money


class ArchivesRefunds(Textbook):
    """A refund that is done is moved to the archive, where no page finds it."""

    async def tend(self, order_id: str) -> None:
        await self.change(order_id, _without_done)
        await super().tend(order_id)


def _without_done(row: Row) -> Row:
    left = tuple(one for one in row.refunds if one.standing is not RefundStanding.DONE)
    return attrs.evolve(row, refunds=left)


class KeepsTheFee(Textbook):
    """People are asked to pay out by hand what went in, less the channel's fee."""

    def view(self, order_id: str) -> OrderView | None:
        view = super().view(order_id)
        if view is None or view.refunds is None:
            return view
        return attrs.evolve(view, refunds=tuple(_less_the_fee(one) for one in view.refunds))


def _less_the_fee(refund: RefundView) -> RefundView:
    if refund.standing is not RefundStanding.NEEDS_PERSON:
        return refund
    return attrs.evolve(refund, amount=Money(refund.amount.minor * 994 // 1000, refund.amount.currency))


class LetsTheChannelDecide(Textbook):
    """Nobody reckons here what is left of a payment: the channel will refuse what is too much."""

    async def ask_refund(self, order_id: str, amount: Money, request_id: str) -> CustomerAnswer:
        row = await self.change(order_id, lambda row: self.with_wish(row, amount, request_id))
        assert row is not None
        wish = next(one for one in row.refunds if one.out_refund_no == request_id)
        await self.send_back(wish)
        [now] = [one for one in (self.row(order_id) or row).refunds if one.out_refund_no == request_id]
        return CustomerAnswer(Said.REFUSED if now.standing is RefundStanding.VOID else Said.ACCEPTED)

    def with_wish(self, row: Row, amount: Money, request_id: str) -> Row:
        known = any(one.out_refund_no == request_id for one in row.refunds)
        return row if known or row.winner is None else self.with_owed(row, request_id, row.winner, amount)

    async def send_back(self, refund: RefundView) -> None:
        await _send_or_strike_off(self, refund)


async def _send_or_strike_off(merchant: Textbook, refund: RefundView) -> None:
    """Send a refund; what the channel finds too much is struck off."""
    channel = merchant.around.channels[refund.reason]
    answer = await channel.refund(refund.out_trade_no, refund.out_refund_no, refund.amount, refund.number)
    if answer.refund is not None:
        await merchant.refund_heard(answer.refund)
    elif answer.meaning is Meaning.OVER_BUDGET:
        order_id, void = refund.out_trade_no.rpartition("-")[0], RefundStanding.VOID
        await merchant.change(order_id, lambda row: row.with_refund(attrs.evolve(refund, standing=void)))


class SendsAllTheSame(Textbook):
    """Books what support has sent back, and sends what it owes in the next lot, as it was reckoned before."""

    def with_foreign(self, row: Row, record: RefundRecord) -> Row:
        owed = [one for one in row.refunds if one.standing is RefundStanding.PENDING]
        after = super().with_foreign(row, record)
        for refund in owed:
            after = after.with_refund(refund)
        return after

    async def send_back(self, refund: RefundView) -> None:
        if self.around.clock.now() > 10 * 60_000:
            await _send_or_strike_off(self, refund)


class AsksRarely(Textbook):
    """A payment of which no notification tells is found by the worker, every third hour."""

    beat = hours(3)


# ---- the stories


async def sixty_back_and_sixty_more(sim: Simulation) -> None:
    """60 of 100 go back, and some minutes later the customer wants 60 more."""
    order = await sim.checkout("100.00 CNY")
    await order.pay("wechat")
    await sim.sleep(minutes(1))
    await order.ask_refund("60.00 CNY")
    await sim.sleep(minutes(10))
    await order.ask_refund("60.00 CNY")


async def forty_back_long_ago(sim: Simulation) -> None:
    """A part went back, and the day goes on."""
    order = await sim.checkout("99.00 CNY")
    await order.pay("wechat")
    await sim.sleep(minutes(1))
    await order.ask_refund("40.00 CNY")
    await sim.sleep(minutes(40))


async def part_back_by_hand(sim: Simulation) -> None:
    """Support sends a part of what settled the order back in the console."""
    order = await sim.checkout("99.00 CNY")
    await order.pay("wechat")
    await sim.sleep(minutes(1))
    sim.channel("wechat").refund_by_hand("20.00 CNY")
    await sim.sleep(minutes(10))
