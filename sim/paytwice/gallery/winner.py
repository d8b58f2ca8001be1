"""Room 1, who won: two payments for one order, and a merchant that cannot tell them apart."""

from __future__ import annotations

import attrs

from paytwice.channels.messages import Ack, Notification
from paytwice.merchant.canary import Deaf
from paytwice.merchant.reference.books import ORDERS, Books, Kept
from paytwice.merchant.reference.merchant import ReferenceMerchant
from paytwice.merchant.store import Transaction
from paytwice_core import (
    AttemptState,
    AttemptWritten,
    Captured,
    ClosedUnpaid,
    Decision,
    Evidence,
    Order,
    OrderMoved,
    OrderState,
    RefundAsked,
    RefundReason,
    RefundWritten,
    StartAttempt,
    Winner,
)


class SwallowsTheSecond(Deaf):
    """A success for a paid order is taken for a repeat of the one that paid it, whoever has paid.

    Seen in: macrozheng `paySuccessByOrderSn`, yudao PR#1156, mollie/WooCommerce#1204.
    Schedule: W, A; A✓ cb(A); W✓ cb(W).
    Breaks: S4, L2, L3, L8.
    Instead: the channel and the channel's own number of the winner are compared; another payment goes back.
    Shown by: late_wechat_after_alipay.
    """

    def ignores(self, order: Order, payment: Captured) -> bool:
        return order.state is OrderState.PAID


class ComparesTheChannelOnly(Deaf):
    """Of a second success only the channel is compared with the winner's, so two at one channel are one.

    Seen in: a natural misreading of "compare the channel"; it takes two out_trade_nos at one channel.
    Schedule: W1, W2; W1✓ cb; W2✓ cb.
    Breaks: S4, L2, L3, L8.
    Instead: the channel's own number is compared too: it is what tells two payments at one channel apart.
    Shown by: two_attempts_same_channel.
    """

    def ignores(self, order: Order, payment: Captured) -> bool:
        attempt = order.attempt(payment.attempt)
        return order.winner is not None and attempt is not None and order.winner.channel == attempt.channel


class LastWriterWins(ReferenceMerchant):
    """A second success overwrites the channel and the number of the first, which is forgotten.

    Seen in: roncoo-pay `completeSuccessOrder`.
    Schedule: W, A; A✓ cb(A); W✓ cb(W).
    Breaks: S1, S4, L3.
    Instead: the first fitting success moves the order, once; any other moves its own attempt only.
    Shown by: late_wechat_after_alipay.
    """

    def decide(self, order: Order, told: Evidence) -> Decision:
        decision = super().decide(order, told)
        if not isinstance(told, Captured) or "O5" not in decision.rows:
            return decision
        [booked] = [step for step in decision.steps if isinstance(step, AttemptWritten)]
        winner = Winner(booked.attempt.channel, told.number, booked.attempt.id)
        return Decision((booked, OrderMoved("O3", OrderState.PAID, winner)), (), "paid")


class ComparesTheTradeOnly(Deaf):
    """A success under an out_trade_no that has succeeded is taken for a repeat, whatever its channel number.

    Seen in: a natural reading of "one attempt, one payment"; it takes a code that two people scan.
    Schedule: W; W✓ number 1 cb; W✓ number 2 cb.
    Breaks: S4, L3, L8.
    Instead: the second number gets a row of its own beside the first, and its money goes back.
    Shown by: second_number_under_one_trade.
    """

    def ignores(self, order: Order, payment: Captured) -> bool:
        attempt = order.attempt(payment.attempt)
        return attempt is not None and attempt.number is not None


class ThrowsAtTheSecond(ReferenceMerchant):
    """A second success throws, its row is rolled back with all else, and the channel reads HTTP 200.

    Seen in: yudao `PAY_ORDER_STATUS_IS_NOT_WAITING`, yudao #1152.
    Schedule: W, A; A✓ cb(A); W✓ cb(W).
    Breaks: S4, L2, L3, L8.
    Instead: a second success is ordinary evidence: it is booked with its attempt, and its money goes back.
    Shown by: wechat_captured_after_alipay.
    """

    def decide(self, order: Order, told: Evidence) -> Decision:
        decision = super().decide(order, told)
        if "O5" in decision.rows:
            raise ValueError("PAY_ORDER_STATUS_IS_NOT_WAITING")
        return decision

    async def notified(self, notification: Notification) -> Ack:
        try:
            return await super().notified(notification)
        except ValueError:
            return Ack.positive()  # the error page has status 200


class ChecksThenActs(ReferenceMerchant):
    """An order is read without a lock, so that two callbacks both find it unpaid, and both pay it.

    Seen in: django-payments PR#491 (two production traces), buckaroo-it/Magento2#856, opengovsg/FormSG#6022.
    Schedule: W, A; W✓ A✓; cb(W) ∥ cb(A).
    Breaks: S1.
    Instead: the row is locked, read again under the lock, and written before the lock is given back.
    Shown by: both_notifications_at_once, seed 1.
    """

    class WithoutALock(Books):
        """Books that look at an order, and write what they make of what they saw."""

        async def locked(self, tx: Transaction, order_id: str) -> Kept | None:
            """The order as it was when it was read."""
            kept: Kept | None = await tx.get(ORDERS, order_id)  # and no for_update=True
            return kept

    BOOKS = WithoutALock


