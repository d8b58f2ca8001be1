"""Every order in which what is ready at once can happen, one run each, with all else calm.

Stateless search (Godefroid, VeriSoft, POPL 1997): a run is the list of its decisions. The deepest decision
that has another alternative takes the next one, what follows begins with its first alternatives again, and
the search is over when none is left. No order is played twice, and of a small world none is left out.

The number of orders grows exponentially, so a larger world needs a bound. `delays` is that of Emmi, Qadeer
and Rakamarić (POPL 2011): to let the third in line go first costs two delays, for the two that are moved
behind all others, and a run may spend so many.
`depth` lets only so many first decisions vary. Nothing is left out because it would come to the same: steps
of one order share its rows, and those of several orders the merchant's list of jobs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Generic, TypeVar

import attrs

from paytwice.choices import Source
from paytwice.choices.systematic import Systematic
from paytwice.run import Run
from paytwice.story.player import simulate
from paytwice.story.plot import Origin, Stage

T = TypeVar("T")


@attrs.define
class DepthFirst(Generic[T]):
    """A search over everything that `play` makes of a source of choices; `None` is no bound."""

    play: Callable[[Source], T]
    delays: int | None = None
    depth: int | None = None
    options: bool = False  # also what customers choose
    foreign: bool = False  # also the tasks that trio's own events and nurseries make ready
    played: int = 0
    is_over: bool = False  # nothing is left within the bounds

    def runs(self, most: int) -> Iterator[T]:
        """Play one order after the other from the first on, up to so many runs."""
        script: list[int] | None = []
        self.played, self.is_over = 0, False
        while script is not None and self.played < most:
            source = Systematic(script, options=self.options, foreign=self.foreign)
            result = self.play(source)
            self.played += 1
            script = self._after(source.taken, source.alternatives)
            self.is_over = script is None
            yield result

    def _after(self, taken: Sequence[int], alternatives: Sequence[int]) -> list[int] | None:
        """The decisions of the next run."""
        spent = sum(taken)
        for depth in reversed(range(len(taken))):
            spent -= taken[depth]
            another = taken[depth] + 1
            is_open = another < alternatives[depth] and (self.depth is None or depth < self.depth)
            if is_open and (self.delays is None or spent + another <= self.delays):
                return [*taken[:depth], another]
        return None

    @property
    def says(self) -> str:
        """What was tried, in words: whether it was everything, and of what."""
        bounds = [
            *(() if self.delays is None else (_delayed(self.delays),)),
            *(() if self.depth is None else (f"that differ within their first {self.depth} decisions",)),
        ]
        of_these = " ".join(["schedules of this story", *bounds])
        if self.is_over:
            return f"all {self.played} {of_these} were played"
        return f"{self.played} {of_these} were played, and there are more"


def _delayed(delays: int) -> str:
    few = {0: "without a delay", 1: "with one delay or none"}
    return few.get(delays, f"with {delays} delays or fewer")


def explore(
    stage: Stage,
    *,
    delays: int | None = None,
    depth: int | None = None,
    options: bool = False,
    foreign: bool = False,
) -> DepthFirst[Run]:
    """The search over a story: `for run in explore(stage).runs(1_000)`. Each run has its deviations."""
    settings = stage.scenario.changed(stage.plot.changes)

    def play(source: Source) -> Run:
        return simulate(
            stage.scenario.story,
            name=stage.scenario.name,
            source=source,
            settings=settings,
            merchant=stage.factory,
            channels=stage.scenario.channels,
        )

    return DepthFirst(play, delays, depth, options, foreign)


@attrs.frozen(eq=False)
class ExploredStage(Stage):
    """A stage whose runs are those of a search, numbered from 1 on."""

    search: DepthFirst[Run]

    def play_origin(self, origin: Origin) -> Run:
        """Play an order again, which takes all that the search plays before it."""
        [number] = origin
        return next(islice(self.search.runs(number), number - 1, None))


def explored(stage: Stage, search: DepthFirst[Run]) -> ExploredStage:
    """A stage whose runs are those of a search over it."""
    return ExploredStage(stage.plot, stage.scenario, stage.factory, search)
