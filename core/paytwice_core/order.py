"""The order with its attempts and refunds: one frozen value, one row, one lock.

Three machines and not one, because a refund does not undo the fact that an order was paid, and because an
attempt that succeeds too late is still money somebody must give back. They live in one value because every
promise about the money (one winner, no over-refund, nothing stranded) spans all three: a merchant locks the
row, reads it again, decides, and writes it, in one transaction.
"""

from typing import TypeVar

import attrs

from paytwice_core.money import Money
from paytwice_core.states import AttemptState as AttemptState
from paytwice_core.states import CloseReason as CloseReason
from paytwice_core.states import Disposition as Disposition
from paytwice_core.states import OrderState as OrderState
from paytwice_core.states import RefundReason as RefundReason
from paytwice_core.states import RefundRoute as RefundRoute
from paytwice_core.states import RefundState as RefundState
from paytwice_core.states import RefundView as RefundView

# Attempts the customer may still pay with.
LIVE_ATTEMPTS = frozenset(
    {AttemptState.INIT, AttemptState.SUBMITTED, AttemptState.UNKNOWN, AttemptState.CLOSING}
)
# Refunds that certainly moved no money and never will, so that their amount is free again.
DEAD_REFUNDS = frozenset({RefundState.CHANNEL_CLOSED, RefundState.REJECTED})
# Refunds whose money the customer has.
DONE_REFUNDS = frozenset({RefundState.SUCCESS, RefundState.SETTLED_BY_HAND})
# Refunds that the order makes by itself: the money is owed whether or not anybody asks.
SYSTEM_REASONS = frozenset({RefundReason.DUPLICATE, RefundReason.LATE, RefundReason.MISMATCH})


@attrs.frozen
class Winner:
    """Which payment paid the order: the channel *and* the channel's own number of the payment."""

    channel: str
    number: str
    attempt: str


@attrs.frozen
class Attempt:
    """One trade at one channel.

    `id` equals `out_trade_no`, except for a second payment under the same out_trade_no (A5b), which gets a
    row of its own. `captured` is what the channel says it took, None until it says so. `dead_at` (ms) is
    the moment after which what the customer holds (QR, prepay_id, form) can no longer be paid; None while
    nobody has said.
    """

    id: str
    out_trade_no: str
    channel: str
    amount: Money
    state: AttemptState = AttemptState.INIT
    disposition: Disposition | None = None
    number: str | None = None
    captured: Money | None = None
    dead_at: int | None = None

    def moved(self, state: AttemptState) -> "Attempt":
        """Return the attempt in another state; written out for the same reason as an order's changes."""
        return Attempt(
            self.id,
            self.out_trade_no,
            self.channel,
            self.amount,
            state,
            self.disposition,
            self.number,
            self.captured,
            self.dead_at,
        )


@attrs.frozen
class Refund:
    """One reversal of one attempt; `id` is the out_refund_no, the same on every repeat.

    `number` is the channel's own number of the refund, `request_id` the customer's, `sends` how often it
    was sent: a refusal of the first call is definite, a refusal of a repeat is not (R11, R11b).
    """

    id: str
    attempt_id: str
    amount: Money
    reason: RefundReason
    state: RefundState = RefundState.CREATED
    parent_id: str | None = None
    sends: int = 0
    number: str | None = None
    request_id: str | None = None
    route: RefundRoute = RefundRoute.ORIGINAL

    @property
    def was_promised_in_vain(self) -> bool:
        """Tell whether the customer was told that it comes, and the channel has refused to send it (R11)."""
        is_theirs = self.state is RefundState.REJECTED and self.reason is RefundReason.CUSTOMER
        return is_theirs and self.sends > 0


Row = TypeVar("Row", bound=Attempt | Refund)


def _put(rows: tuple[Row, ...], new: Row) -> tuple[Row, ...]:
    for at, row in enumerate(rows):
        if row.id == new.id:
            return (*rows[:at], new, *rows[at + 1 :])
    return (*rows, new)


