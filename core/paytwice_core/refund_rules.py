"""What a refund makes of evidence, and who may ask for one (R1 to R16)."""

from collections.abc import Mapping
from typing import Final

import attrs

from paytwice_core.budget_rules import make_room, owe
from paytwice_core.decision import Draft, Noted, RefundWritten
from paytwice_core.effects import QueryRefund, RerouteRefund, SendRefund
from paytwice_core.evidence import (
    AbnormalRouteAccepted,
    PaidByHand,
    RefundAbnormal,
    RefundAccepted,
    RefundAsked,
    RefundClosedByChannel,
    RefundEvidence,
    RefundGivenUp,
    RefundNotFound,
    RefundRefused,
    RefundRevoked,
    RefundSent,
    RefundSucceeded,
    RefundUnanswered,
)
from paytwice_core.order import DEAD_REFUNDS, SYSTEM_REASONS, Refund
from paytwice_core.refund_table import REFUND, RefundSign
from paytwice_core.states import RefundReason, RefundRoute, RefundState

PLAIN_SIGNS: Final[Mapping[type[RefundEvidence], RefundSign]] = {
    RefundSent: RefundSign.SENT,
    RefundAccepted: RefundSign.ACCEPTED,
    RefundUnanswered: RefundSign.UNANSWERED,
    RefundNotFound: RefundSign.NOT_FOUND,
    RefundAbnormal: RefundSign.ABNORMAL,
    AbnormalRouteAccepted: RefundSign.REROUTED,
    RefundClosedByChannel: RefundSign.CLOSED,
    RefundRevoked: RefundSign.REVOKED,
    RefundGivenUp: RefundSign.GIVEN_UP,
    PaidByHand: RefundSign.PAID_BY_HAND,
}
ASKS: Final[Mapping[str, type[QueryRefund] | type[SendRefund] | type[RerouteRefund]]] = {
    "R3": QueryRefund,
    "R5": QueryRefund,
    "R6": SendRefund,
    "R9": RerouteRefund,
    "R9b": QueryRefund,
}
# Rows after which a person must know, whatever the reason of the refund.
ALARMING: Final = frozenset({"R9", "R11", "R11b", "R13", "R14", "R16"})


def refund_asked(draft: Draft, wish: RefundAsked) -> None:
    """Grant a customer's refund within the budget of the payment that won, once per request (R1)."""
    order = draft.order
    known = next((refund for refund in order.refunds if refund.request_id == wish.request_id), None)
    if known is not None:
        _asked_again(draft, wish, known)
        return
    attempt = order.attempt(wish.attempt)
    if wish.reason is not RefundReason.CUSTOMER:
        draft.refuse(f"refunds for {wish.reason} are made by the order itself")
    elif order.winner is None or attempt is None or order.winner.attempt != attempt.id:
        draft.refuse(f"attempt {wish.attempt!r} did not pay order {order.id}: there is nothing to ask back")
    elif wish.amount.currency != order.amount.currency or wish.amount.minor <= 0:
        draft.refuse(f"{wish.amount} cannot be refunded of {order.amount}")
    elif wish.amount > order.promisable(attempt):
        draft.refuse(f"{wish.amount} is more than the {order.promisable(attempt)} that is left to refund")
    else:
        owe(draft, attempt, wish.amount, RefundReason.CUSTOMER, request_id=wish.request_id)


def _asked_again(draft: Draft, wish: RefundAsked, known: Refund) -> None:
    if (known.attempt_id, known.amount) == (wish.attempt, wish.amount):
        draft.write(Noted("R1", known.id), f"request {wish.request_id} is refund {known.id} already")
    else:
        draft.refuse(f"request {wish.request_id} was for {known.amount} of {known.attempt_id}")


