"""Makes the trials that are still to be made, in as many processes as there are."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait

from paytwice.bench.store import TrialStore
from paytwice.bench.task import Assignment, Trial, play_trial
from paytwice.chaos.worker import end_with_parent


def assignments(exhibits: Sequence[str], methods: Sequence[str], trials: int, limit: int) -> list[Assignment]:
    """All trials of a bench: the first trial of each task first, so that a look in between shows them all."""
    return [
        Assignment(exhibit, method, trial, limit)
        for trial in range(trials)
        for method in methods
        for exhibit in exhibits
    ]


def left_to_do(wanted: Iterable[Assignment], store: TrialStore) -> list[Assignment]:
    """Those of which the store has no trial under the same limit; one that was caught within it will do."""
    limits = {one.key: one.limit for one in wanted}
    done = {one.key for one in store.trials() if one.caught and one.seeds <= limits.get(one.key, 0)}
    for limit in set(limits.values()):
        done.update(one.key for one in store.trials(limit))
    return [one for one in wanted if one.key not in done]


def make(wanted: Sequence[Assignment], store: TrialStore, jobs: int, tell: Callable[[Trial], object]) -> None:
    """Make trials and keep each as soon as it is there."""
    spawn = multiprocessing.get_context("spawn")
    waiting = list(reversed(wanted))
    with ProcessPoolExecutor(jobs, mp_context=spawn, initializer=end_with_parent) as pool:
        running: dict[Future[Trial], Assignment] = {}
        try:
            while waiting or running:
                while waiting and len(running) < 2 * jobs:
                    assignment = waiting.pop()
                    running[pool.submit(play_trial, assignment)] = assignment
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    trial = future.result()
                    store.add(trial, running.pop(future).limit)
                    tell(trial)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
