"""A run that is not as it must be: what its test says of it, what it shrinks to, and what is written down."""

from __future__ import annotations

import re
import shlex
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NoReturn

import attrs

from paytwice.choices import Deviation
from paytwice.errors import alone
from paytwice.places import own_trace
from paytwice.report.text import in_a_line
from paytwice.run import Run
from paytwice.shrinking.aim import Aim
from paytwice.shrinking.folder import summary, write_folder
from paytwice.shrinking.shrink import Shrunk, shrink
from paytwice.story.plot import Stage
from paytwice.story.scenario import Played, StoryStopped
from paytwice.testing.calling import Call


class BrokenPromise(AssertionError):
    """A run broke a promise, or is not as it is declared; the message is the short story of it."""


def is_wrong(played: Played, *, by_chance: bool) -> bool:
    """Whether a run must fail its test.

    A calm one must be as it is declared; by chance a refund may well hang in the air when all is over.
    """
    run = played.run
    if run.failure is not None or played.disappointment is not None:
        return True
    if by_chance:
        return run.outcome == "violated" != played.scenario.verdict
    return not played.as_declared


def raise_for(played: Played) -> NoReturn:
    """Raise what the story itself raised, from its first line on, or else the story of what went wrong."""
    __tracebackhide__ = True
    failure = None if played.run.failure is None else alone(played.run.failure)
    if isinstance(failure, StoryStopped) and isinstance(failure.__context__, KeyboardInterrupt):
        raise KeyboardInterrupt
    if failure is not None and (trace := own_trace(failure)) is not None:
        raise failure.with_traceback(trace)
    raise BrokenPromise("\n".join(_short_story(played)))


def _short_story(played: Played) -> Iterator[str]:
    """What broke first in full, and of all else that broke its name and what is at stake."""
    if played.run.failure is None and not played.run.verdict.violations:
        yield played.why
    told = 0
    for line, _ in in_a_line(played.run):
        is_detail = line.startswith("    ")
        told += not is_detail and line.startswith("  ")
        if told <= 1 or not is_detail:
            yield line


@attrs.define(eq=False)
class Wanted:
    """What is wanted of the failures of a test session besides their messages."""

    seconds: float  # to shrink each kind
    folder: str  # for a folder of each kind, as it was named; empty for none
    home: Path  # where that name counts from
    known: set[tuple[str, str]] = attrs.field(factory=set)  # the kinds that were told: test and invariant

    def tell(
        self, stage: Stage, run: Run, call: Call, replay: Callable[[Sequence[Deviation]], Run]
    ) -> Iterator[str]:
        """Shrink a failure, and write it down. What a test broke before is not done again."""
        if not run.verdict.violations or not (self.seconds or self.folder):
            return
        aim = Aim.of(run)
        if (call.test, aim.invariant) in self.known:
            yield f"{aim.invariant} has been shrunk before for this test"
            return
        self.known.add((call.test, aim.invariant))
        name = str(Path(self.folder) / _folder_name(call.test, aim, run.seed)) if self.folder else ""
        command = call.from_file(f"{name}/replay.json") if name else call.again(run.seed)
        ends = _now() + self.seconds
        try:
            shrunk = shrink(
                lambda deviations: attrs.evolve(replay(deviations), command=command),
                run,
                aim,
                is_over=lambda: _now() >= ends,
            )
        except ValueError as error:
            yield str(error)
            return
        if self.seconds:
            yield from summary(shrunk)
        if name:
            yield from self._write(name, stage, shrunk, run.seed, command)

    def _write(
        self, name: str, stage: Stage, shrunk: Shrunk, seed: int | None, command: Sequence[str]
    ) -> Iterator[str]:
        try:
            write_folder(self.home / name, stage, shrunk, seed=seed)
        except OSError as error:
            yield f"{name} cannot be written: {error.strerror}"
        else:
            yield f"written to {name}"
            yield f"or        {shlex.join(command)}"


def _folder_name(test: str, aim: Aim, seed: int | None) -> str:
    """The test, the promise, the seed."""
    stem = re.sub(r"\W+", "-", test.replace(".py::", "-")).strip("-")
    return f"{stem}-{aim.invariant}{'' if seed is None else f'-seed{seed}'}"


def _now() -> float:
    return time.monotonic()  # noqa: TID251  # how long one may look for a smaller run is no part of a run
