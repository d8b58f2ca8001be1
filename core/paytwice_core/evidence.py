"""What an order can be told: wishes of people, answers of channels, the passing of time.

A name says what was *learned*, not which message it came in: a notification, the answer to a query, to a
close, and a line of the bill can all be `Captured`. Translating a channel's codes into these words is the
merchant's work, and the one rule is that a code in no closed list is "no answer": an unknown outcome never
passes for a failure.

Evidence can be late, repeated, or contradict what is known; that is ordinary, and `decide` says what it
thinks of it. Only nonsense (a payment of nothing, a return in another currency) is refused here, with
ValueError.
"""

from typing import Any, Literal, TypeAlias

import attrs

from paytwice_core.money import Money
from paytwice_core.states import CloseReason, RefundReason, RefundRoute

HeardBy: TypeAlias = Literal["notification", "query", "close", "bill"]


def _positive(evidence: Any, field: Any, amount: Money) -> None:
    if amount.minor <= 0:
        raise ValueError(f"{type(evidence).__name__}.{field.name} is more than nothing, not {amount}")


def _part_of_amount(evidence: Any, _field: Any, returned: Money | None) -> None:
    if returned is None:
        return
    if returned.currency != evidence.amount.currency or returned.minor < 0:
        raise ValueError(f"what went back of {evidence.amount} is a sum of that currency, not {returned}")


# --- the order ------------------------------------------------------------------------------------


@attrs.frozen
class StartAttempt:
    """The customer wants to pay with `channel`; `attempt` is a fresh out_trade_no, `at` the time in ms (O2).

    `dead_at` is the expiry that will be asked of the channel, where that is known before it answers.
    """

    attempt: str
    channel: str
    at: int
    dead_at: int | None = None


@attrs.frozen
class CloseWanted:
    """The order has expired, or the customer cancels (O8, O8L)."""

    reason: CloseReason


@attrs.frozen
class Overdue:
    """Closing takes longer than it should (O11)."""


# --- an attempt: `attempt` is the out_trade_no ----------------------------------------------------


@attrs.frozen
class Accepted:
    """The channel gave what the customer pays with, or it was signed here, good until `dead_at` ms (A1)."""

    attempt: str
    dead_at: int


@attrs.frozen
class NoAnswer:
    """Creating the trade timed out, broke, or the process died: it may exist or not (A2)."""

    attempt: str


@attrs.frozen
class Refused:
    """The channel definitely refused to create the trade, with a code from the closed list (A3)."""

    attempt: str
    code: str


@attrs.frozen
class Captured:
    """The channel has the customer's money: authentic, and ours (A4, A4', A5).

    `amount` is the order total, not the payer's cash, which coupons reduce. `returned` is all that has gone
    back of it so far, where the evidence says so (A4'). `stock_regained` says that the goods were reserved
    again in this very transaction, in case the order is closed and the policy is to reopen it (O6R).
    """

    attempt: str
    number: str
    amount: Money = attrs.field(validator=_positive)
    returned: Money | None = attrs.field(default=None, validator=_part_of_amount)
    stock_regained: bool = False
    by: HeardBy = "notification"


@attrs.frozen
class CloseSent:
    """The merchant asks the channel to close the trade, for a reason of its own (A6)."""

    attempt: str


@attrs.frozen
class ClosedUnpaid:
    """The channel closed the trade, and nobody had paid it (A7)."""

    attempt: str


@attrs.frozen
class AlreadyPaid:
    """The channel would not close: paid, or "wrong status", which may mean the same (A8)."""

    attempt: str


@attrs.frozen
class CloseUnanswered:
    """The call to close timed out or broke (A10)."""

    attempt: str


@attrs.frozen
class Unpaid:
    """The channel knew of no payment at `asked_at` ms; `found` tells NOTPAY from NOT_EXIST (A11, A12)."""

    attempt: str
    asked_at: int
    found: bool


@attrs.frozen
class PaymentFailed:
    """The channel says that this trade definitely failed and cannot be paid any more (A13)."""

    attempt: str
    code: str


# --- refunds: `refund` is the out_refund_no -------------------------------------------------------


@attrs.frozen
class RefundAsked:
    """The customer wants `amount` back of what paid the order; one `request_id` is one wish (R1)."""

    attempt: str
    amount: Money
    request_id: str
    reason: RefundReason = RefundReason.CUSTOMER


@attrs.frozen
class RefundSent:
    """The merchant is about to send the refund, or to send it again: committed before the call (R2)."""

    refund: str


@attrs.frozen
class RefundAccepted:
    """The channel has taken the refund on; that is not success (R3)."""

    refund: str
    number: str | None = None


@attrs.frozen
class RefundUnanswered:
    """The outcome of sending is unknown: time-out, restart, or a code that does not settle it (R5)."""

    refund: str
    code: str


@attrs.frozen
class RefundNotFound:
    """The channel does not know the refund (yet), which does not prove that it failed (R6)."""

    refund: str


@attrs.frozen
class RefundSucceeded:
    """The money has gone back; `amount` is this refund's own, not a sum of several (R8, R16)."""

    refund: str
    amount: Money
    to_merchant_card: bool = False


@attrs.frozen
class RefundAbnormal:
    """The channel cannot pay the customer: the card or account is gone (R9)."""

    refund: str


@attrs.frozen
class AbnormalRouteAccepted:
    """The channel will pay an abnormal refund by another route (R9b)."""

    refund: str
    route: RefundRoute


@attrs.frozen
class RefundClosedByChannel:
    """The channel ended the refund and moved nothing (R10)."""

    refund: str


@attrs.frozen
class RefundRefused:
    """The channel definitely refused, with a code from the closed list (R11, R11b)."""

    refund: str
    code: str


@attrs.frozen
class RefundRevoked:
    """The channel takes its "success" back, where success is revocable (R13)."""

    refund: str


@attrs.frozen
class RefundGivenUp:
    """The merchant has tried for long enough: a person takes over (R14)."""

    refund: str


@attrs.frozen
class PaidByHand:
    """A person paid the customer in another way (R15)."""

    refund: str


@attrs.frozen
class ForeignRefund:
    """Money went back that nobody here asked for: the console, or the channel by itself (R17).

    `number` is the channel's number of that refund: the same number again is the same refund.
    """

    attempt: str
    number: str
    amount: Money = attrs.field(validator=_positive)


OrderEvidence: TypeAlias = StartAttempt | CloseWanted | Overdue
AttemptEvidence: TypeAlias = (
    Accepted
    | NoAnswer
    | Refused
    | CloseSent
    | ClosedUnpaid
    | AlreadyPaid
    | CloseUnanswered
    | Unpaid
    | PaymentFailed
)
RefundEvidence: TypeAlias = (
    RefundSent
    | RefundAccepted
    | RefundUnanswered
    | RefundNotFound
    | RefundSucceeded
    | RefundAbnormal
    | AbnormalRouteAccepted
    | RefundClosedByChannel
    | RefundRefused
    | RefundRevoked
    | RefundGivenUp
    | PaidByHand
)
Evidence: TypeAlias = (
    OrderEvidence | Captured | AttemptEvidence | RefundAsked | ForeignRefund | RefundEvidence
)
