"""What is measured: a merchant with a mistake, a way of testing, and one trial of the two."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Final

import attrs

from paytwice.chaos.result import Result
from paytwice.chaos.worker import Chunk, play_chunk
from paytwice.choices import UNIFORM
from paytwice.errors import PaytwiceError
from paytwice.gallery.collection import gallery
from paytwice.shrinking.aim import Aim
from paytwice.shrinking.shrink import shrink
from paytwice.story.plot import Plot
from paytwice.wording import nearest

BROADEST: Final = "whole_day"
# What the broadest reaches rarely comes first, and the races of a few payments, of which it has many, last.
NARROWER: Final = (
    "refund_desk",
    "given_up",
    "over_midnight",
    "last_minute",
    "busy_shop",
    "peak_night",
    "two_phones",
    "impatient_pair",
)
# Every other seed is of the broadest world; the rest look closer, each at one thing.
WORLDS: Final = tuple(name for narrower in NARROWER for name in (BROADEST, narrower))
APART: Final = 1_000_000  # seeds between the beginnings of two trials, so that no two share one
ROUNDS: Final = (1, 1, 2, 4, 8)  # seeds of each world in a round; the last is repeated
SHRINK_RUNS: Final = 300


@attrs.frozen
class Method:
    """A way of testing: what may go wrong, and who draws what goes first."""

    name: str
    profile: str
    schedule: str
    about: str


METHODS: Final = {
    one.name: one
    for one in (
        Method("rough", "rough", "portfolio", "chaos as `paytwice chaos` plays it"),
        Method("hostile", "hostile", "portfolio", "more faults, and worse ones"),
        Method("swarm", "swarm", "portfolio", "each seed draws which kinds of fault there are at all"),
        Method("uniform", "rough", UNIFORM, "rough, every order of what happens at once equally likely"),
        Method("pct", "rough", "pct", "rough, orders with few changes of priority"),
        Method("pos", "rough", "pos", "rough, a random priority for every wake-up"),
        Method("delay", "rough", "delay", "rough, few delays"),
        Method("no-faults", "calm", UNIFORM, "the same worlds, with latencies drawn and nothing going wrong"),
        Method("core-alone", "", "", "Hypothesis' rule-based state machine over the core alone"),
    )
}
CORE_ALONE: Final = "core-alone"


@attrs.frozen
class Assignment:
    """One trial that is to be made."""

    exhibit: str
    method: str
    trial: int
    limit: int  # seeds

    @property
    def key(self) -> tuple[str, str, int]:
        """What it is stored under."""
        return self.exhibit, self.method, self.trial


@attrs.frozen
class Trial:
    """What came of a trial. `seeds` is how many were played up to the first detection, or to the limit.

    `first_seeds` and `first` are about the first promise that was seen to break, whichever it was. The CPU
    time is that of the worker, up to the end of the round with the detection. `shrunk` is how many deviations
    the detection came down to, where that was tried.
    """

    exhibit: str
    method: str
    trial: int
    caught: bool
    seeds: int
    cpu_ms: int
    first: str = ""
    first_seeds: int = 0
    shrunk: int | None = None

    @property
    def key(self) -> tuple[str, str, int]:
        """What it is stored under."""
        return self.exhibit, self.method, self.trial


def method(name: str) -> Method:
    """Find a method; PaytwiceError names the nearest if there is none of that name."""
    if name not in METHODS:
        raise PaytwiceError(f"there is no method {name!r}{nearest(name, METHODS)}")
    return METHODS[name]


def play_trial(assignment: Assignment) -> Trial:
    """Make one trial."""
    if assignment.method == CORE_ALONE:
        from paytwice.bench.core_alone import try_core

        return try_core(assignment)
    exhibit, began = gallery()[assignment.exhibit], time.process_time()  # a trial's cost is no part of a run
    seeds, first, first_seeds = 0, "", 0
    caught: tuple[Plot, Result] | None = None
    for plot, result in _played(assignment):
        seeds += 1
        broken = [one.invariant for one in result.broken]
        if broken and not first:
            first, first_seeds = min(broken, key=lambda name: name != exhibit.invariant), seeds
        if exhibit.invariant in broken:
            caught = plot, result
            break
    cpu_ms = int(1000 * (time.process_time() - began))
    return Trial(
        *assignment.key,
        caught is not None,
        seeds,
        cpu_ms,
        first,
        first_seeds,
        _size(*caught, exhibit.invariant) if caught is not None and assignment.trial == 0 else None,
    )


def _played(assignment: Assignment) -> Iterator[tuple[Plot, Result]]:
    """The seeds of a trial, the worlds in turn; played a round at a time, for that costs less."""
    how, seed = METHODS[assignment.method], assignment.trial * APART
    changes = {"profile": how.profile, "schedule": how.schedule}
    merchant = gallery()[assignment.exhibit].merchant
    plots = [Plot(world, changes, merchant) for world in WORLDS]
    left, number = assignment.limit, 0
    while left > 0:
        each = ROUNDS[min(number, len(ROUNDS) - 1)]
        number += 1
        columns = []
        for n, plot in enumerate(plots):
            origins = tuple((seed + k * len(plots) + n,) for k in range(each))
            columns.append(play_chunk(Chunk(plot, origins, memory=0)))
        seed += each * len(plots)
        for row in zip(*columns, strict=True):
            for plot, result in zip(plots, row, strict=True):
                if left > 0:
                    yield plot, result
                left -= 1


def _size(plot: Plot, result: Result, invariant: str) -> int | None:
    """How many deviations a detection comes down to; None where it does not break again by itself."""
    stage = plot.loaded()
    order = next(one.order for one in result.broken if one.invariant == invariant)
    failing = stage.play_origin(result.origin)
    aim = Aim(invariant, order)
    if not aim.is_hit_by(stage.replay(failing.deviations)):
        return None
    return len(shrink(stage.replay, failing, aim, most_runs=SHRINK_RUNS).deviations)
