"""The second judge on bills: every line of them is in the merchant's books (L8)."""

from __future__ import annotations

from collections.abc import Iterator

from tests.sim.oracle import refunds_seen as refunds
from tests.sim.oracle.history import History, Key
from tests.sim.oracle.naive_orders import shown_at, shows_payments

from paytwice.calendar import HOUR
from paytwice.channels.ledger import MovementKind
from paytwice.channels.messages import RefundStatus
from paytwice.merchant.port import RefundStanding


def l8_the_bill_is_explained(h: History) -> Iterator[str]:
    for order in h.orders:
        for key in h.trades(order):
            bill = h.billed.get(key[0])
            if bill is None or (h.healed_at or 0) + HOUR > h.end:
                continue  # there is no bill yet, or the merchant had no hour without faults
            if _a_payment_is_missing(h, order, key, bill.until) or _a_refund_is_missing(
                h, order, key, bill.until
            ):
                yield order


def _a_payment_is_missing(h: History, order: str, key: Key, until: int) -> bool:
    return shows_payments(h, order) and any(
        at < until and shown_at(h, order, one.channel_number, at) is None for one, at in h.captures(key)
    )


def _a_refund_is_missing(h: History, order: str, key: Key, until: int) -> bool:
    """Own refunds, if not closed, are known by their number; of what others returned the sum is shown."""
    view = h.view(order)
    if view is None or view.refunds is None:
        return False
    own = refunds.asked_numbers(h, key)
    for number in own:
        said = [record.state for record, _ in refunds.records(h, key, number)]
        if RefundStatus.CLOSED in said[-1:]:
            continue  # nothing has moved
        if _stands_in_the_bill(h, key, number, until) and refunds.shown_as(h, order, key, number) is None:
            return True
    by_others = sum(
        h.returned(key, refund=number)
        for number in refunds.foreign_numbers(h, key)
        if _stands_in_the_bill(h, key, number, until) and _arrived_an_hour_ago(h, key, number)
    )
    known = sum(
        one.amount.minor
        for one in view.refunds
        if one.out_trade_no == key[1]
        and one.out_refund_no not in own
        and one.standing in (RefundStanding.DONE, RefundStanding.NEEDS_PERSON)
    )
    return by_others > known


def _stands_in_the_bill(h: History, key: Key, number: str, until: int) -> bool:
    """A refund stands in the bill of the day on which the channel took it on."""
    return any(at < until for _, at in refunds.records(h, key, number)[:1])


def _arrived_an_hour_ago(h: History, key: Key, number: str) -> bool:
    moved = [at for one, at in h.moves(key, MovementKind.RETURNED) if (one.out_refund_no or "") == number]
    return bool(moved) and max(moved[-1], h.healed_at or 0) + HOUR <= h.end
