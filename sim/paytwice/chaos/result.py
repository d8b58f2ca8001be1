"""What a campaign keeps of one run: little, since it is sent between processes and written down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import attrs

from paytwice.chaos.coverage import packed, unpacked
from paytwice.chaos.plot import Origin, origin_text
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
    """What came of one run. `outcome` is ok, violated, unknown, or failed: the run ended early."""

    origin: Origin
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
    core: int = 0  # the pairs of state and evidence of the core that came up, packed

    @property
    def name(self) -> str:
        """The origin in a word."""
        return origin_text(self.origin)

    @property
    def is_drawn(self) -> bool:
        """Whether it is an independent draw; what was kept and mutated is none."""
        return len(self.origin) == 1

    @property
    def reached(self) -> tuple[str, ...]:
        """The situations and the pairs that it came to."""
        return (*self.situations, *unpacked(self.core))


def result_of(origin: Origin, run: Run) -> Result:
    """What a campaign keeps of a run."""
    failure = run.failure
    return Result(
        origin,
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
        packed(run.reached),
    )
