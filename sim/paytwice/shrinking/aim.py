"""What a failing run failed at, so that a smaller one can be held against it."""

from __future__ import annotations

import attrs

from paytwice.oracle import Violation
from paytwice.run import Run


@attrs.frozen
class Aim:
    """One broken promise, and the order it was broken to: what shrinking must not lose."""

    invariant: str
    order: str

    def is_hit_by(self, run: Run) -> bool:
        """Whether the run breaks the same promise to the same order."""
        return run.failure is None and any(
            (one.invariant, one.order) == (self.invariant, self.order) for one in run.verdict.violations
        )

    @classmethod
    def of(cls, run: Run) -> Aim:
        """What to shrink a run for: the violation with the most money at stake, the first of them.

        Raises ValueError for a run in which no promise is broken.
        """
        if not run.verdict.violations:
            raise ValueError(f"run {run.scenario} breaks no promise, so there is nothing to shrink it for")
        worst = max(run.verdict.violations, key=_weight)  # max keeps the first of equals
        return cls(worst.invariant, worst.order)


def _weight(violation: Violation) -> int:
    return 0 if violation.at_stake is None else violation.at_stake.minor
