"""The second judge on money that must go back: in time, to the end, or known to a person (L3, L4, L10)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.sim.oracle import refunds_seen as refunds
from tests.sim.oracle.history import History, Key
from tests.sim.oracle.naive_orders import shown_at

from paytwice.channels.messages import Meaning, RefundStatus
from paytwice.merchant.port import RefundStanding


def l3_losers_go_back(h: History) -> Iterator[str]:
    for order in h.orders:
        view = h.view(order)
        if view is None or view.refunds is None:
            continue
        for key in h.trades(order):
            for movement, at in h.captures(key):
                undecided = h.final_at(order) is None and movement.amount == h.amount(order)
                wins = h.is_winner(order, key, movement.channel_number)
                if not undecided and not wins and _is_forgotten(h, order, key, movement, at):
                    yield order


def _is_forgotten(h: History, order: str, key: Key, movement: Any, at: int) -> bool:
    number = movement.channel_number
    shown = shown_at(h, order, number, at)
    evidence = max(at if shown is None else shown, h.final_at(order) or 0, h.healed_at or 0)
    due = evidence + h.rules.refund_deadline_ms
    asked = [
        refund for refund in refunds.asked_numbers(h, key) if refunds.payment_of(h, key, refund) == number
    ]
    first = min((refunds.asks(h, key, refund)[0][2] for refund in asked), default=None)
    held = movement.amount.minor - h.returned(key, number=number)
    person = refunds.with_a_person(h, order, key, number) > 0
    if person and h.rules.mismatch_to_person and movement.amount != h.amount(order):
        return False
    if first is None and held > 0 and h.end < due and not person:
        return False  # not due yet
    if first is not None and first > due:
        return True
    if held <= 0 or refunds.is_processing(h, key, number):
        return False
    excused = refunds.foreign(h, key, number) > 0 or not _has_a_route(h, key, number)
    return not (person and excused)


def _has_a_route(h: History, key: Key, of: str) -> bool:
    numbers = [one for one in refunds.refund_numbers(h, key) if refunds.payment_of(h, key, one) == of]
    for number in numbers:
        last = [meaning for _, meaning, _ in refunds.asks(h, key, number)[-1:]]
        refused = [
            one for one in last if one.value not in refunds.UNSURE or one in (Meaning.OK, Meaning.NO_BALANCE)
        ]
        if refunds.is_stuck(h, key, number) or (refunds.status(h, key, number) is None and refused):
            return False
    return [refunds.status(h, key, number) for number in numbers].count(RefundStatus.CLOSED) < 2


def l4_nothing_stays_pending(h: History) -> Iterator[str]:
    for order in h.orders:
        for one in h.refunds(order):
            keys = [key for key in h.trades(order) if key[1] == one.out_trade_no]
            states = [refunds.status(h, key, one.out_refund_no) for key in keys]
            last = [meaning for key in keys for _, meaning, _ in refunds.asks(h, key, one.out_refund_no)[-1:]]
            busy = RefundStatus.PROCESSING in states or (Meaning.NO_BALANCE in last and not any(states))
            if one.standing is RefundStanding.PENDING and not busy:
                yield order


def l10_abnormal_is_known(h: History) -> Iterator[str]:
    for order in h.orders:
        view = h.view(order)
        if view is None or view.refunds is None:
            continue
        for key in h.trades(order):
            stuck = [one for one in refunds.asked_numbers(h, key) if refunds.is_stuck(h, key, one)]
            sums = [refunds.asks(h, key, one)[0][0].amount.minor for one in stuck]
            shown = [refunds.shown_as(h, order, key, one) for one in stuck]
            is_paid_out_by_hand = refunds.with_a_person(h, order, key) >= sum(sums)
            if {*shown} - {RefundStanding.NEEDS_PERSON} and not is_paid_out_by_hand:
                yield order
