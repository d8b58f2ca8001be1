"""The task that began a run: it sleeps while the run goes on, and is woken when it is over, well or badly.

Nothing may be raised inside the clock, for trio would call it an internal error. What goes wrong there is
kept here, and the supervisor is woken to raise it.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Final

import trio
from outcome import Error
from trio.lowlevel import Abort, current_task, reschedule, wait_task_rescheduled

from paytwice.errors import ProcessDead
from paytwice.kernel.trio_pins import WOKEN
from paytwice.kernel.wakes import Wake

IDLE: Final = ""  # the place of a task that waits for nothing but work


class Supervisor:
    """Watches over the tasks of one run."""

    root: trio.Nursery  # of all tasks of the run

    def __init__(self) -> None:
        self.error: BaseException | None = None
        self._task: trio.lowlevel.Task | None = None

    async def sleep(self) -> None:
        """Sleep until something calls for the supervisor."""
        self._task = current_task()
        await wait_task_rescheduled(self._abort)

    def _abort(self, _raise_cancel: object) -> Abort:
        self._task = None
        return Abort.SUCCEEDED

    def wake(self) -> None:
        """Wake the supervisor, if it sleeps."""
        if self._task is not None:
            task, self._task = self._task, None
            reschedule(task)

    def fail(self, error: BaseException) -> None:
        """Keep the first error, and end the run."""
        if self.error is None:
            self.error = error
        self.root.cancel_scope.cancel()
        self.wake()

    def end(self) -> None:
        """Cancel every task of the run; those that shield themselves find out that the run is over.

        Who waits for nothing but work is sent home before, for a task that trio cancels costs five times as
        much as one that returns.
        """
        for task in _tasks(self.root):
            wake = task.custom_sleep_data
            if isinstance(wake, Wake) and wake.task is task and wake.place == IDLE:
                wake.kill()
                reschedule(task, WOKEN)
        self.root.cancel_scope.cancel()
        for task in _tasks(self.root):
            wake = task.custom_sleep_data
            if isinstance(wake, Wake) and wake.task is task:
                wake.kill()
                reschedule(task, Error(ProcessDead(f"{wake.place}: the run is over")))

    def blame(self, group: BaseExceptionGroup[BaseException], *, finished: bool) -> None:
        """Keep what ended the run: the one error of a group, without groups and deaths around it."""
        _, living = group.split(ProcessDead)
        if self.error is not None or (finished and living is None):
            return
        error: BaseException = group if living is None else living
        while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
            error = _led_through(error.__traceback__, error.exceptions[0])
        self.error = error

    def who_waits(self) -> list[str]:
        """Say of each task where it waits."""
        return sorted(
            f"{task.name} waits at {_place(task)}"
            for task in _tasks(self.root)
            if not any(nursery.child_tasks for nursery in task.child_nurseries) and _place(task) != IDLE
        )


def _led_through(outer: TracebackType | None, error: BaseException) -> BaseException:
    """The error, with a traceback that begins with that of the group it came in: it names the nursery."""
    traces = []
    while outer is not None:
        traces.append(outer)
        outer = outer.tb_next
    whole = error.__traceback__
    for trace in reversed(traces):
        whole = TracebackType(whole, trace.tb_frame, trace.tb_lasti, trace.tb_lineno)
    return error.with_traceback(whole)


def _tasks(nursery: trio.Nursery) -> Iterator[trio.lowlevel.Task]:
    """All tasks below a nursery, in no order: trio keeps them in sets."""
    for task in nursery.child_tasks:
        yield task
        for nested in task.child_nurseries:
            yield from _tasks(nested)


def _place(task: trio.lowlevel.Task) -> str:
    wake = task.custom_sleep_data
    return wake.place if isinstance(wake, Wake) else "something that is not paytwice's"
