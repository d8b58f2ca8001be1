"""Promises about single sums: what was promised is what is done, to the fen (C3, S20).

S4 adds up what an order's channels hold; it would not mind two mistakes that cancel out. Here each sum is
compared by itself, with what the customer ordered or was granted.
"""

from __future__ import annotations

from paytwice.channels.messages import Credential, Meaning
from paytwice.channels.requests import AskRefund
from paytwice.merchant.port import Standing
from paytwice.oracle.facts import Case, Trade
from paytwice.oracle.money import sums_of_unanswered_wishes
from paytwice.oracle.payments import refunds_of, shown_with_a_person
from paytwice.oracle.scene import Scene
from paytwice.oracle.verdict import Broken
from paytwice_core import Money


def registered_in_units(case: Case, trade: Trade, credential: Credential, at: int) -> Broken | None:
    """S20 protects from yuan for fen: what the customer is given to pay is the price, to the minor unit.

    As a promise this is about what desks are asked; that fen as an int, yuan as text and yuan in a bill are
    one sum, and that no float is in between, is a property of `Money`, tested where Money is.
    """
    amount = credential.amount
    if amount == case.amount:
        return None
    return Broken(
        f"Order {case.order_id} costs {case.amount.display}, and {trade.channel} trade "
        f"{trade.out_trade_no}, which the customer was given to pay it, is over {amount.display}.",
        case.amount,
        (case.entry,),
    )


def refunded_in_units(trade: Trade, request: AskRefund, meaning: Meaning, at: int) -> Broken | None:
    """S20 at a refund: it is asked for in the currency of the payment.

    How much may be asked for is S6's to say, and whether it is what was granted C3's: a merchant may send two
    wishes as one refund, or one in two.
    """
    for capture in trade.captures.values():
        if request.amount.currency != capture.amount.currency:
            return Broken(
                f"{request.amount.display} of {capture.name} was asked back as {request.out_refund_no}.",
                capture.amount,
                (capture.entry,),
            )
    return None


def granted_is_executed(case: Case, scene: Scene) -> Broken | None:
    """C3 protects the customer who was granted money back: the channel is asked for just that, to the fen.

    A wish whose answer was lost may have been granted or not. Not looked at: a payment of which somebody else
    returned a part. And where a payment went back in parts, their shares of a coupon sum to the whole.
    """
    return _shares_sum_up(case) or _granted_and_not_asked(case)


def _granted_and_not_asked(case: Case) -> Broken | None:
    trade, winner = case.winning_trade(), case.view.winner if case.view is not None else None
    if not case.granted or case.standing is not Standing.PAID or trade is None or winner is None:
        return None
    refunds = list(refunds_of(trade, winner.number))
    if any(refund.asked_at is None for refund in refunds):
        return None
    alive = {refund.number: refund.asked_minor for refund in refunds if refund.is_alive}
    asked = sum(alive.values())
    by_hand = sum(
        one.amount.minor
        for one in shown_with_a_person(case, trade, winner.number)
        if one.out_refund_no not in alive
    )
    right = [case.granted_total + unheard for unheard in sums_of_unanswered_wishes(case)]
    if asked in right or asked + by_hand in right:
        return None
    return Broken(
        f"The customer of order {case.order_id} was granted {case.money(case.granted_total).display}, and "
        f"{trade.channel} was asked for {case.money(asked).display}.",
        case.money(abs(case.granted_total - asked)),
        (*case.wish_entries, *(refund.entry for refund in refunds)),
    )


def _shares_sum_up(case: Case) -> Broken | None:
    for capture in case.captures():
        if capture.held == 0 and capture.coupon_returned != capture.coupon:
            paid, back = (
                Money(minor, capture.amount.currency).display
                for minor in (capture.coupon, capture.coupon_returned)
            )
            return Broken(
                f"{capture.name} of order {case.order_id} went back in full; a coupon had paid {paid} of it, "
                f"and got {back}.",
                Money(abs(capture.coupon - capture.coupon_returned), capture.amount.currency),
                (capture.entry,),
            )
    return None
