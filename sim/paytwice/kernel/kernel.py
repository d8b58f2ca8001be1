"""Virtual time, and the choice of who runs next, inside stock trio.

The problem: trio runs all ready tasks in batches whose order it draws itself, and its clock is real. A
simulator wants to choose each next step, and to jump to the next moment at which something happens.

The trick: trio asks its clock for `deadline_to_sleep_time` exactly when no task is runnable. The kernel *is*
that clock. When asked, it takes one wake-up from its own ready list or its own heap of timers, sets the
virtual time, makes that one task runnable and answers "do not sleep". A primitive of ours (`step`, `sleep`, a
future, a bell) parks its task and leaves the wake-up with the kernel.

What follows from it:

- Every interleaving of steps can be reached, because wake-ups are chosen one at a time (`wakes`).
- Code that is not ours keeps working: `trio.sleep`, `trio.Event`, cancel scopes and nurseries go through
  trio, whose batches are ordered by `trio_pins`.
- Deliveries and time-outs are callbacks on the heap, not tasks. A callback runs inside the clock and must not
  await.
- Nothing may be raised inside the clock; what goes wrong there is kept for the `supervision`.
- When a run is over the kernel closes: timers are dropped, callbacks are not called, and a task that shields
  itself against its end finds `ProcessDead` at its next step.
- Real I/O is done under `hold`, or by a kernel with a `pace`, whose virtual time follows the machine's clock.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from contextvars import copy_context
from typing import Any, TypeVar, TypeVarTuple

import trio
from trio.lowlevel import current_task, wait_task_rescheduled

from paytwice.errors import DeadEnd, PaytwiceError, ProcessDead
from paytwice.kernel.clock import ELISIONS_LIMIT, STEPS_LIMIT, VirtualClock
from paytwice.kernel.pace import Pace
from paytwice.kernel.supervision import Supervisor
from paytwice.kernel.trio_pins import BatchOrder, Loop, rescheduler
from paytwice.kernel.waiting import Bell as Bell
from paytwice.kernel.waiting import Future as Future
from paytwice.kernel.wakes import Scheduling as Scheduling
from paytwice.kernel.wakes import Wake as Wake
from paytwice.kernel.wakes import Wakes

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Kernel(VirtualClock):
    """One run's virtual time: give it to `trio.run` as the clock, and begin each run with `run`."""

    def __init__(
        self, *, pace: Pace | None = None, elide: bool = True, steps_limit: int = STEPS_LIMIT
    ) -> None:
        super().__init__(pace, steps_limit)
        self._elide = elide and pace is None
        self._batches: BatchOrder | None = None
        self._holding = trio.Lock()

    # -- primitives -----------------------------------------------------------------------------------------

    def sleeper(self, place: str) -> Wake:
        """A wake-up of the current task, which then parks itself with `wait_task_rescheduled(wake.abort)`."""
        task = current_task()
        if not self.open:
            raise ProcessDead(f"{place}: the run is over")
        if task is self._holder:
            raise PaytwiceError(f"{place}: virtual time stands still under hold(), so leave its block first")
        return Wake(place, task)

    async def park(self, wake: Wake) -> None:
        """Let the current task sleep until its wake-up comes; something must be about to bring it."""
        if not self.hand_over(wake):
            await wait_task_rescheduled(wake.abort)

    def wake(self, wake: Wake) -> None:
        """Make a wake-up ready, if it still wakes somebody."""
        if self.open and (wake.task is not None or wake.call is not None):
            self._wakes.enqueue(wake)

    async def step(self, place: str) -> None:
        """Let anything else that is ready go first, if the choices say so. `place` names this wake-up."""
        if self.passes_over(place):
            return
        wake = self.sleeper(place)
        self._wakes.enqueue(wake)
        if not self.hand_over(wake):
            await wait_task_rescheduled(wake.abort)

    def passes_over(self, place: str) -> bool:
        """Take a step at once, if there is nothing else that could go first; False: it is yet to be taken."""
        wakes, loop = self._wakes, self._loop
        if (
            loop is None
            or wakes.ready
            or self._elided >= ELISIONS_LIMIT
            or not self.open
            or self._holder is not None
            or not loop.is_free_until(self._seconds)
        ):
            return False
        self._elided += 1
        self.steps += 1
        counts = wakes.counts
        if counts is not None:
            counts[place] = counts.get(place, 0) + 1
        return True

    def sleep(self, ms: int, place: str) -> Coroutine[Any, Any, None]:
        """Sleep for whole milliseconds of virtual time."""
        return self.sleep_until(self.now + ms, place)

    async def sleep_until(self, at: int, place: str) -> None:
        """Sleep until a millisecond of virtual time; one that has passed already is a `step`."""
        if at <= self.now:
            await self.step(place)
        elif not self._sleeps_over(at, place):
            wake = self.sleeper(place)
            self._wakes.push(at, wake)
            if not self.hand_over(wake):
                await wait_task_rescheduled(wake.abort)

    def _sleeps_over(self, at: int, place: str) -> bool:
        """Move the time at once, if nothing else can happen before; False: the sleep is yet to be slept."""
        wakes, loop = self._wakes, self._loop
        if (
            loop is None
            or wakes.ready
            or (wakes.timers and wakes.timers[0][0] <= at)
            or self.on_advance is not None
            or self._elided >= ELISIONS_LIMIT
            or not self.open
            or self._holder is not None
            or not loop.is_free_until(at / 1000)
        ):
            return False
        self._set_time(at)
        self._elided += 1
        self.steps += 1
        counts = wakes.counts
        if counts is not None:
            counts[place] = counts.get(place, 0) + 1
        return True

    async def sleep_until_advanced(self, at: int, place: str) -> None:
        """Sleep until a millisecond, or until `on_advance` says that the run is at its end."""
        self._end_sleeper = wake = self.sleeper(place)
        self._wakes.push(at, wake)
        await self.park(wake)

    def call_at(self, at: int, place: str, call: Callable[[], object]) -> Wake:
        """Call `call()` at a millisecond; `kill()` the result to take it back. It must not await."""
        wake = Wake(place, None, call)
        if self.open:
            self._wakes.push(at if at > self.now else self.now, wake)
        return wake

    def future(self, place: str) -> Future[T]:
        """A value that one task waits for."""
        return Future(self, place)

    def bell(self, place: str) -> Bell:
        """Something to ring, so that one sleeping task looks again."""
        return Bell(self, place)

    def spawn(
        self,
        nursery: trio.Nursery,
        place: str,
        async_fn: Callable[[*Ts], Awaitable[object]],
        *args: *Ts,
    ) -> None:
        """Start a task whose first step is chosen like any other; else its first moves come too early."""

        async def task() -> None:
            await self.step(place)
            await async_fn(*args)

        nursery.start_soon(task, name=place)

    @asynccontextmanager
    async def hold(self) -> AsyncIterator[None]:
        """Do real I/O (a socket, a thread): nothing else runs and virtual time stands still until it is back.

        Where virtual time follows real time there is nothing to hold.
        """
        if self._pace is not None:
            yield
            return
        async with self._holding:
            await self.step("hold")  # so that nobody else is runnable when the I/O begins
            self._holder = current_task()
            try:
                yield
            finally:
                self._holder = None

    # -- a run ----------------------------------------------------------------------------------------------

    async def run(
        self,
        main: Callable[[trio.Nursery], Awaitable[T]],
        *,
        scheduling: Scheduling | None = None,
        batches: BatchOrder | None = None,
    ) -> T:
        """Play one run from time 0 until `main` returns, then end it; whatever it left behind is cancelled.

        Raises `DeadEnd` where nothing can happen any more though `main` has not returned, `Livelock` where
        time stands still, and what a task or a callback raised.
        """
        if self.open or not self._wakes.is_empty():
            raise PaytwiceError(
                "a kernel plays one run at a time, and the one before it has not ended cleanly"
            )
        result: list[T] = []
        self._supervisor = supervisor = Supervisor()
        try:
            async with trio.open_nursery() as supervisor.root:
                self._begin(scheduling, batches)

                async def story() -> None:
                    result.append(await main(supervisor.root))
                    self._close()

                supervisor.root.start_soon(story, name="story")
                try:
                    await supervisor.sleep()
                    supervisor.error = DeadEnd(self.dead_end_report())
                finally:
                    self._close()
        except BaseExceptionGroup as group:
            supervisor.blame(group, finished=bool(result))
        finally:
            self._supervisor = None
        if supervisor.error is not None:
            raise supervisor.error
        return result[0]

    def _begin(self, scheduling: Scheduling | None, batches: BatchOrder | None) -> None:
        self.now = self.steps = self._elided = self._passes = self._still_since = self._check_at = 0
        self._seconds = 0.0
        self._wakes = Wakes(scheduling)
        self._batches = batches
        self._context = copy_context()
        self._reschedule = rescheduler()
        self._loop = Loop(batches) if self._elide and batches is not None else None
        if batches is not None and scheduling is not None and not scheduling.calm:
            batches.pick = lambda tasks: scheduling.pick([task.name for task in tasks])
        if self._pace is not None:
            self._pace.begin()
        self.open = True

    def _close(self) -> None:
        self.open = False
        self.on_advance = self._end_sleeper = None
        self._wakes.clear()
        if self._batches is not None:
            self._batches.pick = None
        if self._supervisor is not None:
            self._supervisor.end()

    def dead_end_report(self) -> str:
        """Say who waits for what, when nothing can happen any more."""
        waiting = [] if self._supervisor is None else self._supervisor.who_waits()
        lines = "".join(f"\n  {line}" for line in waiting)
        return (
            f"at {self.now} ms nothing can happen any more, and the story has not finished: nobody is ready, "
            f"no timer runs, no message is under way.{lines or ' Nobody waits.'}"
        )
