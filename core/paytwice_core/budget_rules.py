"""How money is set aside to go back, so that no attempt ever returns more than it captured (R1, R17).

The budget of an attempt is what it captured, less every refund that may have moved money. It is taken when
a refund is *created*, before anybody is called, and freed only by a definite failure: that is what makes
two people who press "refund" at once harmless.
"""

import attrs

from paytwice_core.decision import Draft, Noted, RefundWritten
from paytwice_core.effects import QueryRefund, QueryTrade, SendRefund
from paytwice_core.evidence import ForeignRefund
from paytwice_core.money import Money
from paytwice_core.order import Attempt, Order, Refund
from paytwice_core.refund_table import REFUND, RefundSign
from paytwice_core.states import AttemptState, RefundReason, RefundState


def owe(
    draft: Draft,
    attempt: Attempt,
    amount: Money,
    reason: RefundReason,
    *,
    request_id: str | None = None,
    parent_id: str | None = None,
    state: RefundState = RefundState.CREATED,
) -> None:
    """Put a refund on record and have it sent, or leave it to a person where it is made in MANUAL (R1)."""
    refund = Refund(
        next_refund_id(draft.order), attempt.id, amount, reason, state, parent_id, request_id=request_id
    )
    draft.write(RefundWritten("R1", refund), f"{amount} of {attempt.id} goes back as {refund.id} ({reason})")
    if state is RefundState.MANUAL:
        told = f"{amount.display} of attempt {attempt.id} must be settled by a person ({reason})"
        draft.alarm(refund.id, told)
    else:
        draft.ask(SendRefund(refund.id))


def next_refund_id(order: Order) -> str:
    """Return the out_refund_no for the next refund: counted, not drawn, and never used again."""
    return f"{order.id}-R{len(order.refunds) + 1}"


def foreign(draft: Draft, evidence: ForeignRefund) -> None:
    """Take in a refund that nobody here asked for, once per number (R17)."""
    attempt = draft.order.attempt(evidence.attempt)
    if attempt is None:
        draft.refuse(f"order {draft.order.id} has no attempt {evidence.attempt}")
    elif attempt.state is not AttemptState.SUCCEEDED or attempt.captured is None:
        # A return implies a capture nobody here has heard of: the channel knows how much it was (A4').
        draft.unchanged(f"a refund of attempt {attempt.id}, which is {attempt.state}: ask the channel")
        draft.ask(QueryTrade(attempt.id))
    elif attempt.captured.currency != evidence.amount.currency:
        draft.unchanged(f"a refund of {evidence.amount} out of {attempt.captured} cannot be")
        sums = f"{evidence.amount.display} out of {attempt.captured.display}"
        draft.alarm(attempt.id, f"the channel reports a refund of {sums}")
    else:
        _foreign_by_number(draft, attempt, evidence)


def _foreign_by_number(draft: Draft, attempt: Attempt, evidence: ForeignRefund) -> None:
    refunds = draft.order.refunds_of(attempt.id)
    known = next((refund for refund in refunds if refund.number == evidence.number), None)
    if known is None:
        _number_a_foreign(draft, attempt, evidence)
        make_room(draft, attempt)
        return
    draft.write(Noted("R17", known.id), f"refund {known.id} has that number already")
    if known.state is not RefundState.SUCCESS:
        draft.ask(QueryRefund(known.id))


def _number_a_foreign(draft: Draft, attempt: Attempt, evidence: ForeignRefund) -> None:
    # A cumulative sum (A4') has put foreign money on record without numbers; the number comes later, with
    # the bill.
    nameless = [refund for refund in draft.order.refunds_of(attempt.id) if _is_nameless(refund)]
    same = next((refund for refund in nameless if refund.amount == evidence.amount), None)
    if same is None and nameless:
        largest = max(nameless, key=lambda refund: refund.amount.minor)
        if largest.amount > evidence.amount:
            rest = attrs.evolve(largest, amount=largest.amount - evidence.amount)
            draft.write(RefundWritten("R17", rest), f"a part of {largest.id} is known by number")
        else:
            same = largest
    if same is None:
        took_back(draft, attempt, evidence.amount, evidence.number)
    else:
        named = attrs.evolve(same, amount=evidence.amount, number=evidence.number)
        draft.write(RefundWritten("R17", named), f"{same.id} is known by number")


def _is_nameless(refund: Refund) -> bool:
    return refund.reason is RefundReason.FOREIGN and refund.number is None


def foreign_sum(draft: Draft, attempt: Attempt, returned: Money) -> None:
    """Take in a cumulative sum of all that went back of an attempt, less what is known here (A4', R17)."""
    known = in_doubt = 0
    for refund in draft.order.refunds_of(attempt.id):
        if refund.state is RefundState.SUCCESS:
            known += refund.amount.minor
        elif may_be_under_way(refund):
            in_doubt += refund.amount.minor
    unexplained = returned.minor - known
    if unexplained <= 0:
        return
    # What is under way may be what the channel speaks of: ask, before anything passes for foreign.
    for refund in draft.order.refunds_of(attempt.id):
        if may_be_under_way(refund):
            draft.ask(QueryRefund(refund.id))
    if unexplained > in_doubt:
        took_back(draft, attempt, Money(unexplained - in_doubt, returned.currency), None)
        make_room(draft, attempt)


def may_be_under_way(refund: Refund) -> bool:
    """Tell whether a refund was sent and its outcome is open."""
    return refund.sends > 0 and refund.state not in REFUND.final


def took_back(draft: Draft, attempt: Attempt, amount: Money, number: str | None) -> None:
    """Put a foreign refund on record: it is done before anybody here knows of it."""
    refund = Refund(
        next_refund_id(draft.order),
        attempt.id,
        amount,
        RefundReason.FOREIGN,
        RefundState.SUCCESS,
        number=number,
    )
    draft.write(
        RefundWritten("R17", refund), f"{amount} of {attempt.id} went back, and nobody here asked for it"
    )


def make_room(draft: Draft, attempt: Attempt) -> None:
    """Shrink or drop refunds that were never sent until the budget holds again, newest first (R17)."""
    excess = draft.order.overdrawn(attempt)
    for refund in reversed(draft.order.refunds_of(attempt.id)):
        if excess <= 0:
            return
        row = draft.row(REFUND, refund.state, RefundSign.DISPLACED)
        if row is None or row.target is None or refund.sends > 0:
            continue
        if excess < refund.amount.minor:
            left = Money(refund.amount.minor - excess, refund.amount.currency)
            draft.write(
                RefundWritten(row.id, attrs.evolve(refund, amount=left)), f"only {left} is left to send"
            )
        else:
            draft.write(RefundWritten(row.id, attrs.evolve(refund, state=row.target)), row.says)
        excess -= refund.amount.minor
    if excess > 0:
        over = Money(excess, draft.order.amount.currency).display
        draft.alarm(attempt.id, f"refunds of attempt {attempt.id} exceed what it captured by {over}")