def refund_heard(draft: Draft, evidence: RefundEvidence) -> None:
    """Apply evidence to the refund it speaks of."""
    refund = draft.order.refund(evidence.refund)
    if refund is None:
        draft.refuse(f"order {draft.order.id} has no refund {evidence.refund}")
        return
    sign = refund_sign(evidence, refund)
    row = draft.row(REFUND, refund.state, sign)
    if row is None:
        _no_row(draft, refund, sign)
        return
    if row.target is None:
        draft.write(Noted(row.id, refund.id), row.says)
        return
    heard = _heard(refund, evidence, row.target)
    if row.id == "R11" and heard.state is RefundState.MANUAL:
        heard = attrs.evolve(heard, sends=0)  # a definite refusal: as if it had never been sent
    draft.write(RefundWritten(row.id, heard) if heard != refund else Noted(row.id, refund.id), row.says)
    if row.id in ASKS:
        draft.ask(ASKS[row.id](refund.id))
    if row.id in ALARMING or heard.state is RefundState.MANUAL:
        draft.alarm(refund.id, f"refund {refund.id} of {refund.amount.display}: {row.says}")
    elif isinstance(evidence, RefundUnanswered) and "NOT_ENOUGH" in evidence.code:
        draft.alarm(refund.id, f"the balance does not cover refund {refund.id} of {refund.amount.display}")
    _aftermath(draft, heard, row.id)


def refund_sign(evidence: RefundEvidence, refund: Refund) -> RefundSign:
    """Say what evidence means to a refund."""
    match evidence:
        case RefundSucceeded() if evidence.amount != refund.amount:
            return RefundSign.SUCCEEDED_OTHERWISE
        case RefundSucceeded() if evidence.to_merchant_card or refund.route is RefundRoute.MERCHANT_CARD:
            return RefundSign.SUCCEEDED_TO_MERCHANT
        case RefundSucceeded():
            return RefundSign.SUCCEEDED
        case RefundRefused() if refund.sends > 1:
            return RefundSign.REFUSED_REPEAT
        case RefundRefused() if refund.reason in SYSTEM_REASONS:
            return RefundSign.REFUSED_FIRST_OURS
        case RefundRefused():
            return RefundSign.REFUSED_FIRST_CUSTOMERS
        case _:
            return PLAIN_SIGNS[type(evidence)]


def _heard(refund: Refund, evidence: RefundEvidence, state: RefundState) -> Refund:
    match evidence:
        case RefundSent():
            return attrs.evolve(refund, state=state, sends=refund.sends + 1)
        case RefundAccepted():
            return attrs.evolve(refund, state=state, number=evidence.number or refund.number)
        case AbnormalRouteAccepted():
            return attrs.evolve(refund, state=state, route=evidence.route)
        case _:
            return attrs.evolve(refund, state=state)


def _no_row(draft: Draft, refund: Refund, sign: RefundSign) -> None:
    because = f"refund {refund.id} is {refund.state}: {sign} changes nothing"
    match sign:
        case RefundSign.SENT | RefundSign.PAID_BY_HAND:
            draft.refuse(because)
        case RefundSign.SUCCEEDED_OTHERWISE | RefundSign.SUCCEEDED_TO_MERCHANT:
            draft.unchanged(because)
            draft.alarm(refund.id, f"the channel reports a success that does not fit: {because}")
        case _:
            draft.unchanged(because)


def _aftermath(draft: Draft, refund: Refund, row: str) -> None:
    attempt = draft.order.attempt(refund.attempt_id)
    assert attempt is not None, "a refund is of an attempt of its order"
    if row == "R16":
        make_room(draft, attempt)
    if row != "R10":
        return
    # Nothing moved, and the money is still owed to whomever it was promised: it gets a new number at once.
    last = _last_of_line(draft, refund)
    amount = min(refund.amount, draft.order.budget_left(attempt))
    if last.state in DEAD_REFUNDS and not amount.is_zero:
        owe(draft, attempt, amount, refund.reason, parent_id=last.id)


def _last_of_line(draft: Draft, refund: Refund) -> Refund:
    """Follow a refund to its youngest descendant: every parent has one child at most."""
    for younger in draft.order.refunds:
        if younger.parent_id == refund.id:
            refund = younger  # a child is always later in the list than its parent
    return refund
