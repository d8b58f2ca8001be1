"""Room 8, old news: a message that was true once, and a merchant that believes whoever spoke last."""

from __future__ import annotations

import attrs

from paytwice.channels.messages import About, Ack, Answer, Notification, TradeState
from paytwice.gallery.calling import Caller
from paytwice.merchant.port import ChannelClient
from paytwice.merchant.reference.books import ORDERS
from paytwice.merchant.reference.merchant import ReferenceMerchant
from paytwice_core import (
    AlreadyPaid,
    Captured,
    ClosedUnpaid,
    CloseReason,
    Decision,
    Evidence,
    Order,
    OrderMoved,
    OrderState,
    RefundAccepted,
    RefundState,
    RefundWritten,
    ReleaseStock,
    Unpaid,
)


class BooksWithoutTheNumber(ReferenceMerchant):
    """A close that is told "already paid" books the payment at once, under a number of the shop's own.

    Seen in: a natural short cut of order closers: the answer has no transaction_id, the query says NOTPAY.
    Schedule: W✓; cancel; close(W) → already paid; PAID without W's number; cb(W).
    Breaks: S3, S4.
    Instead: "already paid" is a reason to query; only evidence with the channel's own number books a payment.
    Shown by: query_answer_is_stale.
    """

    def decide(self, order: Order, told: Evidence) -> Decision:
        if isinstance(told, AlreadyPaid):
            told = Captured(told.attempt, told.attempt, order.amount, by="close")
        return super().decide(order, told)


class LetsTheQueryOverrule(ReferenceMerchant):
    """What a query says is the order's state, whatever a notification has said since it was asked.

    Seen in: juspay/hyperswitch#9278.
    Schedule: query(W) on its way; W✓ cb(W) → PAID; its answer, NOTPAY → PAYING.
    Breaks: S2, S1, S4, L3, S15.
    Instead: "not paid" is older than any success; it proves something only when nobody can pay any more.
    Shown by: query_crosses_the_notification.
    """

    def decide(self, order: Order, told: Evidence) -> Decision:
        if isinstance(told, Unpaid) and order.state is OrderState.PAID:
            return Decision((OrderMoved("O12", OrderState.PAYING),), (), "not paid")
        return super().decide(order, told)


class SavesTheRowItHadRead(Caller):
    """Reads the order, asks the channel, and saves the whole row again, with what came meanwhile undone.

    Seen in: spree/spree#4499, MostroP2P/mostro#692.
    Schedule: query(W) on its way; W✓ cb(W) → PAID; its answer says NOTPAY; the row of before is saved.
    Breaks: S2, S1.
    Instead: who has waited for an answer locks the order and reads it again before writing anything.
    Shown by: query_crosses_the_notification.
    """

    async def query(self, channel: ChannelClient, out_trade_no: str) -> Answer:
        order_id = out_trade_no.rpartition("-")[0]
        row = self.around.store.committed(ORDERS)[order_id]
        answer = await super().query(channel, out_trade_no)
        if answer.trade is not None and answer.trade.state is TradeState.UNPAID:
            async with self.around.store.transaction() as tx:
                await tx.put(ORDERS, order_id, row)
        return answer


class AcceptedAfterDone(ReferenceMerchant):
    """A refund is what was said of it last: the answer "accepted", overtaken by the news that it is done.

    Seen in: paypal/mirakl-hyperwallet-connector#35.
    Schedule: rf(W); cb(rf SUCCESS); the answer to rf: PROCESSING.
    Breaks: S2, L4.
    Instead: a refund that is done stays done; what is older than what is known changes nothing.
    Shown by: refund_notice_before_the_response.
    """

    def decide(self, order: Order, told: Evidence) -> Decision:
        refund = order.refund(told.refund) if isinstance(told, RefundAccepted) else None
        if refund is None or refund.state is not RefundState.SUCCESS:
            return super().decide(order, told)
        accepted = attrs.evolve(refund, state=RefundState.PROCESSING)
        return Decision((RefundWritten("R3", accepted),), (), "accepted")


class TakesRefundForPayment(ReferenceMerchant):
    """A TRADE_SUCCESS at the payment's address is a payment, and so a refund in part ships once more.

    Seen in: alipay/alipay-sdk-php-all#5.
    Schedule: A✓ cb(A); rf(30 of 99); cb(A TRADE_SUCCESS, refund_fee 30).
    Breaks: S5.
    Instead: what ships is the step to PAID, which an order takes once, and never a message.
    Shown by: alipay_refund_notice_looks_like_payment.
    """

    async def notified(self, notification: Notification) -> Ack:
        ack = await super().notified(notification)
        order = self.books.order(notification.trade.out_trade_no.rpartition("-")[0])
        is_success = notification.about is About.PAYMENT and notification.trade.status == "TRADE_SUCCESS"
        if is_success and order is not None and order.state is OrderState.PAID:
            await self.around.shop.ship(order.id, f"ship {notification.id}")
        return ack


class TakesFinishedForPayment(ReferenceMerchant):
    """TRADE_FINISHED is in the list of good words, and so what was shipped long ago is shipped again.

    Seen in: Alipay's sample code, where both words lead into one branch; javashuo.com p-wecybqli.
    Schedule: A✓ cb(A TRADE_SUCCESS); when the time for refunds is over, cb(A TRADE_FINISHED).
    Breaks: S5.
    Instead: the same trade_no is the same payment, whatever word it comes with, and however late.
    Shown by: finished_long_after.
    """

    async def notified(self, notification: Notification) -> Ack:
        ack = await super().notified(notification)
        order = self.books.order(notification.trade.out_trade_no.rpartition("-")[0])
        if order is not None and notification.trade.status == "TRADE_FINISHED":
            await self.around.shop.ship(order.id, f"ship {notification.id}")
        return ack


class TakesReturnedForUnpaid(ReferenceMerchant):
    """TRADE_CLOSED closes the order, and nobody looks whether it was never paid or paid and all returned.

    Seen in: alipay/alipay-sdk-php-all#5.
    Schedule: A✓ cb(A); rf(99 of 99); cb(A TRADE_CLOSED, refund_fee 99).
    Breaks: S2.
    Instead: TRADE_CLOSED with a refund_fee is news of a refund; that the order was paid stays true.
    Shown by: alipay_refund_notice_looks_like_payment.
    """

    def evidence(self, order: Order, notification: Notification) -> Evidence:
        if notification.trade.status == "TRADE_CLOSED":
            return ClosedUnpaid(notification.trade.out_trade_no)
        return super().evidence(order, notification)

    def decide(self, order: Order, told: Evidence) -> Decision:
        paid_by = None if order.winner is None else order.winner.attempt
        if isinstance(told, ClosedUnpaid) and told.attempt == paid_by:
            closed = OrderMoved("O9", OrderState.CLOSED, order.winner, CloseReason.EXPIRED)
            return Decision((closed,), (ReleaseStock(order.id),), "closed")
        return super().decide(order, told)
