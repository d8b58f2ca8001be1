"""Virtual time, and the choice of who runs next, inside stock trio.

The problem: trio runs all ready tasks in batches whose order it draws itself, and its clock is real. A simulator
wants to choose each next step, and to jump to the next moment at which something happens.

The trick: trio asks its clock for `deadline_to_sleep_time` exactly when no task is runnable. The kernel *is* that
clock. When asked, it takes one wake-up from its own ready list or its own heap of timers, sets the virtual time, makes
that one task runnable and answers "do not sleep". A primitive of ours (`step`, `sleep`, a future, a bell) parks its
task and leaves the wake-up with the kernel.

What follows from it:

- Every interleaving of steps can be reached, because wake-ups are chosen one at a time. Wake-ups that are due in the
  same millisecond compete; which goes first is a choice, and calm is first come, first served.
- Code that is not ours keeps working: `trio.sleep`, `trio.Event`, cancel scopes and nurseries go through trio, whose
  batches are ordered by `trio_pins`.
- Deliveries and time-outs are callbacks on the heap, not tasks. A callback runs inside the clock and must not await.
- Nothing may be raised inside the clock: trio would call it an internal error. What goes wrong is kept, and the
  supervisor (the task that began the run) is woken to raise it.
- A wake-up carries no value: who waits looks again when woken. So a wake-up meant for a cancelled waiter harms nobody.
- Cancelling walks sets in an order of its own; abort functions therefore only remove their wake-up, and nothing else.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from heapq import heappop, heappush
from math import inf
from typing import Final, Generic, Protocol, TypeVar, TypeVarTuple

import trio
from trio.lowlevel import Abort, current_task, reschedule, wait_task_rescheduled

from paytwice.errors import DeadEnd, Livelock, PaytwiceError, ProcessDead
from paytwice.trio_pins import (
    BatchOrder,
    is_cancelled,
    next_foreign_deadline,
    others_are_runnable,
    something_is_runnable,
)

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

PASSES_LIMIT: Final = 100_000  # of trio's loop, without the kernel being asked
ELISIONS_LIMIT: Final = 1_000  # in a row: then a pass, so that Ctrl-C and limits get their turn
STEPS_LIMIT: Final = 5_000_000  # wake-ups in one run


class Wake:
    """One wake-up: of a task, or of a callback. It is dead when neither is set."""

    __slots__ = ("call", "n", "order", "place", "rank", "task")

    def __init__(self, place: str, task: trio.lowlevel.Task | None, call: Callable[[], object] | None) -> None:
        self.place = place
        self.task = task
        self.call = call
        self.n = 0
        self.order = 0
        self.rank: int | None = None

    def kill(self) -> None:
        """Make it wake nobody. The one thing an abort function does."""
        self.task = self.call = None

    @property
    def alive(self) -> bool:
        """Say whether it still wakes somebody."""
        return self.task is not None or self.call is not None


class Scheduling(Protocol):
    """Says who of several ready wake-ups goes first; `Choices` is one."""

    calm: bool

    def count(self, place: str) -> int: ...
    def rank(self, place: str, n: int) -> int: ...
    def pick(self, places: Sequence[str]) -> int: ...


class Pace(Protocol):
    """Says how virtual time follows real time, where a run serves real clients."""

    def seconds_until(self, ms: int) -> float: ...


class Kernel(trio.abc.Clock):
    """One run's virtual time and ready list; give it to `trio.run` as the clock, and begin each run with `run`."""

    def __init__(self, *, pace: Pace | None = None, elide: bool = True) -> None:
        self.now = 0  # milliseconds since the run began
        self.steps = 0  # wake-ups so far
        self.open = False
        self.on_advance: Callable[[], bool] | None = None  # asked before time advances: is the run at its end?
        self._pace = pace
        self._elide = elide
        self._seconds = 0.0
        self._ready: list[Wake] = []
        self._timers: list[tuple[int, int, Wake]] = []
        self._order = 0
        self._elided = 0
        self._passes = 0
        self._held = 0
        self._holding = trio.Lock()
        self._scheduling: Scheduling | None = None
        self._batches: BatchOrder | None = None
        self._supervisor: trio.lowlevel.Task | None = None
        self._root: trio.Nursery | None = None
        self._error: BaseException | None = None
        self._end_sleeper: Wake | None = None

    # -- the clock that trio asks ---------------------------------------------------------------------------

    def start_clock(self) -> None:
        """Virtual time needs no start."""

    def current_time(self) -> float:
        """The virtual time in seconds. Called once in every pass of trio's loop, so it also counts passes."""
        self._passes += 1
        if self._passes > PASSES_LIMIT and self.open:
            self._passes = 0
            self._fail(
                Livelock(
                    f"at {self.now} ms tasks kept trio busy for {PASSES_LIMIT} passes without virtual time moving: "
                    "look for a loop around trio.lowlevel.checkpoint() or trio.sleep(0), and sleep in it instead"
                )
            )
        return self._seconds

    def deadline_to_sleep_time(self, deadline: float) -> float:
        """No task is runnable: make the next one so, and say how many real seconds to wait for it."""
        self._passes = self._elided = 0
        try:
            return self._wake_next(deadline)
        except BaseException as error:  # trio would turn it into an internal error
            self._fail(error)
            return 0

    def _wake_next(self, deadline: float) -> float:
        while True:
            if self._held:
                return inf  # a real I/O is under way: nothing else runs until it is back
            if not self._ready:
                wait = self._advance(deadline)
                if wait is not None:
                    return wait
            wake = self._take()
            if wake is None:
                continue
            self.steps += 1
            if self.steps > STEPS_LIMIT:
                raise Livelock(f"the run took more than {STEPS_LIMIT} steps and stands at {self.now} ms")
            if wake.task is not None:
                task, wake.task = wake.task, None
                reschedule(task)
                return 0
            call, wake.call = wake.call, None
            if call is not None:
                call()
            if something_is_runnable():  # the callback started a task, or cancelled some
                return 0

    def _advance(self, deadline: float) -> float | None:
        """Move time to the next moment at which something happens; a number says how long trio shall wait for it."""
        timers = self._timers
        while timers and not timers[0][2].alive:
            heappop(timers)
        at = timers[0][0] if timers else None
        sleeper = self._end_sleeper
        if sleeper is not None and sleeper.alive and self.on_advance is not None and self.on_advance():
            self._end_sleeper = None
            self._ready.append(sleeper)
            return None
        if at is not None and at / 1000 <= deadline:
            if self._pace is not None and (wait := self._pace.seconds_until(at)) > 0:
                return wait
            self._set_time(at)
            while timers and timers[0][0] == at:
                wake = heappop(timers)[2]
                if wake.alive:
                    self._enqueue(wake)
            return None
        if deadline < inf:
            return self._jump_to(deadline)
        if self._supervisor is not None:
            self._wake_supervisor()
            return 0
        return inf

    def _jump_to(self, deadline: float) -> float:
        """Move time to a deadline of trio's own, to the very float: a smaller one would be asked for again, for ever."""
        ms = max(self.now, int(deadline * 1000))
        if self._pace is not None and (wait := self._pace.seconds_until(ms)) > 0:
            return wait
        self.now = ms
        self._seconds = max(self._seconds, deadline)
        return 0

    def _set_time(self, ms: int) -> None:
        self.now = max(self.now, ms)
        self._seconds = max(self._seconds, self.now / 1000)

    # -- the ready list -------------------------------------------------------------------------------------

    def _enqueue(self, wake: Wake) -> None:
        self._order += 1
        wake.order = self._order
        scheduling = self._scheduling
        if scheduling is not None and not scheduling.calm:
            wake.n = scheduling.count(wake.place)
        self._ready.append(wake)

    def _take(self) -> Wake | None:
        ready = self._ready
        scheduling = self._scheduling
        if len(ready) == 1 or scheduling is None or scheduling.calm:
            wake = ready.pop(0)
            return wake if wake.alive else None
        self._ready = ready = [wake for wake in ready if wake.alive]
        if len(ready) < 2:
            return ready.pop() if ready else None
        for wake in ready:
            if wake.rank is None:
                wake.rank = scheduling.rank(wake.place, wake.n)
        first = min(ready, key=_precedence)
        ready.remove(first)
        return first

    def _parked(self, place: str) -> Wake:
        if not self.open:
            raise ProcessDead(f"{place}: the run is over")
        return Wake(place, current_task(), None)

    # -- primitives -----------------------------------------------------------------------------------------

    async def step(self, place: str) -> None:
        """Let anything else that is ready go first, if the choices say so. `place` names this wake-up."""
        wake = self._parked(place)
        self._enqueue(wake)
        await self._park(wake)

    async def sleep(self, ms: int, place: str) -> None:
        """Sleep for whole milliseconds of virtual time."""
        await self.sleep_until(self.now + ms, place)

    async def sleep_until(self, at: int, place: str) -> None:
        """Sleep until a millisecond of virtual time; one that has passed already is a `step`."""
        if at <= self.now:
            await self.step(place)
            return
        if self._can_elide(at):
            self._elided += 1
            self.steps += 1
            if self._scheduling is not None and not self._scheduling.calm:
                self._scheduling.count(place)
            self._set_time(at)
            return
        wake = self._parked(place)
        self._push(at, wake)
        await self._park(wake)

    async def sleep_until_advanced(self, at: int, place: str) -> None:
        """Sleep until a millisecond of virtual time, or until `on_advance` says that the run is at its end."""
        wake = self._parked(place)
        self._end_sleeper = wake
        self._push(at, wake)
        await self._park(wake)

    async def _park(self, wake: Wake) -> None:
        if wake.task is not None:
            wake.task.custom_sleep_data = wake.place

        def abort(_: object) -> Abort:
            wake.kill()
            return Abort.SUCCEEDED

        await wait_task_rescheduled(abort)

    def _can_elide(self, at: int) -> bool:
        """Say whether the caller's own wake-up is the next thing that can happen, so that trio need not be asked."""
        timers = self._timers
        return (
            self._elide
            and not self._ready
            and self._elided < ELISIONS_LIMIT
            and self.open
            and self._pace is None
            and self.on_advance is None
            and self._batches is not None
            and not (timers and timers[0][0] <= at)
            and not others_are_runnable(self._batches)
            and next_foreign_deadline() > at / 1000
            and not is_cancelled()
        )

    def _push(self, at: int, wake: Wake) -> None:
        self._order += 1
        heappush(self._timers, (at, self._order, wake))

    def call_at(self, at: int, place: str, call: Callable[[], object]) -> Wake:
        """Call `call()` at a millisecond of virtual time; `kill()` the result to take it back. It must not await."""
        wake = Wake(place, None, call)
        if self.open:
            self._push(max(at, self.now), wake)
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
        """Start a task whose first step is chosen like any other; else its first moves would come too early."""

        async def task() -> None:
            await self.step(place)
            await async_fn(*args)

        nursery.start_soon(task, name=place)

    @asynccontextmanager
    async def hold(self) -> AsyncIterator[None]:
        """Do real I/O (a socket, a thread): nothing else runs and virtual time stands still until it is back."""
        async with self._holding:
            self._held += 1
            try:
                yield
            finally:
                self._held -= 1

    # -- the supervisor -------------------------------------------------------------------------------------

    async def run(
        self,
        main: Callable[[trio.Nursery], Awaitable[T]],
        *,
        scheduling: Scheduling | None = None,
        batches: BatchOrder | None = None,
    ) -> T:
        """Play one run from time 0 until `main` returns, then end it; whatever it left behind is cancelled.

        Raises `DeadEnd` where nothing can happen any more though `main` has not returned, `Livelock` where time
        stands still, and what a callback raised.
        """
        self._begin(scheduling, batches)
        result: list[T] = []
        try:
            async with trio.open_nursery() as nursery:
                self._root = nursery

                async def story() -> None:
                    result.append(await main(nursery))
                    self._wake_supervisor()

                nursery.start_soon(story, name="story")
                while not result and self._error is None:
                    await self._supervise()
                    if not result and self._error is None and self._is_quiet():
                        self._error = DeadEnd(self.dead_end_report())
                self.open = False
                nursery.cancel_scope.cancel()
        except BaseExceptionGroup as group:
            if self._error is None:
                raise _only(group) from None
        finally:
            self._end()
        if self._error is not None:
            raise self._error
        return result[0]

    def _begin(self, scheduling: Scheduling | None, batches: BatchOrder | None) -> None:
        if self.open or self._ready or self._timers:
            raise PaytwiceError("a kernel plays one run at a time, and the one before it has not ended cleanly")
        self.now = self.steps = self._order = self._elided = self._passes = self._held = 0
        self._seconds = 0.0
        self._scheduling, self._batches, self._error = scheduling, batches, None
        self.open = True
        if batches is not None:
            batches.pick = None if scheduling is None or scheduling.calm else self._pick_from_batch

    def _end(self) -> None:
        self.open = False
        self.on_advance = None
        self._ready.clear()
        self._timers.clear()
        self._root = self._supervisor = None
        if self._batches is not None:
            self._batches.pick = None

    async def _supervise(self) -> None:
        self._supervisor = current_task()

        def abort(_: object) -> Abort:
            self._supervisor = None
            return Abort.SUCCEEDED

        await wait_task_rescheduled(abort)

    def _wake_supervisor(self) -> None:
        if self._supervisor is not None:
            task, self._supervisor = self._supervisor, None
            reschedule(task)

    def _fail(self, error: BaseException) -> None:
        if self._error is None:
            self._error = error
        if self._root is not None:
            self._root.cancel_scope.cancel()
        self._wake_supervisor()

    def _is_quiet(self) -> bool:
        return not self._ready and not any(wake.alive for _, _, wake in self._timers)

    def _pick_from_batch(self, tasks: Sequence[trio.lowlevel.Task]) -> int:
        assert self._scheduling is not None
        return self._scheduling.pick([task.name for task in tasks])

    def dead_end_report(self) -> str:
        """Say who waits for what, when nothing can happen any more."""
        waiting = sorted(_waits(self._root)) if self._root is not None else []
        lines = "".join(f"\n  {who} waits at {place}" for who, place in waiting)
        return (
            f"at {self.now} ms nothing can happen any more, and the story has not finished: nobody is ready, no "
            f"timer runs, no message is under way.{lines or ' Nobody waits.'}"
        )


