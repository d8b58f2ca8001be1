"""The reference merchant with one mistake each about refunds that go astray, for the scenarios to catch.

Numbers as `D46` are those of the catalogue in payments.md, with a project in which the mistake was found.
"""

from __future__ import annotations

import attrs
from tests.sim.merchants.through import Through

from paytwice.channels.messages import (
    NO_ANSWER,
    About,
    Ack,
    Answer,
    Meaning,
    Notification,
    Outcome,
    RefundRecord,
    RefundStatus,
    TradeRecord,
    TradeState,
)
from paytwice.merchant.reference.merchant import ReferenceMerchant
from paytwice_core import Money


class _Rereads(ReferenceMerchant):
    """Takes what a notification says of a refund for something else."""

    def reread(self, record: RefundRecord) -> RefundRecord:
        """What it is taken for."""
        return record

    async def notified(self, notification: Notification) -> Ack:
        told = notification.refund
        read = None if told is None else self.reread(told)
        return await super().notified(attrs.evolve(notification, refund=read))


class AbnormalIsClosed(_Rereads):
    """D46, EasyAbp `RollbackRefundAsync`: what is no success has failed, so there is a second refund."""

    def reread(self, record: RefundRecord) -> RefundRecord:
        is_it = record.state is RefundStatus.ABNORMAL
        return attrs.evolve(record, state=RefundStatus.CLOSED) if is_it else record


class AnyCardWillDo(_Rereads):
    """A success is a success: `user_received_account` says "the merchant", and nobody reads it."""

    def reread(self, record: RefundRecord) -> RefundRecord:
        return attrs.evolve(record, to_merchant_card=False)


class NotEnoughIsNo(Through):
    """NOT_ENOUGH is taken for a definite refusal, where the same number would go through on another day."""

    async def refund(
        self, out_trade_no: str, out_refund_no: str, amount: Money, channel_number: str | None = None
    ) -> Answer:
        answer = await super().refund(out_trade_no, out_refund_no, amount, channel_number)
        if answer.meaning is Meaning.NO_BALANCE:
            return attrs.evolve(answer, outcome=Outcome.REFUSED, meaning=Meaning.NOT_SUPPORTED)
        return answer


class DeafToTheConsole(ReferenceMerchant):
    """Only what the own system has asked for is a refund; the notice of another one is acked as a payment."""

    async def notified(self, notification: Notification) -> Ack:
        told, order_id = notification.refund, notification.trade.out_trade_no.rpartition("-")[0]
        order = self.books.order(order_id)
        if told is None or order is None or order.refund(told.out_refund_no) is not None:
            return await super().notified(_unreturned(notification))
        return await super().notified(attrs.evolve(_unreturned(notification), refund=None))


def _unreturned(notification: Notification) -> Notification:
    trade = notification.trade
    nothing = attrs.evolve(trade, state=TradeState.PAID, returned=Money.zero(trade.amount.currency))
    return attrs.evolve(notification, trade=nothing if trade.channel_number is not None else trade)


class SeesNoReturns(Through):
    """And what a query tells of returns is not looked at either."""

    async def query(self, out_trade_no: str) -> Answer:
        answer = await super().query(out_trade_no)
        trade = answer.trade
        return answer if trade is None else attrs.evolve(answer, trade=_without_returns(trade))


def _without_returns(trade: TradeRecord) -> TradeRecord:
    return attrs.evolve(trade, returned=Money.zero(trade.amount.currency))


class TakesRefundNewsForPayment(ReferenceMerchant):
    """D40: a notice at the payment's address is a payment, and so it ships again."""

    async def notified(self, notification: Notification) -> Ack:
        ack = await super().notified(notification)
        order_id = notification.trade.out_trade_no.rpartition("-")[0]
        if notification.about is About.PAYMENT:
            await self.around.shop.ship(order_id, notification.id)
        return ack


class NeverAsksAboutRefunds(Through):
    """D47, EasyAbp `RefundWeChatPayEventHandler`: the row is written after the call, and nobody asks."""

    async def query_refund(self, out_trade_no: str, out_refund_no: str) -> Answer:
        return NO_ANSWER


class RowAfterTheCall(ReferenceMerchant):
    """The other half of it: the notice finds no row that is sent, and is acked all the same."""

    async def notified(self, notification: Notification) -> Ack:
        return Ack.positive() if notification.refund is not None else await super().notified(notification)