@attrs.frozen
class Order:
    """What a customer is to pay, with everything that was tried and everything that went back.

    `expires_at` is in milliseconds on the clock that the evidence uses too.
    """

    id: str
    amount: Money
    expires_at: int
    state: OrderState = OrderState.CREATED
    winner: Winner | None = None
    close_reason: CloseReason | None = None
    attempts: tuple[Attempt, ...] = ()
    refunds: tuple[Refund, ...] = ()

    @classmethod
    def new(cls, id: str, amount: Money, expires_at: int) -> "Order":
        """Open an order (O1); reserving its stock is up to the caller, in the same transaction."""
        if amount.minor <= 0:
            raise ValueError(f"an order is for more than nothing, not for {amount}")
        return cls(id, amount, expires_at)

    def attempt(self, id: str) -> Attempt | None:
        """Find an attempt by its id, which is its out_trade_no; None if the order has no such attempt."""
        for attempt in self.attempts:
            if attempt.id == id:
                return attempt
        return None

    def refund(self, id: str) -> Refund | None:
        """Find a refund by its id, the out_refund_no; None if the order has no such refund."""
        for refund in self.refunds:
            if refund.id == id:
                return refund
        return None

    def holder_of(self, channel: str, number: str) -> Attempt | None:
        """Find the attempt paid with this payment; numbers of two channels may be equal by chance."""
        for attempt in self.attempts:
            if attempt.number == number and attempt.channel == channel:
                return attempt
        return None

    def refunds_of(self, attempt_id: str) -> tuple[Refund, ...]:
        """Return the refunds of one attempt, oldest first."""
        return tuple(refund for refund in self.refunds if refund.attempt_id == attempt_id)

    # The three ways to change an order, written out in full: this is the innermost loop of a simulation, and
    # attrs.evolve looks up every field by its name.

    def moved(self, state: OrderState, winner: Winner | None, close_reason: CloseReason | None) -> "Order":
        """Return the order in another state."""
        return Order(
            self.id,
            self.amount,
            self.expires_at,
            state,
            winner,
            close_reason,
            self.attempts,
            self.refunds,
        )

    def with_attempt(self, attempt: Attempt) -> "Order":
        """Return the order with this attempt in place of the one of that id, or added."""
        return self._with(_put(self.attempts, attempt), self.refunds)

    def with_refund(self, refund: Refund) -> "Order":
        """Return the order with this refund in place of the one of that id, or added."""
        return self._with(self.attempts, _put(self.refunds, refund))

    def _with(self, attempts: tuple[Attempt, ...], refunds: tuple[Refund, ...]) -> "Order":
        return Order(
            self.id,
            self.amount,
            self.expires_at,
            self.state,
            self.winner,
            self.close_reason,
            attempts,
            refunds,
        )

    @property
    def live_attempts(self) -> tuple[Attempt, ...]:
        """Return the attempts that may still be paid."""
        return tuple(attempt for attempt in self.attempts if attempt.state in LIVE_ATTEMPTS)

    @property
    def refund_view(self) -> RefundView:
        """Tell how much of the winner's money is back with the customer; other attempts do not count."""
        if self.winner is None:
            return RefundView.NONE
        refunds = self.refunds_of(self.winner.attempt)
        returned = sum(refund.amount.minor for refund in refunds if refund.state in DONE_REFUNDS)
        if returned <= 0:
            return RefundView.NONE
        return RefundView.FULL if returned >= self.amount.minor else RefundView.PARTIAL

    def budget_left(self, attempt: Attempt) -> Money:
        """Return what may still be refunded of an attempt: captured less what refunds may have moved.

        Never below zero, even where the channel returned more than it took.
        """
        return Money(max(0, -self.overdrawn(attempt)), (attempt.captured or attempt.amount).currency)

    def promisable(self, attempt: Attempt) -> Money:
        """Return what a customer can still be promised of an attempt.

        What was promised in vain has moved nothing, and so it is in the budget; but it is owed all the same,
        and a person who pays it out by hand needs it.
        """
        vain = sum(one.amount.minor for one in self.refunds_of(attempt.id) if one.was_promised_in_vain)
        left = self.budget_left(attempt)
        return Money(max(0, left.minor - vain), left.currency)

    def overdrawn(self, attempt: Attempt) -> int:
        """Return by how many minor units the live refunds of an attempt exceed what it captured."""
        taken = -attempt.captured.minor if attempt.captured is not None else 0
        for refund in self.refunds:
            if refund.attempt_id == attempt.id and refund.state not in DEAD_REFUNDS:
                taken += refund.amount.minor
        return taken
