"""What a campaign keeps of one run: little, since it is sent between processes and written down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

import attrs

from paytwice.chaos.coverage import packed, unpacked
from paytwice.chaos.situations import situations
from paytwice.choices import Systematic
from paytwice.places import place_of
from paytwice.report.chance import kind_of
from paytwice.run import Run
from paytwice.story.plot import Origin, origin_text
from paytwice.wording import one_line

MUTATED: Final = "mutated"


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
    schedule: str = ""  # what drew who goes first of those that are ready at once
    core: int = 0  # the pairs of state and evidence of the core that came up, packed

    @property
    def name(self) -> str:
        """The origin in a word."""
        return origin_text(self.origin)

    @property
    def is_drawn(self) -> bool:
        """Whether it is an independent draw; mutations are none, nor is a search through all orders."""
        return len(self.origin) == 1 and self.schedule != Systematic.name

    @property
    def is_judged(self) -> bool:
        """Whether it is known to have broken a promise, or none."""
        return self.outcome in ("ok", "violated")

    @property
    def how(self) -> str:
        """What drew it: a schedule, or a mutation."""
        return self.schedule if len(self.origin) == 1 else MUTATED

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
        dict(Counter(kind_of(name, value) for name, _, value, _ in run.taken)),
        len(run.taken),
        run.ended_at,
        run.schedule,
        packed(run.reached),
    )
