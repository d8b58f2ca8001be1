"""What it means that money was captured: the heart of the matter (A4, A4', A5, O3 to O7b).

Money always moves the attempt to SUCCEEDED, whatever the order says; only the first fitting success moves
the order. A payment is known by its channel *and* the channel's own number: the same pair is a repeat, any
other is other money, and other money that does not pay the order goes back.
"""

from collections.abc import Mapping
from itertools import count
from typing import Final

import attrs

from paytwice_core.attempt_table import ATTEMPT, AttemptSign
from paytwice_core.budget_rules import foreign_sum, owe
from paytwice_core.decision import AttemptWritten, Draft, Noted, OrderMoved
from paytwice_core.effects import ReleaseStock, Ship
from paytwice_core.evidence import Captured
from paytwice_core.order import Attempt, Order, Winner
from paytwice_core.order_rules import close_if_nothing_is_live, close_live_attempts
from paytwice_core.order_table import ORDER, OrderSign
from paytwice_core.policy import LateSuccess, Mismatch, Policy
from paytwice_core.states import AttemptState, Disposition, OrderState, RefundReason, RefundState

DISPOSITIONS: Final[Mapping[str, Disposition]] = {
    "O3": Disposition.WINNER,
    "O10": Disposition.WINNER,
    "O6R": Disposition.WINNER,
    "O5": Disposition.DUPLICATE,
    "O6": Disposition.LATE,
    "O7": Disposition.MISMATCH,
    "O7b": Disposition.RETURNED,
}
REASONS: Final[Mapping[Disposition, RefundReason]] = {
    Disposition.DUPLICATE: RefundReason.DUPLICATE,
    Disposition.LATE: RefundReason.LATE,
    Disposition.MISMATCH: RefundReason.MISMATCH,
    # What is left of a payment that went back in part does not pay the order either.
    Disposition.RETURNED: RefundReason.MISMATCH,
}


def captured(draft: Draft, evidence: Captured, policy: Policy) -> None:
    """Take in the news that a channel has money of this order."""
    first = draft.order.attempt(evidence.attempt)
    if first is None:
        draft.refuse(f"order {draft.order.id} has no attempt {evidence.attempt}")
        draft.alarm(draft.order.id, f"money under {evidence.attempt}, an attempt that is not on record")
        return
    holder = draft.order.holder_of(first.channel, evidence.number)
    if holder is None:
        _new_money(draft, first, evidence, policy)
    else:
        _repeated(draft, holder, first, evidence)
    if evidence.stock_regained and draft.order.state is OrderState.CLOSED:
        draft.ask(ReleaseStock(draft.order.id))  # reserved again in vain: the order stays closed


def _repeated(draft: Draft, holder: Attempt, first: Attempt, evidence: Captured) -> None:
    row = draft.sure_row(ATTEMPT, AttemptState.SUCCEEDED, AttemptSign.SUCCESS_REPEATED)
    draft.write(Noted(row.id, holder.id), row.says)
    winner = draft.order.winner
    if winner is not None and winner.attempt == holder.id:
        order_row = draft.sure_row(ORDER, OrderState.PAID, OrderSign.SUCCESS_OF_WINNER)
        draft.write(Noted(order_row.id, draft.order.id), order_row.says)
    if holder.captured != evidence.amount or holder.out_trade_no != first.out_trade_no:
        assert holder.captured is not None, "who holds a payment's number has its money"
        before = f"{holder.captured.display} under {holder.id} before"
        told = f"{evidence.amount.display} under {evidence.attempt}, and {before}"
        draft.alarm(holder.id, f"the channel contradicts itself about payment {evidence.number}: {told}")
    elif evidence.returned is not None:
        foreign_sum(draft, holder, evidence.returned)


def _new_money(draft: Draft, first: Attempt, evidence: Captured, policy: Policy) -> None:
    shaped = evidence.returned is not None and not evidence.returned.is_zero
    row = draft.sure_row(
        ATTEMPT, first.state, AttemptSign.SUCCESS_RETURNED if shaped else AttemptSign.SUCCESS
    )
    order_row = draft.sure_row(ORDER, draft.order.state, success_sign(evidence, draft.order, policy))
    paid = attrs.evolve(
        first,
        id=first.id if row.target is not None else _id_beside(draft.order, first),
        state=AttemptState.SUCCEEDED,
        disposition=DISPOSITIONS[order_row.id],
        number=evidence.number,
        captured=evidence.amount,
    )
    draft.write(AttemptWritten(row.id, paid), row.says)
    if first.state in (AttemptState.CLOSED, AttemptState.FAILED):
        draft.alarm(paid.id, f"attempt {paid.id} was {first.state}, and has money all the same")
    if evidence.returned is not None:
        foreign_sum(draft, paid, evidence.returned)
    if order_row.target is OrderState.PAID and paid.disposition is Disposition.WINNER:
        _win(draft, paid, order_row.id, order_row.says)
    else:
        draft.write(Noted(order_row.id, draft.order.id), order_row.says)
        _give_back(draft, paid, policy)
    close_if_nothing_is_live(draft)


def success_sign(evidence: Captured, order: Order, policy: Policy) -> OrderSign:
    """Say what money that was not known before means to the order."""
    returned = evidence.returned
    if returned is not None and returned >= evidence.amount:
        return OrderSign.SUCCESS_RETURNED
    if evidence.amount != order.amount:
        return OrderSign.SUCCESS_MISMATCHED
    if returned is not None and not returned.is_zero:
        return OrderSign.SUCCESS_PARTLY_RETURNED
    if evidence.stock_regained and policy.late is LateSuccess.REOPEN_IF_STOCK:
        return OrderSign.SUCCESS_WITH_STOCK
    return OrderSign.SUCCESS


def _id_beside(order: Order, first: Attempt) -> str:
    """Name the row of a second payment under one out_trade_no (A5b)."""
    names = (f"{first.out_trade_no}+{n}" for n in count(1))
    return next(name for name in names if order.attempt(name) is None)


def _win(draft: Draft, paid: Attempt, row: str, says: str) -> None:
    winner = Winner(paid.channel, str(paid.number), paid.id)
    draft.write(OrderMoved(row, OrderState.PAID, winner), says)
    draft.ask(Ship(draft.order.id))
    close_live_attempts(draft)


def _give_back(draft: Draft, paid: Attempt, policy: Policy) -> None:
    assert paid.disposition is not None, "money on record says what became of it"
    if paid.disposition is Disposition.MISMATCH:
        assert paid.captured is not None, "money on record says how much it is"
        told = f"{paid.captured.display} was paid for an order of {draft.order.amount.display}"
        draft.alarm(paid.id, told)
    rest = draft.order.budget_left(paid)
    if rest.is_zero:
        return
    by_person = paid.disposition is Disposition.RETURNED or (
        paid.disposition is Disposition.MISMATCH and policy.mismatch is Mismatch.PERSON
    )
    state = RefundState.MANUAL if by_person else RefundState.CREATED
    owe(draft, paid, rest, REASONS[paid.disposition], state=state)
