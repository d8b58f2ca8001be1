"""Promises about who paid: one winner, for ever, and really paid (S1, S2, S3)."""

from __future__ import annotations

from paytwice.channels.messages import RefundStatus
from paytwice.merchant.port import OrderView, RefundStanding, Standing
from paytwice.oracle.facts import Capture, Case
from paytwice.oracle.verdict import Broken


def one_winner(case: Case, now: OrderView, at: int) -> Broken | None:
    """S1 protects the first payment's customer: a winner that is overwritten is money nobody refunds."""
    if case.winner is None:
        return None
    channel, number = case.winner
    if now.winner is not None and now.winner.number == number and now.winner.channel == channel:
        return None
    becomes = f"{now.winner.channel} payment {now.winner.number}" if now.winner is not None else "nothing"
    return Broken(
        f"Order {case.order_id} was settled by {channel} payment {number}; now its view shows {becomes}. "
        "A winner once shown must stay.",
        case.amount,
        (case.winner_entry, *_capture_entries(case)),
    )


def final_is_final(case: Case, now: OrderView, at: int) -> Broken | None:
    """S2 protects everyone who acted on PAID, CLOSED or a finished refund: no message may take it back."""
    before = case.view
    if before is None:
        return None
    left = before.standing is not now.standing and before.standing is not Standing.OPEN
    reopened = before.standing is Standing.CLOSED and now.standing is Standing.PAID and case.rules.reopens
    if left and not reopened:
        return Broken(
            f"Order {case.order_id} was {before.standing.value} and is now {now.standing.value}. "
            f"{before.standing.value} is final.",
            case.amount,
            (case.standing_entry, *_capture_entries(case)),
        )
    if not case.done or now.refunds is before.refunds:
        return None
    return _refunds_stay_done(case, now)


def _refunds_stay_done(case: Case, now: OrderView) -> Broken | None:
    if now.refunds is None:
        return None
    # Of a number that is shown twice, DONE counts; that the other one ends is for L4 to demand.
    ordered = sorted(now.refunds, key=lambda refund: refund.standing is RefundStanding.DONE)
    shown = {(refund.out_trade_no, refund.out_refund_no): refund for refund in ordered}
    for (trade_no, number), entry in case.done.items():
        refund = shown.get((trade_no, number))
        if refund is not None and refund.standing is RefundStanding.DONE:
            continue
        if _was_revoked(case, trade_no, number):
            continue
        becomes = refund.standing.value if refund is not None else "gone"
        return Broken(
            f"Refund {number} of order {case.order_id} was DONE and is now {becomes}, "
            "though the channel did not take it back.",
            refund.amount if refund is not None else None,
            (entry,),
        )
    return None


def _was_revoked(case: Case, trade_no: str, number: str) -> bool:
    for trade in case.named(trade_no):
        refund = trade.refunds.get(number)
        if refund is not None and refund.status not in (None, RefundStatus.SUCCESS):
            return True
    return False


def no_false_paid_view(case: Case, now: OrderView, at: int) -> Broken | None:
    """S3 protects the merchant's goods: PAID needs the winner's money at the desk, in full."""
    if now.standing is not Standing.PAID or case.standing is Standing.PAID:
        return None
    return _unpaid(case, now, "says PAID")


def no_false_paid_ship(case: Case, what: str) -> Broken | None:
    """S3 at the moment of shipping: goods leave only for money that the channel really has."""
    if what != "ship" or case.view is None:
        return None
    return _unpaid(case, case.view, "ships")


def _unpaid(case: Case, view: OrderView, does: str) -> Broken | None:
    winner = view.winner
    if winner is None:
        return Broken(
            f"The merchant {does} for order {case.order_id} and names no payment that settled it.",
            case.amount,
            _capture_entries(case),
        )
    capture = _find(case, winner.channel, winner.number)
    if capture is None:
        return Broken(
            f"The merchant {does} for order {case.order_id} because of {winner.channel} payment "
            f"{winner.number}, but {winner.channel} has no such payment for this order.",
            case.amount,
            _capture_entries(case),
        )
    if capture.amount == case.amount:
        return None
    return Broken(
        f"The merchant {does} for order {case.order_id} of {case.amount.display}, but {capture.channel} "
        f"payment {capture.number} is {capture.amount.display}.",
        case.amount,
        _capture_entries(case),
    )


def _find(case: Case, channel: str, number: str) -> Capture | None:
    for trade in case.trades.values():
        if trade.channel == channel and number in trade.captures:
            return trade.captures[number]
    return None


def _capture_entries(case: Case) -> tuple[int, ...]:
    return tuple(capture.entry for capture in case.captures())
