"""Room 1, who won: two payments for one order, and a merchant that cannot tell them apart."""

from __future__ import annotations

from paytwice.merchant.canary import Deaf
from paytwice.merchant.reference.merchant import ReferenceMerchant
from paytwice_core import AttemptWritten, Captured, Decision, Evidence, Order, OrderMoved, OrderState, Winner


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
