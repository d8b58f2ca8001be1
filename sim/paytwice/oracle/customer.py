"""Promises to the customer's face: no lies, and a closed order that cannot be paid (S15, S25)."""

from __future__ import annotations

from paytwice.channels.ledger import Movement, MovementKind
from paytwice.channels.messages import Credential
from paytwice.merchant.port import OrderView, Said, Standing
from paytwice.oracle.facts import Capture, Case, Trade
from paytwice.oracle.verdict import Broken
from paytwice.wording import span


def close_is_real(case: Case, now: OrderView, at: int) -> Broken | None:
    """S15 protects the customer from paying for nothing: after CLOSED, what they hold is dead.

    Nor was it paid before: a channel that has the whole price would not have closed the trade, and who asked
    it first would know. That the money goes back is no comfort to who paid in time, for goods.
    """
    if (
        not case.rules.channel_first
        or now.standing is not Standing.CLOSED
        or case.standing is Standing.CLOSED
    ):
        return None
    for trade in case.trades.values():
        if trade.paper is None or not case.rules.can_close(trade.channel):
            continue
        if case.is_payable(trade, at):
            return _payable(case, trade, at)
        first = next(iter(trade.captures.values()), None)  # another one, no query and no close tells of
        if first is not None and first.amount == case.amount and not first.returned:
            return _paid(case, first)
    return None


def close_stays_real(case: Case, trade: Trade, credential: Credential, at: int) -> Broken | None:
    """S15 also forbids to hand out something payable for an order that is CLOSED already."""
    if not case.rules.channel_first or case.standing is not Standing.CLOSED or trade.paper is None:
        return None
    if not case.rules.can_close(trade.channel) or not case.is_payable(trade, at):
        return None
    return _payable(case, trade, at, case.standing_entry)


def _payable(case: Case, trade: Trade, at: int, closed_entry: int = -1) -> Broken:
    assert trade.paper is not None, "only what was handed out can be payable"
    return Broken(
        f"Order {case.order_id} is CLOSED, but {trade.channel} trade {trade.out_trade_no} can still be paid "
        f"for {span(trade.paper.dead_at - at)}: it was not closed at the channel.",
        trade.paper.credential.amount,
        (trade.paper.entry, closed_entry),
    )


def _paid(case: Case, capture: Capture) -> Broken:
    return Broken(
        f"Order {case.order_id} is CLOSED, but {capture.name} had paid it before: "
        f"{capture.channel} cannot have closed that trade.",
        capture.amount,
        capture.entries,
    )


def paid_stays_paid(case: Case, now: OrderView, at: int) -> Broken | None:
    """S25 protects the customer who was told PAID: every later look must find PAID."""
    if case.told_paid is None or now.standing is Standing.PAID:
        return None
    return Broken(
        f"The customer of order {case.order_id} was told PAID, and later its view is {now.standing.value}.",
        case.amount,
        (case.told_paid,),
    )


def no_lie(case: Case, said: Said, since: int, at: int) -> Broken | None:
    """S25 protects the customer who asks: PAID is said of a PAID order, PAY_AGAIN if nothing was paid."""
    if said is Said.PAID and case.standing is not Standing.PAID:
        standing = case.standing.value if case.standing is not None else "not known to the merchant"
        return Broken(
            f"The customer of order {case.order_id} is told PAID while the order is {standing}.",
            case.amount,
            (case.standing_entry,),
        )
    if said is not Said.PAY_AGAIN:
        return None
    for trade in case.trades.values():
        if trade.paper is None or trade.paper.at > since:
            continue
        if case.is_payable(trade, at):
            return Broken(
                f"The customer of order {case.order_id} is told to pay again, while {trade.channel} trade "
                f"{trade.out_trade_no}, which they hold, can still be paid.",
                trade.paper.credential.amount,
                (trade.paper.entry,),
            )
        for capture in trade.captures.values():
            if capture.at <= since and capture.held > 0:
                return Broken(
                    f"The customer of order {case.order_id} is told to pay again, but {capture.name} was "
                    "captured before and not returned.",
                    capture.amount,
                    (trade.paper.entry, capture.entry),
                )
    return None


def no_lie_by_capture(case: Case, trade: Trade, movement: Movement) -> Broken | None:
    """S25, seen from the money: after PAY_AGAIN nothing handed out before may still be captured.

    Not blamed: what the channel had closed, or what was dead, when the promise was made.
    """
    if case.pay_again is None or trade.paper is None or movement.kind is not MovementKind.CAPTURED:
        return None
    since, told_at, entry = case.pay_again
    if trade.paper.at > since or trade.paper.dead_at < told_at:
        return None
    if trade.closed_at is not None and trade.closed_at <= told_at:
        return None
    return Broken(
        f"The customer of order {case.order_id} was told to pay again; afterwards {trade.channel} trade "
        f"{trade.out_trade_no}, which they already had, was captured for {movement.amount.display}.",
        movement.amount,
        (trade.paper.entry, entry),
    )
