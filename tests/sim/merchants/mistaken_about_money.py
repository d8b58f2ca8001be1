"""The reference merchant with one mistake each about sums, bills and refunds, for the scenarios to catch.

Made by standing between it and its channels, or by replacing one step of it. Numbers as `D21` are those of
the catalogue in payments.md, with a project in which the mistake was found.
"""

from __future__ import annotations

from datetime import date, timedelta

import attrs
from tests.sim.merchants.through import Through, with_channels

from paytwice.calendar import HOUR
from paytwice.channels.messages import NO_ANSWER, Ack, Answer, Notification, RefundRecord, RefundStatus
from paytwice.merchant.port import Surroundings
from paytwice.merchant.reference.merchant import ReferenceMerchant
from paytwice_core import Money


class ReturnsTheCash(Through):
    """D21 at a refund: the customer paid less than the price, so less goes back."""

    async def refund(
        self, out_trade_no: str, out_refund_no: str, amount: Money, channel_number: str | None = None
    ) -> Answer:
        trade = (await self.real.query(out_trade_no)).trade
        cash = amount.minor if trade is None else amount.minor * trade.payer_total.minor // trade.amount.minor
        less = Money(cash, amount.currency)
        return await super().refund(out_trade_no, out_refund_no, less, channel_number)


class ReadsNoBill(Through):
    """The bill goes to the accountants, and what is in it never comes back to the orders."""

    async def bill(self, day: date) -> Answer:
        return NO_ANSWER


class ReversesWhatTheBillLacks(ReferenceMerchant):
    """D54: a payment heard of today and missing in today's bill is taken for one that never was."""

    async def notified(self, notification: Notification) -> Ack:
        ack = await super().notified(notification)
        if notification.refund is None:
            self.around.spawn("compares with the bill", self._compare, notification)
        return ack

    async def _compare(self, notification: Notification) -> None:
        clock, trade = self.around.clock, notification.trade
        today = clock.day(clock.now())
        channel = self.around.channels[notification.channel]
        await clock.sleep_until(clock.bill_time(today + timedelta(days=1)) + 10 * HOUR)
        bill = (await channel.bill(today)).bill
        assert bill is not None, "it is there at ten"
        if all(line.channel_number != trade.channel_number for line in bill.lines):
            await channel.refund(trade.out_trade_no, f"{trade.out_trade_no}-missing", trade.amount)


class OneRefundForAnOrder(Through):
    """D43: who asks for a refund of an order that has one already is told of that one."""

    def first(self, order_id: str, out_refund_no: str) -> str:
        """The number of the first refund of an order, at whichever channel."""
        raise NotImplementedError("one_refund_for_an_order says so")

    async def refund(
        self, out_trade_no: str, out_refund_no: str, amount: Money, channel_number: str | None = None
    ) -> Answer:
        first = self.first(out_trade_no.rpartition("-")[0], out_refund_no)
        if first == out_refund_no:
            return await super().refund(out_trade_no, out_refund_no, amount, channel_number)
        known = RefundRecord(out_trade_no, out_refund_no, first, amount, RefundStatus.SUCCESS, "SUCCESS")
        return attrs.evolve(await self.real.query(out_trade_no), trade=None, refund=known)


def one_refund_for_an_order(around: Surroundings) -> ReferenceMerchant:
    """The merchant of D43: its channels share a list of refunds."""
    refunded: dict[str, str] = {}

    class Sharing(OneRefundForAnOrder):
        def first(self, order_id: str, out_refund_no: str) -> str:
            return refunded.setdefault(order_id, out_refund_no)

    return with_channels(Sharing)(around)
