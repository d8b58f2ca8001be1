"""What a worker process does: plays a chunk of seeds, each within limits of its own.

A run that hangs, or that eats memory, becomes a result that says so. One that kills the process takes the
chunk with it, and the campaign finds out which it was.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from multiprocessing.connection import wait
from threading import Thread, current_thread, main_thread
from types import FrameType
from typing import Final

import attrs

from paytwice.chaos.plot import Origin, Plot, Stage
from paytwice.chaos.result import Result, result_of
from paytwice.choices import Deviation
from paytwice.errors import PaytwiceError
from paytwice.places import place_of
from paytwice.run import Run
from paytwice.wording import one_line

SECONDS: Final = 60
MEMORY: Final = 4 << 30  # bytes of address space


class RunTimeout(PaytwiceError):
    """A run took longer than it may."""


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
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        wanted = chunk.memory if most == resource.RLIM_INFINITY else min(chunk.memory, most)
        resource.setrlimit(resource.RLIMIT_AS, (wanted, most))
    plot = chunk.plot
    stage = _loaded(plot.source, tuple(sorted(plot.changes.items())), plot.merchant)
    return [_play(stage, origin, chunk.seconds) for origin in chunk.origins]


@lru_cache(maxsize=64)
def _loaded(source: str, changes: Sequence[tuple[str, str]], merchant: str | None) -> Stage:
    return Plot(source, dict(changes), merchant).loaded()


def _play(stage: Stage, origin: Origin, seconds: float) -> Result:
    try:
        with _within(seconds):
            return result_of(origin, _run(stage, origin))
    except RunTimeout as error:
        return Result(origin, "failed", "", failure=str(error))
    except MemoryError:
        return Result(origin, "failed", "", failure="MemoryError: the run needs more memory than it may have")
    except (
        Exception,
        SystemExit,
    ) as error:  # SystemExit: a merchant's that wants to end it all
        why = f"{type(error).__name__}: {one_line(error)}{place_of(error)}"
        return Result(origin, "failed", "", failure=why)


def _run(stage: Stage, origin: Origin) -> Run:
    *base, last = origin
    return stage.mutate(_deviations(stage, tuple(base)), last) if base else stage.play(last)


@lru_cache(maxsize=16)
def _deviations(stage: Stage, origin: Origin) -> Sequence[Deviation]:
    """What mutations begin with: several are made of the same run."""
    return stage.play_origin(origin).deviations


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Raise RunTimeout in the block when it has taken so long; only a process's main thread can do that."""
    if current_thread() is not main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def too_long(_number: int, _frame: FrameType | None) -> None:
        raise RunTimeout(f"RunTimeout: it took more than {seconds:g} s")

    before = signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
