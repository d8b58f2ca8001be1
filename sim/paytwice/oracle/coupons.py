"""The promise about coupons and points: they come back exactly once (C6)."""

from __future__ import annotations

from paytwice.merchant.port import Standing
from paytwice.oracle.facts import Capture, Case
from paytwice.oracle.scene import Scene
from paytwice.oracle.verdict import Broken
from paytwice_core import Money


def coupon_comes_back(case: Case, scene: Scene) -> Broken | None:
    """C6 protects the customer's coupon: it comes back whole with a payment that must go back, and once.

    A merchant loses a part of it that returns the payer's cash and takes it for the order total. Not looked
    at: what the channel works on still, and what is shown as waiting for a person.
    """
    if case.standing is None or case.standing is Standing.OPEN:
        return None  # what is to go back is not decided, and other promises are about that
    for trade in case.trades.values():
        if trade.is_processing or case.with_a_person(trade.out_trade_no):
            continue
        for capture in trade.captures.values():
            left = capture.coupon - capture.coupon_returned
            if left < 0 or (left > 0 and (capture.held == 0 or not case.is_winner(capture))):
                return _not_once(case, capture, abs(left))
    return None


def _not_once(case: Case, capture: Capture, off: int) -> Broken:
    currency = capture.amount.currency
    paid, back = Money(capture.coupon, currency).display, Money(capture.coupon_returned, currency).display
    return Broken(
        f"A coupon paid {paid} of {capture.name} of order {case.order_id}, and got {back} back.",
        Money(off, currency),
        (capture.entry,),
    )
