"""What a campaign costs: a seed and what takes its time, what a second job brings, how memory grows."""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from statistics import median
from typing import Any, Final

import attrs
from scenarios import late_wechat_after_alipay
from scenarios.worlds import busy_shop
from tests.benchmarks.shares import shares_of
from tests.benchmarks.stopwatch import Contestant, Lap

from paytwice import Run, Settings
from paytwice.chaos.campaign import Campaign, Crew, play
from paytwice.chaos.census import Census
from paytwice.chaos.store import ResultStore
from paytwice.story.player import Story, simulate_seeds
from paytwice.story.plot import Plot

LATE, BUSY = PLOTS = tuple(
    Plot(source, {"profile": "rough"}) for source in ("late_wechat_after_alipay", "busy_shop")
)
STORIES: Final[dict[str, tuple[Story, Settings]]] = {
    LATE.source: (late_wechat_after_alipay.story, Settings()),
    BUSY.source: (busy_shop.story, busy_shop.SETTINGS),
}
SPAWN: Final = multiprocessing.get_context("spawn")
SEEDS_SHARE: Final = 1 / 200  # a seed takes as long as so many hundred operations, and more make a median


def contestants() -> list[Contestant]:
    """A seed of each plot: the middle one, as the goal is about, and the mean, as a campaign is made of."""
    found = []
    for source in STORIES:
        found += [
            Contestant(f"rough {source}, median", _seeds(source, median), SEEDS_SHARE),
            Contestant(f"rough {source}, mean", _seeds(source, _mean), SEEDS_SHARE),
        ]
    return found


def _seeds(source: str, middle: Callable[[list[float]], float]) -> Callable[[int, Lap], None]:
    """Play seeds in one trio program, and take their median or mean: world, story, verdict and digest."""

    def play_seeds(n: int, lap: Lap) -> None:
        lap.seconds = middle(seconds_of_seeds(source, range(n))) * n

    return play_seeds


def seconds_of_seeds(source: str, seeds: Iterable[int]) -> list[float]:
    """The CPU seconds of each seed under the profile `rough`."""
    story, settings = STORIES[source]
    found: list[float] = []
    began = time.process_time()

    def told(run: Run) -> None:
        nonlocal began
        assert run.digest
        assert run.ok or run.outcome == "unknown", run.explain()
        now = time.process_time()
        found.append(now - began)
        began = now

    simulate_seeds(story, seeds, told, settings=attrs.evolve(settings, profile="rough"))
    return found


def _mean(seconds: list[float]) -> float:
    return sum(seconds) / len(seconds)


# -- whole campaigns ----------------------------------------------------------------------------------------


@attrs.frozen
class Campaigns:
    """What was measured of campaigns. Times are of the clock on the wall, memory is in MiB."""

    shares: dict[str, dict[str, float]]  # by plot and part, 0 to 1
    one_job: float  # seconds for the same seeds
    two_jobs: float
    memory_seeds: int
    memory_after_a_tenth: float
    memory_after_all: float

    @property
    def gain(self) -> float:
        """How many times as fast two jobs are."""
        return self.one_job / self.two_jobs

    @property
    def growth(self) -> float:
        """How many times as much memory is used after all seeds as after a tenth of them."""
        return self.memory_after_all / self.memory_after_a_tenth


def measure_campaigns(*, seeds: int, rounds: int, memory_seeds: int) -> Campaigns:
    """Measure all of it; `seeds` are those of each round and plot."""
    one, two = (
        Crew(lambda jobs=jobs: ProcessPoolExecutor(jobs, mp_context=SPAWN), jobs)  # type: ignore[misc]  # a default binds the number
        for jobs in (1, 2)
    )
    for crew in (one, two):  # imports and first runs, in every worker
        _campaign(crew, seeds)
    times = [(_campaign(one, seeds), _campaign(two, seeds)) for _ in range(rounds)]
    for crew in (one, two):
        crew.dismiss()
    tenth, whole = _memory(memory_seeds)
    return Campaigns(
        shares={source: shares_of(lambda source=source: _many(source, seeds)) for source in STORIES},  # type: ignore[misc]  # as above
        one_job=min(first for first, _ in times),
        two_jobs=min(second for _, second in times),
        memory_seeds=memory_seeds,
        memory_after_a_tenth=tenth,
        memory_after_all=whole,
    )


def _many(source: str, seeds: int) -> None:
    seconds_of_seeds(source, range(seeds))


def _campaign(crew: Crew, seeds: int) -> float:
    began = _clock()
    store = ResultStore(None)
    play(Campaign(PLOTS, seeds), store, crew, Census().take)
    store.close()
    return _clock() - began


def _clock() -> float:
    return time.perf_counter()  # noqa: TID251  # what somebody waits for is what is measured here


# -- memory -------------------------------------------------------------------------------------------------


class Here(Executor):
    """Plays in this process, so that campaign and worker are measured in one."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        """Play at once."""
        future: Future[Any] = Future()
        future.set_result(fn(*args, **named))
        return future


def _memory(seeds: int) -> tuple[float, float]:
    with ProcessPoolExecutor(1, mp_context=SPAWN) as fresh:
        return fresh.submit(grow, seeds).result()


def grow(seeds: int) -> tuple[float, float]:
    """The most memory of this process, in MiB, after a tenth of some seeds, and after all of them."""
    store, census = ResultStore(None), Census()
    most = []
    for part in (max(1, seeds // 10), seeds):
        play(Campaign((LATE,), part, memory=0), store, Crew(Here, 1), census.take)
        most.append(_most_memory())
    store.close()
    return most[0], most[1]


def _most_memory() -> float:
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def cores() -> int:
    """How many jobs can be at work at once."""
    return os.cpu_count() or 1
