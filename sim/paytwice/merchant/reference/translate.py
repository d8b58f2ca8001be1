"""From a channel's answers to the core's evidence.

The one rule: what is in no closed list is "no answer". An unknown outcome never passes for a failure.
"""

from __future__ import annotations

from typing import Final

from paytwice.channels.messages import (
    Answer,
    Meaning,
    Outcome,
    RefundRecord,
    RefundStatus,
    TradeRecord,
    TradeState,
)
from paytwice_core import (
    Accepted,
    AlreadyPaid,
    AttemptEvidence,
    Captured,
    ClosedUnpaid,
    CloseUnanswered,
    HeardBy,
    NoAnswer,
    RefundAbnormal,
    RefundAccepted,
    RefundClosedByChannel,
    RefundEvidence,
    RefundNotFound,
    RefundRefused,
    RefundSucceeded,
    RefundUnanswered,
    Refused,
    Unpaid,
)

# Definite refusals of a refund: nothing was done, and the same call will never be.
REFUND_REFUSALS: Final = frozenset(
    {
        Meaning.OVER_BUDGET,
        Meaning.TOO_LATE,
        Meaning.TOO_MANY_PARTS,
        Meaning.NOT_PAID,
        Meaning.NO_SUCH_TRADE,
        Meaning.NOT_SUPPORTED,
    }
)
# Definite refusals to create a trade. NUMBER_USED is none: somebody has used it, and that was us.
CREATE_REFUSALS: Final = frozenset({Meaning.TOO_LATE, Meaning.NOT_SUPPORTED, Meaning.ALREADY_CLOSED})


def of_create(attempt: str, answer: Answer) -> AttemptEvidence:
    """What the answer to a create tells."""
    if answer.outcome is Outcome.DONE and answer.credential is not None:
        return Accepted(attempt, answer.credential.dead_at)
    if answer.outcome is Outcome.REFUSED and answer.meaning in CREATE_REFUSALS:
        return Refused(attempt, answer.code)
    return NoAnswer(attempt)


def of_trade(attempt: str, trade: TradeRecord, told_at: int, by: HeardBy) -> Captured | AttemptEvidence:
    """What a trade as its channel tells it is evidence of; `told_at` is by the channel's clock."""
    match trade.state:
        case TradeState.PAID | TradeState.RETURNED:
            assert trade.channel_number is not None, "a paid trade has a channel number"
            return Captured(attempt, trade.channel_number, trade.amount, trade.returned, by=by)
        case TradeState.CLOSED:
            return ClosedUnpaid(attempt)
        case TradeState.UNPAID:
            return Unpaid(attempt, told_at, found=True)


def of_query(attempt: str, answer: Answer) -> Captured | AttemptEvidence | None:
    """What the answer to a query tells; None when it tells nothing."""
    if answer.outcome is Outcome.DONE and answer.trade is not None:
        return of_trade(attempt, answer.trade, _channel_time(answer), "query")
    if answer.meaning is Meaning.NO_SUCH_TRADE:
        return Unpaid(attempt, _channel_time(answer), found=False)
    return None


def of_close(attempt: str, answer: Answer) -> AttemptEvidence:
    """What the answer to a close tells."""
    if answer.outcome is Outcome.DONE or answer.meaning is Meaning.ALREADY_CLOSED:
        return ClosedUnpaid(attempt)
    if answer.meaning is Meaning.ALREADY_PAID:
        return AlreadyPaid(attempt)
    if answer.meaning is Meaning.NO_SUCH_TRADE:
        return Unpaid(attempt, _channel_time(answer), found=False)  # the customer may still scan it
    return CloseUnanswered(attempt)


def _channel_time(answer: Answer) -> int:
    """When the answer was true, by the channel's clock: ours may be wrong about what is dead."""
    return 0 if answer.at is None else answer.at


def of_refund(refund: str, record: RefundRecord) -> RefundEvidence:
    """What a refund as its channel tells it is evidence of."""
    match record.state:
        case RefundStatus.SUCCESS:
            return RefundSucceeded(refund, record.amount, record.to_merchant_card)
        case RefundStatus.PROCESSING:
            return RefundAccepted(refund, record.channel_refund_number)
        case RefundStatus.ABNORMAL:
            return RefundAbnormal(refund)
        case RefundStatus.CLOSED:
            return RefundClosedByChannel(refund)


def of_refund_call(refund: str, answer: Answer) -> RefundEvidence:
    """What the answer to sending a refund tells."""
    if answer.outcome is Outcome.DONE and answer.refund is not None:
        return of_refund(refund, answer.refund)
    if answer.outcome is Outcome.REFUSED and answer.meaning in REFUND_REFUSALS:
        return RefundRefused(refund, answer.code)
    # Every channel has a word of its own for an empty account; the core alarms at this one.
    short = answer.meaning is Meaning.NO_BALANCE
    return RefundUnanswered(refund, f"NOT_ENOUGH ({answer.code})" if short else answer.code)


def of_refund_query(refund: str, answer: Answer) -> RefundEvidence:
    """What the answer to a refund query tells."""
    if answer.outcome is Outcome.DONE and answer.refund is not None:
        return of_refund(refund, answer.refund)
    if answer.meaning is Meaning.NO_SUCH_REFUND:
        return RefundNotFound(refund)
    return RefundUnanswered(refund, answer.code)
