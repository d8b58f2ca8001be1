"""The only place that touches private parts of trio, each pinned by a test.

Wake-ups that pass through the kernel come one at a time. Those that foreign code causes (a `trio.Event`, a
nursery, a cancelled scope) do not: trio collects them into a batch and shuffles it. For the length of a run
the batch is put in the order in which its tasks were born, or into one that the run's choices pick; both are
the same in every process.
"""

from __future__ import annotations

import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import trio
from trio._core import _run as trio_run

from paytwice.errors import NestedRun


class _Woken:
    """What a wake-up is sent: nothing. Trio makes a new outcome for each, which takes as long as waking."""

    __slots__ = ()

    def unwrap(self) -> None:
        """Be an outcome without a value."""


WOKEN: Final[Any] = _Woken()
_ONE_RUN_AT_A_TIME = threading.Lock()


class BatchOrder:
    """Orders each batch, and knows what is left of it."""

    def __init__(self) -> None:
        self.pick: Callable[[list[trio.lowlevel.Task]], int] | None = None
        self.batch: list[trio.lowlevel.Task] = []

    def shuffle(self, batch: list[trio.lowlevel.Task]) -> None:
        """Order a batch, which trio sorted by the birth of its tasks and takes from its end."""
        self.batch = batch
        if len(batch) > 1:
            if self.pick is None:
                batch.reverse()
            else:
                self._draw_all(batch, self.pick)

    def _draw_all(
        self, batch: list[trio.lowlevel.Task], pick: Callable[[list[trio.lowlevel.Task]], int]
    ) -> None:
        rest, drawn = list(batch), []
        while len(rest) > 1:
            drawn.append(rest.pop(pick(rest)))
        batch[:] = [*rest, *reversed(drawn)]


class _Random:
    """Stands in for trio's private random, as far as this thread's batches go."""

    def __init__(self, order: BatchOrder, elsewhere: Any) -> None:
        self._order = order
        self._thread = threading.get_ident()
        self._elsewhere = elsewhere  # trio's own random: for other threads, and for all else that is drawn

    def shuffle(self, batch: list[trio.lowlevel.Task]) -> None:
        """Order a batch."""
        if threading.get_ident() == self._thread:
            self._order.shuffle(batch)
        else:
            self._elsewhere.shuffle(batch)

    def __getattr__(self, name: str) -> Any:
        """Answer whatever else trio asks of its random, as in `SystemClock`, from trio's own."""
        return getattr(self._elsewhere, name)


@contextmanager
def deterministic_batches() -> Iterator[BatchOrder]:
    """Order trio's batches ourselves as long as the block lasts; one block at a time in a process."""
    if not _ONE_RUN_AT_A_TIME.acquire(blocking=False):
        raise NestedRun(
            "another run is under way in this process. Runs share trio's scheduler: play them one after the "
            "other, or each in a process of its own."
        )
    module: Any = trio_run
    saved = module._ALLOW_DETERMINISTIC_SCHEDULING, module._r
    order = BatchOrder()
    module._ALLOW_DETERMINISTIC_SCHEDULING, module._r = True, _Random(order, module._r)
    try:
        with _silence_beside_asyncio():
            yield order
    finally:
        module._ALLOW_DETERMINISTIC_SCHEDULING, module._r = saved
        _ONE_RUN_AT_A_TIME.release()


@contextmanager
def _silence_beside_asyncio() -> Iterator[None]:
    """In a notebook asyncio owns the file descriptor that signals wake; trio warns of it in vain."""
    if sys.modules.get("asyncio") is None or not _inside_asyncio():
        yield
        return
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*signal handling code.*", category=RuntimeWarning)
        yield


def _inside_asyncio() -> bool:
    import asyncio

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def something_is_runnable() -> bool:
    """Say whether trio has a task to run in its next pass."""
    return bool(trio_run.GLOBAL_RUN_CONTEXT.runner.runq)


def rescheduler() -> Callable[[trio.lowlevel.Task, Any], None]:
    """`trio.lowlevel.reschedule`, without looking up the runner each time."""
    reschedule: Callable[[trio.lowlevel.Task, Any], None] = trio_run.GLOBAL_RUN_CONTEXT.runner.reschedule
    return reschedule


class Loop:
    """Trio's loop as one run sees it, looked up once."""

    __slots__ = ("_context", "_deadlines", "_order", "_reschedule", "_runq")

    def __init__(self, order: BatchOrder) -> None:
        runner: Any = trio_run.GLOBAL_RUN_CONTEXT.runner
        self._context: Any = trio_run.GLOBAL_RUN_CONTEXT
        self._runq = runner.runq
        self._reschedule = rescheduler()
        self._deadlines = runner.deadlines  # of cancel scopes
        self._order = order

    def others_are_runnable(self) -> bool:
        """Say whether trio has a task to run besides the current one."""
        return bool(self._order.batch or self._runq)

    def is_free_until(self, seconds: float) -> bool:
        """Say whether nothing of trio's own happens until then, once the current task has parked itself."""
        return (
            not self._order.batch
            and not self._runq
            and (not self._deadlines._active or self._deadlines.next_deadline() > seconds)
            and not self._context.task._cancel_status.effectively_cancelled
        )

    def hand_to(self, task: trio.lowlevel.Task) -> None:
        """Let a parked task run next in this very pass, as soon as the current one has parked itself."""
        self._reschedule(task, WOKEN)
        self._order.batch.append(self._runq.pop())


def inside_trio() -> bool:
    """Say whether a trio program is running in this thread."""
    try:
        trio.lowlevel.current_clock()
    except RuntimeError:
        return False
    return True
