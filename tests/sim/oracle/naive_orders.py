"""The second judge on orders: who paid, that it stays so, and what must be noticed (S1-S3, L1, L2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tests.sim.oracle import refunds_seen as refunds
from tests.sim.oracle.history import History, Key

from paytwice.calendar import HOUR
from paytwice.channels.messages import RefundStatus
from paytwice.merchant.port import OrderView, RefundStanding, Standing

BY_THE_BILL: Final = 36 * HOUR  # at the latest the next day at ten, and until then some hours


def s1_one_winner(h: History) -> Iterator[str]:
    for order in h.orders:
        winners = [view.winner for view, _ in h.views(order)]
        named = [(one.channel, one.number) if one is not None else None for one in winners]
        first = next((n for n, one in enumerate(named) if one is not None), len(named))
        if len(set(named[first:])) > 1:
            yield order


def s2_final_is_final(h: History) -> Iterator[str]:
    for one, before in h.each("viewed"):
        order, now = one["order_id"], one["view"]
        was = before.view(order)
        if was is None:
            continue
        reopened = (was.standing, now.standing) == (Standing.CLOSED, Standing.PAID) and h.rules.reopens
        if was.standing not in (Standing.OPEN, now.standing) and not reopened:
            yield order
        if now.refunds is None:
            continue
        shown = [(r.out_trade_no, r.out_refund_no) for r in now.refunds if r.standing is RefundStanding.DONE]
        for trade_no, number in shown_as_done(before, order):
            keys = [key for key in before.trades(order) if key[1] == trade_no]
            states = [refunds.status(before, key, number) for key in keys]
            if (trade_no, number) not in shown and not {*states} - {None, RefundStatus.SUCCESS}:
                yield order


def shown_as_done(h: History, order: str) -> list[tuple[str, str]]:
    """Every refund that was ever shown as DONE."""
    return [
        (one.out_trade_no, one.out_refund_no)
        for view, _ in h.views(order)
        for one in view.refunds or ()
        if one.standing is RefundStanding.DONE
    ]


def s3_no_false_paid(h: History) -> Iterator[str]:
    for one, before in h.each("viewed"):
        order, now = one["order_id"], one["view"]
        becomes_paid = now.standing is Standing.PAID and before.standing(order) is not Standing.PAID
        if becomes_paid and not _is_paid_in_full(before, order, now):
            yield order
    for one, before in h.each("shop_did"):
        view = before.view(one["order_id"])
        if one["what"] == "ship" and view is not None and not _is_paid_in_full(before, one["order_id"], view):
            yield one["order_id"]


def _is_paid_in_full(h: History, order: str, view: OrderView) -> bool:
    return view.winner is not None and any(
        movement.channel_number == view.winner.number and movement.amount == h.amount(order)
        for key in h.trades(order)
        if key[0] == view.winner.channel
        for movement, _ in h.captures(key)
    )


def l1_every_order_ends(h: History) -> Iterator[str]:
    for order in h.orders:
        if h.standing(order) in (None, Standing.OPEN) and not _never_was(h, order):
            yield order


def _never_was(h: History, order: str) -> bool:
    nothing = not h.stock(order) and not h.kept(order)
    return bool(h.all("declined", order_id=order)) and h.view(order) is None and nothing


def l2_every_capture_is_noticed(h: History) -> Iterator[str]:
    for order in h.orders:
        if not shows_payments(h, order):
            continue
        for key in h.trades(order):
            for movement, at in h.captures(key):
                shown = shown_at(h, order, movement.channel_number, at)
                by_query = _a_query_tells(h, order, key, movement.channel_number)
                due = max(at, h.healed_at or 0) + (h.rules.capture_deadline_ms if by_query else BY_THE_BILL)
                if (shown is None and h.end >= due) or (shown and shown > due and h.merchant_queries):
                    yield order


def shows_payments(h: History, order: str) -> bool:
    """Whether the merchant tells which payments it knows; who shows nothing at all is judged all the same."""
    view = h.view(order)
    return view is None or view.captures is not None or any(one.number for one in view.attempts or ())


def shown_at(h: History, order: str, number: str, after: int) -> int | None:
    """When a view first knew of a payment that had been made."""
    for view, at in h.views(order):
        numbers = [*(view.captures or ()), *(one.number for one in view.attempts or ())]
        if view.winner is not None:
            numbers.append(view.winner.number)
        if at >= after and number in numbers:
            return at
    return None


def _a_query_tells(h: History, order: str, key: Key, number: str) -> bool:
    """A query tells of the first payment of a trade, to who does not know of another one already."""
    never = h.end + 1
    times = {
        one.channel_number: shown_at(h, order, one.channel_number, at) or never for one, at in h.captures(key)
    }
    others = [at for other, at in times.items() if other != number]
    return next(iter(times)) == number and times[number] <= min(others, default=never)
