"""The second judge on goods: shipped once, held once, given back (S5, S14, L6, L7)."""

from __future__ import annotations

from collections.abc import Iterator

from tests.sim.oracle.history import History, Key

from paytwice.channels.messages import Meaning
from paytwice.merchant.port import RefundStanding, Standing


def s5_ship_at_most_once(h: History) -> Iterator[str]:
    for one, before in h.each("shop_did"):
        order = one["order_id"]
        if one["what"] != "ship":
            continue
        paid = before.standing(order) is Standing.PAID
        if "ship" in before.effects(order) or not paid or _shown_refunded(before, order):
            yield order


def _shown_refunded(h: History, order: str) -> bool:
    view, key = h.view(order), h.winning_trade(order)
    if view is None or view.winner is None or key is None:
        return False
    done = [
        one.amount.minor
        for one in view.refunds or ()
        if one.standing is RefundStanding.DONE
        and one.out_trade_no == key[1]
        and one.number in (None, view.winner.number)
    ]
    return sum(done) >= h.amount(order).minor


def s14_stock_is_held_once(h: History) -> Iterator[str]:
    for one, before in h.each("shop_did"):
        order, what = one["order_id"], one["what"]
        held, closed = before.stock(order), before.standing(order) is Standing.CLOSED
        right = not held if what == "reserve" else held and (what == "ship" or closed)
        if not right:
            yield order


def l6_paid_is_shipped(h: History) -> Iterator[str]:
    for order in h.orders:
        view, key = h.view(order), h.winning_trade(order)
        winner = view.winner.number if view is not None and view.winner is not None else None
        back = max(h.returned(key, number=winner) if key is not None else 0, h.granted(order))
        unsent = h.standing(order) is Standing.PAID and "ship" not in h.effects(order)
        if unsent and back < h.amount(order).minor:
            yield order


def l7_closed_is_cleared(h: History) -> Iterator[str]:
    for order in h.orders:
        if h.standing(order) is not Standing.CLOSED:
            continue
        if h.stock(order) > 0 or any(_left_open(h, order, key) for key in h.trades(order)):
            yield order


def _left_open(h: History, order: str, key: Key) -> bool:
    heard = [m for m, _ in h.closes(key) if m not in (Meaning.SYSTEM_ERROR, Meaning.BUSY)]
    if heard or h.captures(key) or not h.rules.can_close(key[0]):
        return False
    since = max(h.final_at(order) or 0, h.healed_at or 0, h.papers(key)[0][1])
    return min(h.dead_at(key), h.end) > since + h.rules.capture_deadline_ms
