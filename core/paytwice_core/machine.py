"""The payment order as a machine: `decide` says what evidence does, `evolve` writes it down.

The problem: an order is paid with WeChat Pay, WeChat hangs; the customer pays with Alipay, which succeeds;
then the success of WeChat arrives after all. Whoever books the last message has taken the money twice.

The trick is to keep three machines apart, each a table. The *channel* owns the truth about money, so
evidence of success always moves the attempt; the *order* owns the truth about who won, so only the first
fitting success moves the order; a *refund* is a thing of its own, so that "was it paid?" survives "was it
given back?". What is unknown never permits what would be safe only after a failure.

The consequence: evidence may come late, repeated, in any order, or contradict itself, and all of it is
ordinary input. `decide` never raises, never looks at a clock, and draws nothing; equal input gives an equal
decision. A merchant locks the order, reads it again, decides, writes the steps and the effects in one
transaction, and only then acks.
"""

from typing import Final, TypeAlias

from paytwice_core.attempt_rules import attempt_heard
from paytwice_core.attempt_table import ATTEMPT as ATTEMPT
from paytwice_core.attempt_table import AttemptSign
from paytwice_core.budget_rules import foreign
from paytwice_core.decision import Decision, Draft
from paytwice_core.decision import apply as apply
from paytwice_core.decision import evolve as evolve
from paytwice_core.evidence import (
    Accepted,
    AlreadyPaid,
    Captured,
    ClosedUnpaid,
    CloseSent,
    CloseUnanswered,
    CloseWanted,
    Evidence,
    ForeignRefund,
    NoAnswer,
    Overdue,
    PaymentFailed,
    RefundAsked,
    Refused,
    StartAttempt,
    Unpaid,
)
from paytwice_core.order import Order
from paytwice_core.order_rules import close, overdue, start
from paytwice_core.order_table import ORDER as ORDER
from paytwice_core.order_table import OrderSign
from paytwice_core.policy import Policy
from paytwice_core.refund_rules import refund_asked, refund_heard
from paytwice_core.refund_table import REFUND as REFUND
from paytwice_core.refund_table import RefundSign
from paytwice_core.states import AttemptState, OrderState, RefundState
from paytwice_core.success_rules import captured
from paytwice_core.table import Machine

AnyMachine: TypeAlias = (
    Machine[OrderState, OrderSign] | Machine[AttemptState, AttemptSign] | Machine[RefundState, RefundSign]
)
MACHINES: Final[tuple[AnyMachine, ...]] = (ORDER, ATTEMPT, REFUND)


def decide(order: Order, evidence: Evidence, policy: Policy) -> Decision:
    """Say what one piece of evidence does to the order."""
    draft = Draft(order)
    match evidence:
        case Captured():
            captured(draft, evidence, policy)
        case StartAttempt():
            start(draft, evidence, policy)
        case CloseWanted():
            close(draft, evidence, policy)
        case Overdue():
            overdue(draft)
        case RefundAsked():
            refund_asked(draft, evidence)
        case ForeignRefund():
            foreign(draft, evidence)
        case (
            Accepted()
            | NoAnswer()
            | Refused()
            | CloseSent()
            | ClosedUnpaid()
            | AlreadyPaid()
            | CloseUnanswered()
            | Unpaid()
            | PaymentFailed()
        ):
            attempt_heard(draft, evidence, policy)
        case _:
            refund_heard(draft, evidence)
    return draft.decision()
