"""What a campaign keeps of one run: little, since it is sent between processes and written down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import attrs

from paytwice.chaos.situations import situations
from paytwice.places import place_of
from paytwice.report.chance import kind
from paytwice.run import Run
from paytwice.wording import one_line


@attrs.frozen
class Broken:
    """One broken promise of a run; `at_stake` is in minor units."""

    invariant: str
    order: str
    at_stake: int
    says: str


@attrs.frozen
class Result:
    """What came of one seed. `outcome` is ok, violated, unknown, or failed: the run ended early."""

    seed: int
    outcome: str
    digest: str
    broken: tuple[Broken, ...] = ()
    failure: str = ""
    checked: tuple[str, ...] = ()
    vacuous: tuple[str, ...] = ()
    situations: tuple[str, ...] = ()
    chance: Mapping[str, int] = attrs.field(factory=dict)  # deviations by kind
    deviations: int = 0
    virtual_ms: int = 0


def result_of(run: Run) -> Result:
    """What a campaign keeps of a run that was played from a seed."""
    assert run.seed is not None, "a campaign plays seeds"
    failure = run.failure
    return Result(
        run.seed,
        run.outcome if failure is None else "failed",
        run.digest,
        tuple(
            Broken(one.invariant, one.order, 0 if one.at_stake is None else one.at_stake.minor, one.message)
            for one in run.verdict.violations
        ),
        "" if failure is None else f"{type(failure).__name__}: {one_line(failure)}{place_of(failure)}",
        run.verdict.checked,
        run.verdict.vacuous,
        situations(run),
        dict(Counter(kind(one) for one in run.deviations)),
        len(run.deviations),
        run.ended_at,
    )
