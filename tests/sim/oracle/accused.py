"""What one broken promise looks like in a verdict."""

from __future__ import annotations

from tests.sim.oracle.told import broken

from paytwice.oracle import Conclusion, Verdict, Violation


def the_violation(verdict: Verdict, invariant: str) -> Violation:
    """The only violation there is."""
    assert broken(verdict) == [(invariant, "o1")], [one.message for one in verdict.violations]
    assert verdict.outcome is Conclusion.VIOLATED
    assert invariant in verdict.checked
    return verdict.violations[0]