class RefundsTheWinner(ReferenceMerchant):
    """The refund of a duplicate names the payment of the order, which is the one that won.

    Seen in: woocommerce/woocommerce#9297.
    Schedule: W, A; A✓ cb(A); W✓ cb(W); rf.
    Breaks: S6.
    Instead: a refund names the attempt whose money it is, and goes to that channel under that number.
    Shown by: late_wechat_after_alipay.
    """

    def decide(self, order: Order, told: Evidence) -> Decision:
        decision = super().decide(order, told)
        steps = tuple(
            attrs.evolve(step, refund=attrs.evolve(step.refund, attempt_id=order.winner.attempt))
            if order.winner is not None and isinstance(step, RefundWritten) and "O5" in decision.rows
            else step
            for step in decision.steps
        )
        return attrs.evolve(decision, steps=steps)


class ForgetsTheOldAttempt(Deaf):
    """An order points to its newest attempt; a success of an older one finds no row, and is refused.

    Seen in: mall4j `PayServiceImpl.pay`, where each try overwrites the order's `pay_no`.
    Schedule: W1; W2; W1✓ cb(W1).
    Breaks: S4, L1, L2, L5, L8.
    Instead: an attempt is a row of its own and stays on record: any of them may be paid.
    Shown by: pays_in_the_older_cashier.
    """

    def ignores(self, order: Order, payment: Captured) -> bool:
        return payment.attempt != order.attempts[-1].id

    async def notified(self, notification: Notification) -> Ack:
        order = self.books.order(notification.trade.out_trade_no.rpartition("-")[0])
        if order is not None and notification.trade.out_trade_no != order.attempts[-1].id:
            return Ack.negative()  # there is no such pay_no
        return await super().notified(notification)


class SwitchesWithoutClosing(ReferenceMerchant):
    """Who turns to another channel has given the first one up, so its attempt is over and never closed there.

    Seen in: most shops; the channels' own advice is to close a trade before another one takes its place.
    Schedule: W; A; cancel, close(A); W✓.
    Breaks: S15.
    Instead: an attempt is over when its channel says so: before the order is CLOSED each of them is closed.
    Shown by: turns_to_alipay_and_gives_up.
    """

    def decide(self, order: Order, told: Evidence) -> Decision:
        decision = super().decide(order, told)
        if not isinstance(told, StartAttempt) or decision.refusal is not None:
            return decision
        given_up = (AttemptWritten("O2", one.moved(AttemptState.CLOSED)) for one in order.live_attempts)
        return attrs.evolve(decision, steps=(*given_up, *decision.steps))


class CloseDowngradesPaid(ReferenceMerchant):
    """The news that an attempt was closed closes the order, though another attempt has paid it.

    Seen in: roncoo-pay `completeFailOrder`, mollie/WooCommerce#668, django-payments (CONFIRMED to REJECTED).
    Schedule: W; A; A✓ cb(A); close(W), W closed.
    Breaks: S2, S4, L3, L7, S15.
    Instead: PAID is final; what becomes of the other attempts is written into the attempts.
    Shown by: turns_to_alipay.
    """

    def decide(self, order: Order, told: Evidence) -> Decision:
        decision = super().decide(order, told)
        if isinstance(told, ClosedUnpaid) and order.state is OrderState.PAID:
            closed = OrderMoved("O9", OrderState.CLOSED, order.winner)
            return attrs.evolve(decision, steps=(*decision.steps, closed))
        return decision


class RefundsOneDuplicateOnly(ReferenceMerchant):
    """The key of a duplicate's refund names the order, so that the third payment of an order has none.

    Seen in: a natural key, (order, reason), where it takes (attempt, reason).
    Schedule: W, A, U; A✓ cb(A); W✓ cb(W); U✓ cb(U).
    Breaks: S4, L3.
    Instead: the key of a refund that the system makes is the attempt and the reason.
    Shown by: three_channels_one_order.
    """

    def decide(self, order: Order, told: Evidence) -> Decision:
        decision = super().decide(order, told)
        if all(one.reason is not RefundReason.DUPLICATE for one in order.refunds):
            return decision
        steps = tuple(step for step in decision.steps if step.row != "R1")
        return attrs.evolve(decision, steps=steps)


class RefundsEveryRepeat(ReferenceMerchant):
    """Every further success of a paid order is sent back, also the one that only repeats what paid it.

    Seen in: the cure of SwallowsTheSecond, done in haste.
    Schedule: W; W✓ cb; cb once more.
    Breaks: S6, S4.
    Instead: the same channel and the same channel number are the same payment: it is acked, and that is all.
    Shown by: same_notification_twice.
    """

    def decide(self, order: Order, told: Evidence) -> Decision:
        if isinstance(told, Captured) and order.winner is not None and order.winner.attempt == told.attempt:
            told = RefundAsked(told.attempt, told.amount, f"duplicate {told.attempt}")
        return super().decide(order, told)
