"""The clock that trio asks, and that answers by waking somebody.

Trio calls `deadline_to_sleep_time` exactly when no task is runnable, and `current_time` in every pass of its
loop. The first is where virtual time moves and where the next wake-up is taken; the second counts passes, so
that a task that keeps trio busy is found out. Nothing may be raised here: what goes wrong is kept for the
supervisor.

A pass of trio's loop costs more than all the rest of a wake-up. So a task that is about to park itself takes
the next wake-up already, where nothing of trio's own can come before it, and hands the pass on to the task
that it wakes (`hand_over`). It is the same choice in the same state, only made a moment earlier.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from math import inf
from typing import Any, Final

import trio
from trio.lowlevel import reschedule

from paytwice.errors import Livelock
from paytwice.kernel.pace import Pace
from paytwice.kernel.supervision import Supervisor
from paytwice.kernel.trio_pins import WOKEN, Loop, something_is_runnable
from paytwice.kernel.wakes import Wake, Wakes
from paytwice.wording import span

PASSES_LIMIT: Final = 100_000  # of trio's loop, without the kernel being asked
STILL_LIMIT: Final = 500_000  # wake-ups in one millisecond
STEPS_LIMIT: Final = 1_000_000  # wake-ups in one run
ELISIONS_LIMIT: Final = 1_000  # in a row: then a pass, so that Ctrl-C and limits get their turn
_END_OF_TIME: Final = 1e15  # seconds; a foreign deadline beyond it never comes


class VirtualClock(trio.abc.Clock):
    """Virtual time, moved by wake-ups; `Kernel` adds what tasks and stories use."""

    def __init__(self, pace: Pace | None, steps_limit: int) -> None:
        self.now = 0  # milliseconds since the run began
        self.steps = 0  # wake-ups so far
        self.open = False  # a run is under way
        self.time_limit: int | None = None  # milliseconds; who gets past it has not ended in time
        # asked before time advances: is the run at its end?
        self.on_advance: Callable[[], bool] | None = None
        self._pace = pace
        self._steps_limit = steps_limit
        self._seconds = 0.0
        self._passes = 0  # since the clock was asked to sleep
        self._elided = 0  # wake-ups that have passed by the clock since then
        self._reschedule: Callable[[trio.lowlevel.Task, Any], None] = reschedule
        self._loop: Loop | None = None  # where wake-ups may pass by the clock
        self._context = copy_context()  # of callbacks, whoever's turn it is
        self._check_at = 0  # the number of steps at which it is time to see whether they are too many
        self._still_since = 0  # the steps that had been taken when time moved last
        self._wakes = Wakes()
        self._supervisor: Supervisor | None = None
        self._end_sleeper: Wake | None = None
        self._holder: trio.lowlevel.Task | None = None  # who does real I/O

    def start_clock(self) -> None:
        """Time starts with each run, not with trio."""

    def current_time(self) -> float:
        """The virtual time in seconds. Called once in every pass of trio's loop, so it also counts passes."""
        if self._pace is not None:
            self._follow(self._pace)
        else:
            self._passes += 1
            if self._passes > PASSES_LIMIT:
                self._passes = 0
                self._fail(
                    Livelock(
                        f"at {self.now} ms tasks kept trio busy for {PASSES_LIMIT} passes while virtual time "
                        "stood still: look for a loop around trio.lowlevel.checkpoint() or trio.sleep(0), "
                        "and sleep in it instead"
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
            if self._holder is not None:
                return inf  # a real I/O is under way: nothing else runs until it is back
            if not self._wakes.ready:
                wait = self._advance(deadline)
                if wait is not None:
                    return wait
            task = self._take()
            if task is not None:
                self._reschedule(task, WOKEN)
                return 0
            if something_is_runnable():  # a callback started a task, or cancelled some
                return 0

    def hand_over(self, parking: Wake) -> bool:
        """Take the next wake-up before the current task parks itself; True if it is its own."""
        loop, wakes = self._loop, self._wakes
        if loop is None or self._elided >= ELISIONS_LIMIT or not self.open or self._holder is not None:
            return False
        try:
            while True:
                due = None if wakes.ready else wakes.next_due()
                if due is not None:
                    if not loop.is_free_until(due / 1000):
                        return False
                    self._move_to(due)
                elif not wakes.ready or not loop.is_free_until(self._seconds):
                    return False
                self._elided += 1
                task = self._take()
                if parking.task is None:
                    return True
                if task is not None:
                    loop.hand_to(task)
                    return False
        except BaseException as error:  # the run is over: the caller is cancelled once it has parked
            self._fail(error)
        return False

    def _take(self) -> trio.lowlevel.Task | None:
        """Take the wake-up that goes first, and say whom it wakes; a callback is called at once."""
        wake = self._wakes.take()
        if wake is None:
            return None
        self.steps += 1
        if self.steps > self._check_at:
            self._check_steps()
        if wake.task is not None:
            task, wake.task = wake.task, None
            return task
        call, wake.call = wake.call, None
        if call is not None:
            self._context.run(call)
        return None

    def _check_steps(self) -> None:
        """Raise if these are too many steps, and say at which number to look again."""
        if self.steps - self._still_since > STILL_LIMIT:
            raise Livelock(
                f"more than {STILL_LIMIT} steps were taken at {self.now} ms without virtual time moving: "
                "look for a loop that waits for something without sleeping"
            )
        if self.steps > self._steps_limit and self._pace is None:
            raise Livelock(
                f"the run took more than {self._steps_limit} steps and stands at {self.now} ms: "
                "look for a loop that never ends, or that sleeps for too short a time"
            )
        self._check_at = self._still_since + STILL_LIMIT
        if self._pace is None:
            self._check_at = min(self._check_at, self._steps_limit)

    def _advance(self, deadline: float) -> float | None:
        """Move time to the next thing that happens; a number says how long trio shall wait for it."""
        due = self._wakes.next_due()
        if self.on_advance is not None and self._is_at_its_end():
            return None
        if due is not None and due / 1000 <= deadline:
            if self._pace is not None and (wait := self._pace.seconds_until(due)) > 0:
                return wait
            self._set_time(due)
            self._wakes.ripen(due)
            return None
        if deadline < _END_OF_TIME:
            return self._jump_to(deadline)
        if self._supervisor is not None and self._pace is None:
            self._supervisor.wake()
        return inf if self._pace is not None or not something_is_runnable() else 0

    def _move_to(self, due: int) -> None:
        """Move time to the next timer, unless the run is at its end before."""
        if self.on_advance is None or not self._is_at_its_end():
            self._set_time(due)
            self._wakes.ripen(due)

    def _is_at_its_end(self) -> bool:
        """Ask, before time moves, whether the run is over, and then wake who waits for that."""
        sleeper = self._end_sleeper
        if sleeper is None or not sleeper.alive or self.on_advance is None or not self.on_advance():
            return False
        self._end_sleeper = None
        self._wakes.enqueue(sleeper)
        return True

    def _jump_to(self, deadline: float) -> float:
        """Move time to the very float of a deadline of trio's: a smaller one would be asked for again."""
        if self._pace is not None and (wait := self._pace.seconds_until(deadline * 1000)) > 0:
            return wait
        self._set_time(int(deadline * 1000))
        self._seconds = max(self._seconds, deadline)
        return 0

    def _follow(self, pace: Pace) -> None:
        """Let virtual time follow real time, but never past a timer that is due: its wake-up comes first."""
        ms = pace.milliseconds()
        due = self._wakes.next_due() if self.open else None
        self._set_time(int(ms) if due is None else min(int(ms), due))
        if due is None or ms < due:
            self._seconds = max(self._seconds, ms / 1000)

    def _set_time(self, ms: int) -> None:
        if ms > self.now:
            if self.time_limit is not None and ms > self.time_limit:
                raise TimeoutError(f"the story has not ended after {span(self.time_limit)} of virtual time")
            self.now = ms
            self._still_since = self.steps
            seconds = ms / 1000
            if seconds > self._seconds:
                self._seconds = seconds

    def _fail(self, error: BaseException) -> None:
        self.open = False
        if self._supervisor is not None:
            self._supervisor.fail(error)
