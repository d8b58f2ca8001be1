"""Measures contestants side by side: in one process, in interleaved rounds, in CPU time.

What a machine does beside a benchmark comes and goes in seconds, so a contestant that is measured first and
another that is measured last have not run on the same machine. Here each round asks every contestant once,
and what is compared are the best rounds: noise only ever makes a round slower.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from statistics import median

import attrs


class Lap:
    """The CPU seconds of one block."""

    def __init__(self) -> None:
        self.seconds = 0.0

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Measure the block."""
        began = time.process_time()
        yield
        self.seconds = time.process_time() - began


Play = Callable[[int, Lap], None]  # does so many operations, and measures them


@attrs.frozen
class Contestant:
    """Something to measure: `play(n, lap)` does it n times. `scale` says how many times fit into a round."""

    name: str
    play: Play
    scale: float = 1.0


@attrs.frozen
class Result:
    """What the rounds of one contestant came to, in microseconds an operation."""

    name: str
    rounds: tuple[float, ...]

    @property
    def best(self) -> float:
        """The best round."""
        return min(self.rounds)

    @property
    def middle(self) -> float:
        """The median of the rounds."""
        return median(self.rounds)


def compete(contestants: Sequence[Contestant], *, rounds: int, operations: int) -> dict[str, Result]:
    """Let everybody play in turn, `rounds` times; one round before that warms up and does not count."""
    times: dict[str, list[float]] = {one.name: [] for one in contestants}
    gc.collect()
    gc.freeze()  # what else the process holds, a test run's heap say, is nothing to look through each time
    try:
        for _ in range(rounds + 1):
            for one in contestants:
                times[one.name].append(_time(one, max(1, int(operations * one.scale))))
    finally:
        gc.unfreeze()
    return {name: Result(name, tuple(found[1:])) for name, found in times.items()}


def _time(contestant: Contestant, n: int) -> float:
    gc.collect()
    lap = Lap()
    contestant.play(n, lap)
    return lap.seconds / n * 1e6