class Future(Generic[T]):
    """A value that comes once, or a time-out; the two in the same millisecond are a choice like any other."""

    __slots__ = ("_kernel", "_place", "_timer", "_waiter", "done", "value")

    def __init__(self, kernel: Kernel, place: str) -> None:
        self._kernel = kernel
        self._place = place
        self._waiter: Wake | None = None
        self._timer: Wake | None = None
        self.done = False
        self.value: T | None = None

    def set(self, value: T) -> None:
        """Give the value; a second one is ignored."""
        if self.done:
            return
        self.done, self.value = True, value
        if self._timer is not None:
            self._timer.kill()
        if self._waiter is not None and self._waiter.alive and self._kernel.open:
            self._kernel._enqueue(self._waiter)

    def expire_at(self, at: int, value: T) -> None:
        """Take `value` for the value if nothing better has come by then."""
        self._timer = self._kernel.call_at(at, f"{self._place} time-out", lambda: self.set(value))

    async def wait(self) -> T:
        """Wait for the value."""
        if self.done:
            await self._kernel.step(self._place)
        else:
            self._waiter = self._kernel._parked(self._place)
            await self._kernel._park(self._waiter)
        return self.value  # type: ignore[return-value]  # a T once done; T itself may be optional


class Bell:
    """Lets one task sleep until it is rung, or until a time. A ring that nobody waits for is kept."""

    __slots__ = ("_kernel", "_place", "_rung", "_waiter")

    def __init__(self, kernel: Kernel, place: str) -> None:
        self._kernel = kernel
        self._place = place
        self._rung = False
        self._waiter: Wake | None = None

    def ring(self) -> None:
        """Wake the sleeper now."""
        self._rung = True
        waiter, self._waiter = self._waiter, None
        if waiter is not None and waiter.alive and self._kernel.open:
            self._kernel._enqueue(waiter)

    async def wait(self, until: int | None = None) -> None:
        """Sleep until rung, or until a millisecond of virtual time."""
        if self._rung:
            await self._kernel.step(self._place)
        else:
            self._waiter = waiter = self._kernel._parked(self._place)
            timer = None if until is None else self._kernel.call_at(until, f"{self._place} due", self._due)
            try:
                await self._kernel._park(waiter)
            finally:
                if timer is not None:
                    timer.kill()
        self._rung = False

    def _due(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and waiter.alive:
            self._kernel._enqueue(waiter)


def _precedence(wake: Wake) -> tuple[int, int]:
    """Moved first: the last moved comes first of all. Not moved and moved last: first come, first served."""
    rank = wake.rank or 0
    return (rank, -wake.order if rank < 0 else wake.order)


def _only(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The one error of a group, without the groups around it; the group itself where there are several."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


def _waits(nursery: trio.Nursery) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for task in nursery.child_tasks:  # a set: the caller sorts
        if not task.child_nurseries:
            place = task.custom_sleep_data
            found.append((task.name, place if isinstance(place, str) else "something that is not paytwice's"))
        for nested in task.child_nurseries:
            found.extend(_waits(nested))
    return found
