"""The tasks of a merchant's process: each does one piece of work at a time, and then the next.

A web server does not start a thread for each request, and starting a task costs as much as several wake-ups.
So a task that has finished its work is kept, parked, for the next. It gets a context of its own each time, as
a new task would, and its first step is chosen like any other.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from contextvars import copy_context

import attrs
import trio
from trio.lowlevel import cancel_shielded_checkpoint, current_task, reschedule, wait_task_rescheduled

from paytwice.kernel.kernel import Kernel, Wake
from paytwice.kernel.supervision import IDLE
from paytwice.kernel.trio_pins import WOKEN

Work = Callable[[], Awaitable[None]]


@attrs.define(eq=False)
class Hand:
    """One task of the crew, and its work."""

    task: trio.lowlevel.Task
    work: Work
    wake: Wake


@attrs.define(eq=False)
class Crew:
    """The tasks in one nursery; `start` never waits."""

    kernel: Kernel
    nursery: trio.Nursery
    _idle: deque[Hand] = attrs.field(factory=deque)
    _parking: Hand | None = None  # idle, and about to park itself
    _is_dismissed: bool = False

    def start(self, name: str, work: Work) -> None:
        """Let somebody do the work side by side with all other; `name` is its first step's place."""
        if not self._idle:
            self.nursery.start_soon(self._join, name, work, name=name)
            return
        hand = self._idle.popleft()  # who has been idle longest has parked by now
        hand.work = work
        hand.task.name = hand.wake.place = name
        hand.task.context = copy_context()
        self.kernel.wake(hand.wake)

    def dismiss(self) -> None:
        """Send home who is idle, as the process is about to die: that is cheaper than to be cancelled."""
        self._is_dismissed = True
        for hand in self._idle:
            if hand.wake.alive and hand is not self._parking:
                hand.wake.kill()
                reschedule(hand.task, WOKEN)
        self._idle.clear()

    async def _join(self, name: str, work: Work) -> None:
        await self.kernel.step(name)
        await work()
        hand = Hand(current_task(), work, self.kernel.sleeper(IDLE))
        while True:
            self._idle.append(hand)
            self._parking = hand
            is_awake = self.kernel.hand_over(hand.wake)
            self._parking = None
            if is_awake:
                await cancel_shielded_checkpoint()  # nobody else can run, and here begins the new context
            else:
                await wait_task_rescheduled(hand.wake.abort)
            if self._is_dismissed or not self.kernel.open:
                return
            await hand.work()
            hand.wake = self.kernel.sleeper(IDLE)
