"""A campaign: many runs of some plots, spread over workers, each result kept once.

Chunks of runs are handed out as workers get free; what comes back is written down at once. Where a worker
dies, what it and the others had in hand is played again, one run at a time and alone, until it is known
which kills a process: that one is a result too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from typing import Final

import attrs

from paytwice.chaos.result import Result
from paytwice.chaos.search import ROUND, Search
from paytwice.chaos.store import ResultStore
from paytwice.chaos.worker import MEMORY, SECONDS, Chunk, play_chunk
from paytwice.story.plot import Origin, Plot

CHUNK: Final = 25
OF_CHANCE: Final = ("profile", "schedule")
DIED: Final = "the worker process died while it played this run"

Tell = Callable[[str, Sequence[Result]], object]


@attrs.frozen
class Campaign:
    """What is played: so many seeds of each plot, from `begin` on, and so many mutations for 100 seeds."""

    plots: tuple[Plot, ...]
    seeds: int
    begin: int = 0
    mutations: int = 0
    chunk: int = CHUNK
    seconds: float = SECONDS  # for each run
    memory: int = MEMORY

    @property
    def runs(self) -> int:
        """How many runs there will be, about: there are fewer mutations where little is new."""
        return len(self.plots) * (self.seeds + self.seeds * self.mutations // ROUND)

    @property
    def chance(self) -> dict[str, str]:
        """The settings that say what may go wrong and who goes first, without those of the stories."""
        return {key: value for key, value in self.plots[0].changes.items() if key in OF_CHANCE}

    def asks_for(self, origin: Origin) -> bool:
        """Whether a run belongs to it: a store may know of more, from other seeds or with mutations."""
        return 0 <= origin[0] - self.begin < self.seeds and (len(origin) == 1 or self.mutations > 0)

    def search(self, plot: Plot, store: ResultStore) -> Search:
        """What is left to play of a plot."""
        known = {one.origin: one.reached if self.mutations else () for one in store.of_plot(name(plot))}
        return Search(plot, range(self.begin, self.begin + self.seeds), self.chunk, self.mutations, known)


def name(plot: Plot) -> str:
    """What a plot is called among the plots of a campaign, which share settings and merchant."""
    return plot.source


@attrs.define(eq=False)
class Crew:
    """Workers that can be hired anew when they have died."""

    hire: Callable[[], Executor]
    jobs: int
    executor: Executor = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.executor = self.hire()

    def submit(self, chunk: Chunk) -> Future[list[Result]]:
        """Hand out a chunk, to new workers if the old ones have died meanwhile."""
        try:
            return self.executor.submit(play_chunk, chunk)
        except BrokenExecutor:
            self.replace()
            return self.executor.submit(play_chunk, chunk)

    def replace(self) -> None:
        """Dismiss what is left of the workers, and hire others."""
        self.executor.shutdown(wait=False, cancel_futures=True)
        self.executor = self.hire()

    def dismiss(self) -> None:
        """Let the workers go; who is at work ends its chunk first."""
        self.executor.shutdown(wait=True, cancel_futures=True)


def play(
    campaign: Campaign,
    store: ResultStore,
    crew: Crew,
    tell: Tell,
    is_over: Callable[[], bool] = lambda: False,
) -> None:
    """Play what is left of a campaign, until all is played or `is_over`; `tell` hears of each chunk."""
    searches = {name(plot): campaign.search(plot, store) for plot in campaign.plots}
    left = _in_turn(campaign, list(searches.values()))
    at_work: dict[Future[list[Result]], Chunk] = {}

    def keep(chunk: Chunk, results: Sequence[Result]) -> None:
        store.add(name(chunk.plot), results)
        searches[name(chunk.plot)].take(results)
        tell(name(chunk.plot), results)

    try:
        while True:
            while not is_over() and len(at_work) < 2 * crew.jobs and (chunk := next(left, None)) is not None:
                at_work[crew.submit(chunk)] = chunk
            if not at_work:
                return
            done, _ = wait(at_work, return_when=FIRST_COMPLETED)
            suspects = []
            for future in [one for one in at_work if one in done]:  # in the order they were handed out
                chunk = at_work.pop(future)
                try:
                    keep(chunk, future.result())
                except BrokenExecutor:
                    suspects.append(chunk)
            if suspects:
                suspects += at_work.values()
                at_work.clear()
                crew.replace()
                for chunk in suspects:
                    for results in _one_by_one(chunk, crew):
                        keep(chunk, results)
    finally:
        for future in at_work:
            future.cancel()


def _one_by_one(chunk: Chunk, crew: Crew) -> Iterator[list[Result]]:
    """Play each run of a chunk alone; one with which the worker dies again is the one that kills it."""
    for origin in chunk.origins:
        try:
            yield crew.submit(attrs.evolve(chunk, origins=(origin,))).result()
        except BrokenExecutor:
            crew.replace()
            yield [Result(origin, "failed", "", failure=DIED)]


def _in_turn(campaign: Campaign, searches: Sequence[Search]) -> Iterator[Chunk | None]:
    """The plots in turn, so that each has its share of a budget; None while all have to wait."""
    left = list(searches)
    while left:
        are_waiting = True
        for search in list(left):
            origins = search.next()
            if origins is None:
                left.remove(search)
            elif origins:
                are_waiting = False
                yield Chunk(search.plot, origins, campaign.seconds, campaign.memory)
        if are_waiting and left:
            yield None
