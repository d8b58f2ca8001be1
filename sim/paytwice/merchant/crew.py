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
from trio.lowlevel import cancel_shielded_checkpoint, current_task, wait_task_rescheduled

from paytwice.kernel.kernel import Kernel, Wake
from paytwice.kernel.supervision import IDLE

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

    async def _join(self, name: str, work: Work) -> None:
        await self.kernel.step(name)
        await work()
        hand = Hand(current_task(), work, self.kernel.sleeper(IDLE))
        while True:
            self._idle.append(hand)
            if self.kernel.hand_over(hand.wake):
                await cancel_shielded_checkpoint()  # nobody else can run, and here begins the new context
            else:
                await wait_task_rescheduled(hand.wake.abort)
            if not self.kernel.open:
                return  # sent home, as the run is over
            await hand.work()
            hand.wake = self.kernel.sleeper(IDLE)
