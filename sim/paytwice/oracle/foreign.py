"""The promise about refunds that others made: at the console, or the channel by itself (C4)."""

from __future__ import annotations

from typing import Final

from paytwice.channels.messages import Meaning
from paytwice.channels.requests import AskRefund
from paytwice.oracle.facts import Trade
from paytwice.oracle.payments import meant, refunds_of
from paytwice.oracle.verdict import Broken
from paytwice_core import Money

AT_WORK_MS: Final = 10_000  # a handler may be about to call while another one acks the news


def no_second_refund(trade: Trade, request: AskRefund, meaning: Meaning, sent_at: int) -> Broken | None:
    """C4 protects the merchant from sending back once more what the console or the channel has returned.

    Promised: what a merchant has acked the news of leaves less to send. Allowed: a request that was sent
    before, or within ten seconds, however late it arrives; and any where the news never came. No excuse is a
    first call that was lost before the news: a repeat (row R6) of what is gone already asks for it again.
    """
    if trade.case is None:
        return None
    number = meant(trade, request.channel_number)
    if number is None:
        return None
    known = [
        refund
        for refund in refunds_of(trade, number)
        if refund.asked_at is None and refund.heard_at is not None and sent_at > refund.heard_at + AT_WORK_MS
    ]
    gone = sum(refund.returned for refund in known)
    own = trade.asked(request.out_refund_no, number) + request.amount.minor
    if not gone or own > trade.budget(number) or own + gone <= trade.budget(number):
        return None  # more than was captured is S7's affair, whoever returned what
    currency = request.amount.currency
    return Broken(
        f"{request.amount.display} was asked back of {trade.channel} trade {trade.out_trade_no} of order "
        f"{trade.case.order_id} as {request.out_refund_no}; {Money(gone, currency).display} of it had gone "
        "back without the merchant's asking, and it has acked that news.",
        Money(own + gone - trade.budget(number), currency),
        (*(capture.entry for capture in trade.captures.values()), *(refund.entry for refund in known)),
    )
