"""Several payments under one out_trade_no: which refund is of which.

A channel that books a payment twice has two channel numbers for one trade, and each is money of its own. A
refund that names none of them is of the first, as channels take it.
"""

from __future__ import annotations

from collections.abc import Iterator

from paytwice.channels.messages import RefundStatus
from paytwice.merchant.port import RefundStanding, RefundView
from paytwice.oracle.facts import Capture, Case, Refund, Trade


def meant(trade: Trade, number: str | None) -> str | None:
    """The payment that is meant: the named one, else the first."""
    return number if number is not None else next(iter(trade.captures), None)


def is_in_no_query(trade: Trade, capture: Capture) -> bool:
    """Whether no query tells of this payment, or none was called for any more.

    A query tells of the first payment of a trade only; and who knows of one payment has no reason to ask.
    """
    if capture.number != meant(trade, None):
        return True
    shown = [other.shown_at for other in trade.captures.values() if other is not capture]
    return any(at is not None and (capture.shown_at is None or at < capture.shown_at) for at in shown)


def refunds_of(trade: Trade, number: str) -> Iterator[Refund]:
    """The refunds of one payment."""
    return (refund for refund in trade.refunds.values() if meant(trade, refund.of) == number)


def foreign(trade: Trade, number: str) -> int:
    """What was returned without this merchant asking: by the console, or by the channel itself."""
    return sum(refund.returned for refund in refunds_of(trade, number) if refund.asked_at is None)


def is_processing(trade: Trade, number: str) -> bool:
    """Whether the desk itself still works on a refund of this payment."""
    return any(refund.status is RefundStatus.PROCESSING for refund in refunds_of(trade, number))


def first_asked_at(trade: Trade, number: str) -> int | None:
    """When money of this payment was first asked back."""
    asked = (refund.asked_at for refund in refunds_of(trade, number))
    return min((at for at in asked if at is not None), default=None)


def with_a_person(case: Case, trade: Trade, number: str) -> bool:
    """Whether the merchant shows money of this payment as waiting for a person."""
    return any(True for _ in shown_with_a_person(case, trade, number))


def shown_with_a_person(case: Case, trade: Trade, number: str) -> Iterator[RefundView]:
    """The refunds of this payment that the merchant shows as waiting for a person."""
    return (
        refund
        for refund in case.refund_views()
        if refund.standing is RefundStanding.NEEDS_PERSON
        and refund.out_trade_no == trade.out_trade_no
        and (refund.number not in trade.captures or refund.number == number)
    )
