"""What `decide` answers, and how an order takes it up.

A decision is a list of steps, each the row of a table that was applied and the values it leaves behind.
`evolve` writes one step into an order and makes no choices, so a log of steps rebuilds the order.
"""

from typing import TypeAlias

import attrs

from paytwice_core.effects import Effect, RaiseAlarm
from paytwice_core.order import Attempt, Order, Refund, Winner
from paytwice_core.states import CloseReason, OrderState
from paytwice_core.table import G, Machine, Pair, Row, S


@attrs.frozen
class Noted:
    """A row that leaves everything as it is: what was heard is on record, and that is all."""

    row: str
    about: str


@attrs.frozen
class OrderMoved:
    """The order is in another state."""

    row: str
    state: OrderState
    winner: Winner | None = None
    close_reason: CloseReason | None = None


@attrs.frozen
class AttemptWritten:
    """An attempt as it is from now on; one with a new id is added."""

    row: str
    attempt: Attempt


@attrs.frozen
class RefundWritten:
    """A refund as it is from now on; one with a new id is added."""

    row: str
    refund: Refund


Step: TypeAlias = Noted | OrderMoved | AttemptWritten | RefundWritten


@attrs.frozen
class Decision:
    """What one piece of evidence does to an order.

    `because` is a sentence for the log. `refusal` is set when the evidence was a wish that is not granted,
    or spoke of something this order does not have: it is the answer to whoever brought it, never an
    exception. `pairs` are the pairs of state and sign that came up and that a table has a row for.
    """

    steps: tuple[Step, ...]
    effects: tuple[Effect, ...]
    because: str
    refusal: str | None = None
    pairs: tuple[Pair, ...] = ()

    @property
    def rows(self) -> tuple[str, ...]:
        """Return the ids of the rows that were applied, in order, to count what a run has covered."""
        return tuple(step.row for step in self.steps)

    @property
    def changes(self) -> bool:
        """Tell whether there is anything to write; a decision that changes nothing may still have effects."""
        return any(not isinstance(step, Noted) for step in self.steps)


def evolve(order: Order, step: Step) -> Order:
    """Write one step into an order."""
    match step:
        case Noted():
            return order
        case OrderMoved():
            return order.moved(step.state, step.winner, step.close_reason)
        case AttemptWritten():
            return order.with_attempt(step.attempt)
        case _:
            return order.with_refund(step.refund)


def apply(order: Order, decision: Decision) -> Order:
    """Write a whole decision into an order."""
    for step in decision.steps:
        order = evolve(order, step)
    return order


@attrs.define
class Draft:
    """A decision in the making: the order as it is after the steps so far."""

    order: Order
    steps: list[Step] = attrs.field(factory=list)
    effects: list[Effect] = attrs.field(factory=list)
    because: list[str] = attrs.field(factory=list)
    refusal: str | None = None
    pairs: list[Pair] = attrs.field(factory=list)

    def row(self, machine: Machine[S, G], state: S, sign: G) -> Row[S, G] | None:
        """Find the row of a pair, and put on record that it came up; None means: unchanged, and logged."""
        found = machine.row(state, sign)
        if found is not None:
            self.pairs.append((machine.name, state, sign))
        return found

    def sure_row(self, machine: Machine[S, G], state: S, sign: G) -> Row[S, G]:
        """Find the row for a sign that every state has a row for."""
        self.pairs.append((machine.name, state, sign))
        return machine.sure_row(state, sign)

    def write(self, step: Step, because: str) -> None:
        """Add a step, and see the order with it from here on."""
        self.steps.append(step)
        self.because.append(f"{step.row}: {because}")
        self.order = evolve(self.order, step)

    def ask(self, *effects: Effect) -> None:
        """Add what must be done."""
        self.effects.extend(effects)

    def alarm(self, about: str, text: str) -> None:
        """Let a person know."""
        self.effects.append(RaiseAlarm(about, text))

    def unchanged(self, because: str) -> None:
        """Say why nothing happens: no row of the table names this pair."""
        self.because.append(because)

    def refuse(self, because: str) -> None:
        """Say no to whoever brought the evidence."""
        self.because.append(because)
        self.refusal = because

    def decision(self) -> Decision:
        """Return what has been decided."""
        return Decision(
            tuple(self.steps),
            tuple(self.effects),
            "; ".join(self.because),
            self.refusal,
            tuple(self.pairs),
        )
