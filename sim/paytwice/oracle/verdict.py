"""What the oracle says: a verdict, the promises that were broken, and what nobody can know."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

import attrs

from paytwice_core import Money


class Conclusion(Enum):
    """The three verdicts. A refund whose outcome nobody knows is not OK."""

    OK = "ok"
    VIOLATED = "violated"
    UNKNOWN = "unknown"


@attrs.frozen
class Broken:
    """One promise that does not hold, as a check reports it; the oracle adds which one, whose and when.

    `entries` are the journal entries of the facts that led here. With `sure=False` it is no accusation: it is
    something that cannot be known yet, or that a person has to finish.
    """

    message: str
    at_stake: Money | None = None
    entries: tuple[int, ...] = ()
    sure: bool = True


def worst(found: Iterable[Broken]) -> Broken | None:
    """Return the first that is sure, or else the first."""
    doubt: Broken | None = None
    for one in found:
        if one.sure:
            return one
        doubt = doubt or one
    return doubt


@attrs.frozen
class Violation:
    """A broken promise: which, to whom, when, how much, and the journal entries that tell how it came."""

    invariant: str
    order: str
    at: int
    message: str
    at_stake: Money | None
    entries: tuple[int, ...]


@attrs.frozen
class Doubt:
    """What keeps a verdict from being OK although nobody can be accused: shaped like a violation."""

    invariant: str
    order: str
    at: int
    message: str
    at_stake: Money | None
    entries: tuple[int, ...]


@attrs.frozen
class Verdict:
    """The judgement of one run.

    `checked` are the invariants that had something to check in this run, `vacuous` those that had nothing: a
    promise that was never put to the test was not kept, it was not needed.
    """

    outcome: Conclusion
    violations: tuple[Violation, ...] = ()
    unknown: tuple[Doubt, ...] = ()
    checked: tuple[str, ...] = ()
    vacuous: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every promise was kept, and nothing is left to find out."""
        return self.outcome is Conclusion.OK

    @property
    def at_stake(self) -> tuple[Money, ...]:
        """The largest sum at stake of each order with a violation, however many promises broke."""
        worst: dict[str, Money] = {}
        for violation in self.violations:
            money, known = violation.at_stake, worst.get(violation.order)
            if money is not None and (known is None or money.minor > known.minor):
                worst[violation.order] = money
        return tuple(worst.values())
