"""Room 10, news of refunds: accepted, abnormal, not now, and late; each is taken for something else."""

from __future__ import annotations

import attrs

from paytwice.channels.messages import Ack, Notification
from paytwice.merchant.reference.chores import Chores
from paytwice.merchant.reference.jobs import Job
from paytwice.merchant.reference.merchant import ReferenceMerchant
from paytwice_core import (
    AttemptWritten,
    Captured,
    Decision,
    Evidence,
    Order,
    OrderMoved,
    OrderState,
    RefundAbnormal,
    RefundAccepted,
    RefundClosedByChannel,
    RefundState,
    RefundSucceeded,
    RefundUnanswered,
    RefundView,
    RefundWritten,
    Winner,
)


class AcceptedIsRefunded(ReferenceMerchant):
    """The channel has accepted the refund, so it is done, and the customer is told so.

    Seen in: litemall, code 203; jeepay and yudao, where Alipay's 10000 is success whatever fund_change says.
    Schedule: rf(W) → PROCESSING, and the order says refunded; on day seven CLOSED, for want of money.
    Breaks: S9, S4, L3.
    Instead: accepted is a promise; only the query or the notice says that the money has moved.
    Shown by: refund_without_balance.
    """

    def decide(self, order: Order, told: Evidence) -> Decision:
        refund = order.refund(told.refund) if isinstance(told, RefundAccepted) else None
        return super().decide(order, told if refund is None else RefundSucceeded(refund.id, refund.amount))


class TimeOutIsFailure(ReferenceMerchant):
    """A refund that got no answer has failed, so another one is made for the same money.

    Seen in: jeepay `AlipayRefundService`, where an ACQ.SYSTEM_ERROR is CONFIRM_FAIL.
    Schedule: rf(W) done, its answer lost; "failed"; rf'(W).
    Breaks: S8, S7, S6.
    Instead: no answer means unknown: ask, or repeat with the same number and amount.
    Shown by: refund_times_out_but_happened.
    """

    def decide(self, order: Order, told: Evidence) -> Decision:
        if isinstance(told, RefundUnanswered):
            told = RefundClosedByChannel(told.refund)
        return super().decide(order, told)


class NotNowIsNo(ReferenceMerchant):
    """The account is empty and the channel says so; taken for a refusal for good.

    Seen in: error tables with two columns, where NOT_ENOUGH stands with PARAM_ERROR under "failed".
    Schedule: rf(W) → NOT_ENOUGH; the refund is marked as failed, and that is the end of it.
    Breaks: S4, L3.
    Instead: the same number goes through when there is money: repeat it, and tell who fills the account.
    Shown by: refund_without_balance.
    """

    def decide(self, order: Order, told: Evidence) -> Decision:
        refund = order.refund(told.refund) if isinstance(told, RefundUnanswered) else None
        if refund is None or not isinstance(told, RefundUnanswered) or "NOT_ENOUGH" not in told.code:
            return super().decide(order, told)
        failed = attrs.evolve(refund, state=RefundState.REJECTED, sends=0)
        return Decision((RefundWritten("R11", failed),), (), "failed")


class AbnormalIsDone(ReferenceMerchant):
    """A notice about a refund says that it has ended, and how it has ended is not looked at.

    Seen in: handlers that know one event_type, and get three (REFUND.SUCCESS, ABNORMAL and CLOSED).
    Schedule: rf(W); cb(rf ABNORMAL); done.
    Breaks: S9, S4, L3, L10.
    Instead: ABNORMAL means that the money waits at the channel for another route, or for a person.
    Shown by: refund_abnormal_needs_a_person.
    """

    def decide(self, order: Order, told: Evidence) -> Decision:
        refund = order.refund(told.refund) if isinstance(told, RefundAbnormal) else None
        return super().decide(order, told if refund is None else RefundSucceeded(refund.id, refund.amount))


class AbnormalIsFailed(ReferenceMerchant):
    """A refund that is no success has failed, so there is a second one while the first may still complete.

    Seen in: EasyAbp `RollbackRefundAsync`, for whatever is not SUCCESS.
    Schedule: rf(W) → ABNORMAL; "failed"; rf'(W).
    Breaks: S8, S7, S6.
    Instead: ABNORMAL keeps its number and its money: apply for another route under the same number.
    Shown by: refund_abnormal_needs_a_person.
    """

    def decide(self, order: Order, told: Evidence) -> Decision:
        if isinstance(told, RefundAbnormal):
            told = RefundClosedByChannel(told.refund)
        return super().decide(order, told)


class AnyCardWillDo(ReferenceMerchant):
    """A refund to the merchant's own card is a success, and the customer is told that it is done.

    Seen in: handlers that read refund_status, and not user_received_account beside it.
    Schedule: rf(W) → ABNORMAL; a person takes the money to the shop's card; cb(rf SUCCESS).
    Breaks: S9, S4, L3, L10.
    Instead: then the shop has the money back, and a person has to pay the customer.
    Shown by: refund_abnormal_needs_a_person.
    """

    def decide(self, order: Order, told: Evidence) -> Decision:
        if isinstance(told, RefundSucceeded):
            told = attrs.evolve(told, to_merchant_card=False)
        return super().decide(order, told)


class DropsEarlyNews(ReferenceMerchant):
    """The notice ends a refund, but one that overtakes the answer finds no row yet, and is acked.

    Seen in: EasyAbp `RefundWeChatPayEventHandler`: `record is null → true`, and the row comes after the call.
    Schedule: rf(W); cb(rf SUCCESS), acked; the answer to rf; the row; and no news will ever come.
    Breaks: L4.
    Instead: the row is there before the call; and who has heard nothing asks.
    Shown by: refund_notice_before_the_response.
    """

    class CHORES(Chores):
        async def query_refund(self, job: Job) -> Job | None:
            return None

    async def notified(self, notification: Notification) -> Ack:
        told, order_id = notification.refund, notification.trade.out_trade_no.rpartition("-")[0]
        order = self.books.order(order_id)
        refund = None if told is None or order is None else order.refund(told.out_refund_no)
        if refund is not None and refund.state in (RefundState.CREATED, RefundState.SENT):
            return Ack.positive()
        return await super().notified(notification)


class PaidAgainAfterTheRefund(ReferenceMerchant):
    """An order that was refunded counts as unpaid, so a late success of another channel pays it again.

    Seen in: systems where REFUND is a state of the order, as in jeepay and yudao.
    Schedule: A✓ cb(A); rf(A) in full; W✓ cb(W).
    Breaks: S1, S4, C3.
    Instead: refunds are a matter of their own; the order stays paid by A, and W goes back as a duplicate.
    Shown by: late_success_after_the_refund.
    """

    def decide(self, order: Order, told: Evidence) -> Decision:
        decision = super().decide(order, told)
        if not isinstance(told, Captured) or "O5" not in decision.rows:
            return decision
        if order.refund_view is not RefundView.FULL:
            return decision
        [booked] = [step for step in decision.steps if isinstance(step, AttemptWritten)]
        winner = Winner(booked.attempt.channel, told.number, booked.attempt.id)
        return Decision((booked, OrderMoved("O3", OrderState.PAID, winner)), (), "paid")
