"""Plays what a sweep has left to play, here or in as many processes as there are jobs."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, ProcessPoolExecutor, wait
from functools import lru_cache
from typing import Final

import attrs

from paytwice.chaos.worker import end_with_parent
from paytwice.run import Run
from paytwice.story.plot import Plot, Stage
from paytwice.sweep.grid import Grid, SweepError
from paytwice.sweep.measure import Changes, Measured, failed, measured
from paytwice.sweep.store import SweepStore

CHUNK: Final = 20

Tell = Callable[[Sequence[Measured]], object]


@attrs.frozen
class Task:
    """Some seeds of one combination, played one after the other in one process."""

    source: str
    merchant: str | None
    changes: Changes
    seeds: tuple[int, ...]


def tasks(grid: Grid, seeds: range, store: SweepStore) -> Iterator[Task]:
    """What the store has not got yet."""
    for changes in grid.combinations():
        known = store.seeds(changes)
        left = [seed for seed in seeds if seed not in known]
        for n in range(0, len(left), CHUNK):
            yield Task(grid.source, grid.merchant, changes, tuple(left[n : n + CHUNK]))


def play(task: Task) -> list[Measured]:
    """Play the seeds of a task; one that cannot be measured is said to have failed, and the rest goes on."""
    stage = _loaded(task.source, task.changes, task.merchant)
    done: list[Measured] = []

    def keep(run: Run) -> None:
        done.append(measured(task.changes, run))

    while left := task.seeds[len(done) :]:
        try:
            stage.play_each(left, keep)
        except Exception as error:
            done.append(failed(task.changes, left[0], error))
    return done


def _hired() -> None:
    """Let a worker end with whoever hired it; Ctrl-C is for that one, who keeps what was played."""
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@lru_cache(maxsize=64)
def _loaded(source: str, changes: Changes, merchant: str | None) -> Stage:
    return Plot(source, dict(changes), merchant).loaded()


def play_all(left: Iterable[Task], store: SweepStore, jobs: int, tell: Tell) -> None:
    """Play tasks and write down what comes of them; with one job in this process."""
    for runs in map(play, left) if jobs == 1 else _spread(list(left), jobs):
        store.add(runs)
        tell(runs)


def _spread(left: Sequence[Task], jobs: int) -> Iterator[list[Measured]]:
    waiting, at_work = list(reversed(left)), set[Future[list[Measured]]]()
    spawn = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, mp_context=spawn, initializer=_hired)
    try:
        while waiting or at_work:
            while waiting and len(at_work) < 2 * jobs:
                at_work.add(pool.submit(play, waiting.pop()))
            done, at_work = wait(at_work, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
    except BrokenExecutor:
        raise SweepError(
            "a worker process died: play the seeds with --jobs 1, or with `paytwice chaos`, to see why"
        ) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
