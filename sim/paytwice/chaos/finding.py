"""From what a campaign found to short stories: one failure of each kind, shrunk."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import attrs

from paytwice.chaos.census import Census, Signature
from paytwice.shrinking.aim import Aim
from paytwice.shrinking.shrink import MOST_RUNS, Shrunk, shrink
from paytwice.story.plot import Origin, Stage, origin_text
from paytwice.wording import one_line

SECONDS: Final = 60.0  # for a merchant that never comes to rest every candidate is a day of polling


@attrs.frozen
class Finding:
    """A failure that a campaign found, and what it shrank to; `why_not` where it cannot be shrunk."""

    stage: Stage
    origin: Origin
    signature: Signature
    shrunk: Shrunk | None
    why_not: str = ""

    @property
    def name(self) -> str:
        """A name for its folder: the story, the promise, the run."""
        return f"{self.stage.scenario.name}-{self.signature.invariant}-{origin_text(self.origin)}"


def findings(
    stages: Sequence[Stage], census: Census, *, seconds: float = SECONDS, most_runs: int = MOST_RUNS
) -> Iterator[Finding]:
    """Shrink from the simplest run of each kind, the most money first, each for so long at most.

    What a shrunk run breaks as well is explained by it, and needs no story of its own.
    """
    known = {stage.plot.source: stage for stage in stages}
    explained: set[tuple[str, str]] = set()
    for one in census.ranked:
        if (one.plot, one.invariant) in explained:
            continue
        stage, origin = known[one.plot], one.simplest[-1]
        run = stage.play_origin(origin)
        order = next((each.order for each in run.verdict.violations if each.invariant == one.invariant), None)
        try:
            if run.failure is not None:
                ended = f"{type(run.failure).__name__}: {one_line(run.failure)}"
                said = f"run {origin_text(origin)} broke {one.invariant} and then ended early, with {ended}"
                raise ValueError(f"{said}: it is not shrunk")
            if order is None:
                said = f"run {origin_text(origin)} broke {one.invariant} in the campaign"
                raise ValueError(f"{said}, and does not break it here")
            aim = Aim(one.invariant, order)
            shrunk = shrink(stage.replay, run, aim, most_runs=most_runs, is_over=_after(seconds))
        except ValueError as error:
            yield Finding(stage, origin, one, None, str(error))
            continue
        explained.update((one.plot, each.invariant) for each in shrunk.run.verdict.violations)
        yield Finding(stage, origin, one, shrunk)


def _after(seconds: float) -> Callable[[], bool]:
    ends = time.monotonic() + seconds  # noqa: TID251  # how long people wait is no part of a run
    return lambda: time.monotonic() >= ends  # noqa: TID251
