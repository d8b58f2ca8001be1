"""Promises that things get on: orders end, payments are noticed, notifications accepted (L1, L2, L5, S12)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from paytwice.channels.messages import Notification
from paytwice.merchant.port import Standing
from paytwice.oracle.facts import Case
from paytwice.oracle.payments import is_in_no_query
from paytwice.oracle.scene import Scene
from paytwice.oracle.verdict import Broken, worst
from paytwice.wording import span

BILL_DEADLINE: Final = 36 * 60 * 60_000  # the bill of a day can be had on the next morning


def every_order_ends(case: Case, scene: Scene) -> Broken | None:
    """L1 protects who waits: every order becomes PAID or CLOSED. Doing nothing is not correct."""
    if case.is_no_order or (case.standing is not None and case.standing is not Standing.OPEN):
        return None
    standing = "OPEN" if case.view is not None else "not known to the merchant"
    return Broken(
        f"Order {case.order_id} is still {standing} at the end; it had to become PAID or CLOSED.",
        case.amount,
        (case.entry, *(capture.entry for capture in case.captures())),
    )


def shows_captures(case: Case) -> bool:
    """Whether the merchant tells which payments it knows; one that shows nothing is judged all the same."""
    if case.view is None or case.view.captures is not None:
        return True
    return any(attempt.number is not None for attempt in case.view.attempts or ())


def every_capture_is_noticed(case: Case, scene: Scene) -> Broken | None:
    """L2 protects the customer whose payment was never announced: the merchant asks, or reads the bill.

    The deadline is for merchants that query; others have until the bill, so of them "in the end" is demanded.
    A second payment under one out_trade_no is in no query: where its notifications are lost, the bill has it.
    """
    return worst(_unnoticed(case, scene)) if shows_captures(case) else None


def _unnoticed(case: Case, scene: Scene) -> Iterator[Broken]:
    for capture in case.captures():
        by_bill = is_in_no_query(case.trades[capture.channel, capture.out_trade_no], capture)
        due = scene.since(capture.at) + (BILL_DEADLINE if by_bill else case.rules.capture_deadline_ms)
        if capture.shown_at is None:
            late = scene.at >= due
            when = f", {span(scene.at - capture.at)} after it was captured" if late else " yet"
            bill = ", and the bill did not help" if late and scene.bill_seen else ""
            yield Broken(
                f"{capture.name} of order {case.order_id} is not in the merchant's view{when}{bill}.",
                capture.amount,
                (*capture.entries, case.view_entry),
                sure=late,
            )
        elif capture.shown_at > due and scene.merchant_queries:
            yield Broken(
                f"{capture.name} of order {case.order_id} was noticed "
                f"{span(capture.shown_at - due)} after the deadline.",
                capture.amount,
                (*capture.entries, capture.shown_entry if capture.shown_entry is not None else -1),
            )


def notifications_are_accepted(case: Case, scene: Scene) -> Broken | None:
    """L5 protects from endless redelivery: what arrives whole, of a known payment, ends with a positive ack.

    A refusal that is mended by the next delivery is forgiven: it can be a database that was busy.
    """
    for number, (_, entry, channel) in case.refused.items():
        return Broken(
            f"Notification {number} of {channel} for order {case.order_id} was delivered whole after "
            "healing, and its last answer was not an acknowledgement.",
            None,
            (entry,),
        )
    return None


def not_ours_is_inert(case: Case, notification: Notification, positive: bool) -> Broken | None:
    """S12 protects from forgery: what is not authentic, or for another app or merchant, gets no ack."""
    if not positive or is_ours(case, notification):
        return None
    why = "is not authentic" if not notification.authentic else "is meant for another app or merchant"
    return Broken(
        f"Notification {notification.id} of {notification.channel} for order {case.order_id} {why}, and was "
        "acknowledged.",
        notification.trade.amount,
        (),
    )


def is_ours(case: Case, notification: Notification) -> bool:
    """Whether the notification is authentic and for this merchant, as far as that was declared."""
    rules = case.rules
    return (
        notification.authentic
        and rules.app_id in (None, notification.app_id)
        and rules.mch_id in (None, notification.mch_id)
    )
