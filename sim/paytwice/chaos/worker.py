"""What a worker process does: plays a chunk of seeds, each within limits of its own.

A run that hangs, or that eats memory, becomes a result that says so. One that kills the process takes the
chunk with it, and the campaign finds out which it was.
"""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import resource
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from multiprocessing.connection import wait
from threading import Thread, current_thread, main_thread
from types import FrameType
from typing import Final

import attrs

from paytwice.chaos.result import Result, result_of
from paytwice.choices import Deviation, Mutated, Source
from paytwice.places import place_of
from paytwice.run import Run
from paytwice.story.plot import Origin, Plot, Stage
from paytwice.wording import one_line

SECONDS: Final = 60
AGAIN: Final = 1.0  # seconds after which a run that does not end is told so once more
PATIENCE: Final = 1.0  # seconds that a run has to come to its end by itself after Ctrl-C
STUCK: Final = (
    30.0  # seconds beyond its limit after which a run that nothing interrupts takes its process along
)
STDERR: Final = 2
MEMORY: Final = 4 << 30  # bytes of address space


class RunTimeout(BaseException):
    """A run took longer than it may. No error: a merchant that catches those would catch its own end."""


def end_with_parent() -> None:
    """Let this worker end when the campaign's process does, however that ended: it would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    Thread(target=watch, daemon=True, name="ends with the campaign").start()


@attrs.frozen
class Chunk:
    """Some runs of one plot, played one after the other in one process."""

    plot: Plot
    origins: tuple[Origin, ...]
    seconds: float = SECONDS  # for each run
    memory: int = MEMORY  # bytes for the process; 0 for no limit


def play_chunk(chunk: Chunk) -> list[Result]:
    """Play all runs of a chunk."""
    if chunk.memory:
        _limit_memory(chunk.memory)
    plot = chunk.plot
    stage = _loaded(plot.source, tuple(sorted(plot.changes.items())), plot.merchant)
    results: list[Result] = []
    while left := chunk.origins[len(results) :]:
        results += _play_some(stage, left, chunk.seconds)
    return results


def _limit_memory(wanted: int) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    limit = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
    with suppress(ValueError, OSError):  # macOS knows the limit, and does not let it be set
        resource.setrlimit(resource.RLIMIT_AS, (limit, most))


@lru_cache(maxsize=64)
def _loaded(source: str, changes: Sequence[tuple[str, str]], merchant: str | None) -> Stage:
    return Plot(source, dict(changes), merchant).loaded()


def _play_some(stage: Stage, origins: Sequence[Origin], seconds: float) -> list[Result]:
    """Play runs in one trio program, whose start costs as much as fifty messages; the first one at least.

    What was cut off in the middle of things is not trusted with another run: the rest is left.
    """
    results: list[Result] = []
    timer = _Timer(seconds)
    why = ""
    try:
        with timer.running():

            def keep(run: Run) -> None:
                timer.stop()
                if timer.is_over or timer.is_pressed:
                    raise _CutOff
                results.append(result_of(origins[len(results)], run))
                if isinstance(run.failure, MemoryError):
                    raise _CutOff
                timer.begin()

            stage.play_each([_choices(stage, origin) for origin in origins], keep)
    except _CutOff:
        pass
    except BaseException as error:  # a merchant's own, such as KeyboardInterrupt: it ends this run alone
        why = f"{type(error).__name__}: {one_line(error)}{place_of(error)}"
    if timer.is_pressed:
        raise KeyboardInterrupt
    if timer.is_over:
        why = f"RunTimeout: it took more than {seconds:g} s"
    if why and len(results) < len(origins):  # else it was too late to matter
        results.append(Result(origins[len(results)], "failed", "", failure=why))
    return results


class _CutOff(Exception):
    """A run was ended by its limits."""


def _choices(stage: Stage, origin: Origin) -> int | Source:
    *base, last = origin
    return Mutated(_deviations(stage, tuple(base)), last) if base else last


@lru_cache(maxsize=16)
def _deviations(stage: Stage, origin: Origin) -> Sequence[Deviation]:
    """What mutations begin with: several are made of the same run."""
    return stage.play_origin(origin).deviations


@attrs.define
class _Timer:
    """Ends what takes too long, by raising RunTimeout in it; only a process's main thread can do that.

    So Ctrl-C ends a run too, shortly after. It raises no KeyboardInterrupt: that would be told neither from
    one that a merchant raises by itself, nor from an error of trio's, in whose midst it may hit.

    Nothing is raised in a library's C code before it returns. A process that a campaign has hired is ended
    then, with a word on stderr about where it stood: the campaign would wait for ever.
    """

    seconds: float
    is_over: bool = False
    is_pressed: bool = False  # Ctrl-C, by whoever ends the campaign
    _can: bool = False
    _is_hired: bool = attrs.field(factory=lambda: multiprocessing.parent_process() is not None)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Let it run in a block."""
        if current_thread() is not main_thread() or not hasattr(signal, "setitimer"):
            yield
            return
        before = signal.signal(signal.SIGALRM, self._ring)
        interrupted = signal.getsignal(signal.SIGINT)
        if interrupted is signal.default_int_handler:  # else it is not for this process
            signal.signal(signal.SIGINT, self._press)
        self._can = True
        self.begin()
        try:
            yield
        finally:
            self.stop()
            signal.signal(signal.SIGINT, interrupted)
            signal.signal(signal.SIGALRM, before)

    def begin(self) -> None:
        """Begin anew: the next run has its own time."""
        if self._can:
            signal.setitimer(signal.ITIMER_REAL, self.seconds, AGAIN)
            if self._is_hired:
                faulthandler.dump_traceback_later(self.seconds + STUCK, exit=True, file=STDERR)

    def stop(self) -> None:
        """Let it ring no more, until it begins anew."""
        if self._can:
            signal.setitimer(signal.ITIMER_REAL, 0)
            if self._is_hired:
                faulthandler.cancel_dump_traceback_later()

    def _press(self, _number: int, _frame: FrameType | None) -> None:
        self.is_pressed = True
        signal.setitimer(signal.ITIMER_REAL, PATIENCE, AGAIN)

    def _ring(self, _number: int, _frame: FrameType | None) -> None:
        self.is_over = True
        raise RunTimeout
