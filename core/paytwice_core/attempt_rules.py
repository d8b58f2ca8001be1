"""What an attempt makes of evidence that brought no money (A1 to A3, A5c to A13)."""

from collections.abc import Mapping
from typing import Final

import attrs

from paytwice_core.attempt_table import ATTEMPT, AttemptSign
from paytwice_core.decision import AttemptWritten, Draft, Noted
from paytwice_core.effects import CloseTrade, QueryTrade
from paytwice_core.evidence import (
    Accepted,
    AlreadyPaid,
    AttemptEvidence,
    ClosedUnpaid,
    CloseSent,
    CloseUnanswered,
    NoAnswer,
    PaymentFailed,
    Refused,
    Unpaid,
)
from paytwice_core.order import Attempt, Order
from paytwice_core.order_rules import attempt_did_not_pay
from paytwice_core.policy import Policy

# Evidence without a guard means one thing in every state.
PLAIN_SIGNS: Final[Mapping[type[AttemptEvidence], AttemptSign]] = {
    Accepted: AttemptSign.ACCEPTED,
    NoAnswer: AttemptSign.NO_ANSWER,
    Refused: AttemptSign.REFUSED,
    CloseSent: AttemptSign.CLOSE_SENT,
    ClosedUnpaid: AttemptSign.CLOSED_UNPAID,
    AlreadyPaid: AttemptSign.ALREADY_PAID,
    CloseUnanswered: AttemptSign.CLOSE_UNANSWERED,
    PaymentFailed: AttemptSign.PAYMENT_FAILED,
}
ASKS: Final[Mapping[str, type[QueryTrade] | type[CloseTrade]]] = {
    "A2": QueryTrade,
    "A6": CloseTrade,
    "A8": QueryTrade,
    "A10": CloseTrade,
}


def attempt_heard(draft: Draft, evidence: AttemptEvidence, policy: Policy) -> None:
    """Apply evidence to the attempt it speaks of, and let the order hear of it."""
    attempt = draft.order.attempt(evidence.attempt)
    if attempt is None:
        draft.refuse(f"order {draft.order.id} has no attempt {evidence.attempt}")
        return
    sign = attempt_sign(evidence, attempt, draft.order, policy)
    row = draft.row(ATTEMPT, attempt.state, sign)
    if row is None:
        draft.unchanged(f"attempt {attempt.id} is {attempt.state}: {sign} changes nothing")
    else:
        heard = attempt if row.target in (None, attempt.state) else attempt.moved(row.target)
        if isinstance(evidence, Accepted) and row.id != "A5c":
            # A create that was repeated may leave two credentials behind: the later death counts.
            known = evidence.dead_at if attempt.dead_at is None else attempt.dead_at
            heard = attrs.evolve(heard, dead_at=max(evidence.dead_at, known))
        step = Noted(row.id, attempt.id) if heard == attempt else AttemptWritten(row.id, heard)
        draft.write(step, row.says)
        if row.id in ASKS:
            draft.ask(ASKS[row.id](attempt.id))
    attempt_did_not_pay(draft)


def attempt_sign(evidence: AttemptEvidence, attempt: Attempt, order: Order, policy: Policy) -> AttemptSign:
    """Say what evidence means to an attempt.

    "Unpaid" settles something only if it was asked after what the customer holds had died, and after the
    channel's reading lag (A11, A12). Where nobody has said when that is, it is when the order expires: what
    merchants ask for.
    """
    if not isinstance(evidence, Unpaid):
        return PLAIN_SIGNS[type(evidence)]
    dead_at = order.expires_at if attempt.dead_at is None else attempt.dead_at
    if evidence.asked_at > dead_at + policy.read_lag_ms:
        return AttemptSign.UNPAID_AFTER
    return AttemptSign.FOUND_UNPAID_BEFORE if evidence.found else AttemptSign.NOT_FOUND_BEFORE
