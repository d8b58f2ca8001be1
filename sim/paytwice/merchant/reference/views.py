"""What the reference merchant says about its orders, in the words that any merchant can speak."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from paytwice.merchant.port import (
    AttemptView,
    OrderView,
    RefundStanding,
    RefundView,
    Standing,
    WinnerView,
)
from paytwice_core import Money, Order, OrderState, Refund, RefundState

_STANDINGS: Final[Mapping[OrderState, Standing]] = {
    OrderState.CREATED: Standing.OPEN,
    OrderState.PAYING: Standing.OPEN,
    OrderState.CLOSING: Standing.OPEN,
    OrderState.PAID: Standing.PAID,
    OrderState.CLOSED: Standing.CLOSED,
}
_REFUNDS: Final[Mapping[RefundState, RefundStanding]] = {
    RefundState.CREATED: RefundStanding.PENDING,
    RefundState.SENT: RefundStanding.PENDING,
    RefundState.PROCESSING: RefundStanding.PENDING,
    RefundState.UNKNOWN: RefundStanding.PENDING,
    RefundState.ABNORMAL: RefundStanding.PENDING,
    RefundState.MANUAL: RefundStanding.NEEDS_PERSON,
    RefundState.SUCCESS: RefundStanding.DONE,
    RefundState.SETTLED_BY_HAND: RefundStanding.DONE,
    RefundState.CHANNEL_CLOSED: RefundStanding.VOID,
    RefundState.REJECTED: RefundStanding.VOID,
}


def view_of(order: Order) -> OrderView:
    """The order, its attempts and its refunds as a claim that can be judged."""
    winner, left = order.winner, _left_to_people(order)
    return OrderView(
        standing=_STANDINGS[order.state],
        winner=None if winner is None else WinnerView(winner.channel, winner.number, winner.attempt),
        attempts=tuple(
            AttemptView(
                attempt.out_trade_no,
                attempt.channel,
                f"{attempt.state} {attempt.disposition}" if attempt.disposition else str(attempt.state),
                attempt.number,
            )
            for attempt in order.attempts
        ),
        refunds=tuple(_refund(order, refund, left.get(refund.id)) for refund in order.refunds),
        captures=frozenset(attempt.number for attempt in order.attempts if attempt.number is not None),
        state=order.state.value,
    )


def _left_to_people(order: Order) -> dict[str, int]:
    """What is left to settle by hand, by refund; a person who paid out more would pay too much."""
    left: dict[str, int] = {}
    for attempt in order.attempts if order.refunds else ():
        refunds, room = order.refunds_of(attempt.id), order.budget_left(attempt).minor
        excess = order.overdrawn(attempt)
        for refund in reversed(refunds):
            if excess > 0 and refund.state is RefundState.MANUAL:
                left[refund.id] = max(0, refund.amount.minor - excess)
                excess -= refund.amount.minor
        for refund in refunds:
            if refund.was_promised_in_vain:
                left[refund.id] = min(refund.amount.minor, room)
                room -= left[refund.id]
    return left


def _refund(order: Order, refund: Refund, left: int | None) -> RefundView:
    attempt = order.attempt(refund.attempt_id)
    assert attempt is not None, "a refund is of an attempt of its order"
    standing = _REFUNDS[refund.state]
    if refund.was_promised_in_vain:
        standing = RefundStanding.NEEDS_PERSON
    amount = refund.amount
    if left:
        amount = Money(left, amount.currency)
    elif left is not None:
        standing = RefundStanding.VOID
    return RefundView(
        refund.id,
        attempt.out_trade_no,
        amount,
        standing,
        refund.state.value,
        refund.reason.value,
        attempt.number,
    )
