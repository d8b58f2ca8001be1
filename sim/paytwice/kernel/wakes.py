"""Who is to be woken: wake-ups that are ready compete, and those that are due later wait on a heap.

Wake-ups that are ready in the same millisecond are a choice. Calm is first come, first served; otherwise each
has a name (its place, and how often that place has been woken) and may be moved (`choices.line`).

A wake-up carries no value: who waits looks again when woken. So one that is meant for a waiter that has been
cancelled harms nobody, and an abort function has nothing to do but to make it dead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from typing import Protocol

import trio
from trio.lowlevel import Abort


class Wake:
    """One wake-up: of a task, or of a callback. It is dead when neither is set."""

    __slots__ = ("call", "n", "order", "place", "rank", "task")
    n: int  # which wake-up of this place it is; the first is 1, and nobody counts on calm runs
    order: int
    rank: int | None  # what those who choose make of it; None when it competes for the first time

    def __init__(
        self,
        place: str,
        task: trio.lowlevel.Task | None = None,
        call: Callable[[], object] | None = None,
    ) -> None:
        self.place = place
        self.task = task
        self.call = call
        if task is not None:
            task.custom_sleep_data = self  # trio forgets it when the task is woken

    @property
    def alive(self) -> bool:
        """Say whether it still wakes somebody."""
        return self.task is not None or self.call is not None

    def kill(self) -> None:
        """Make it wake nobody."""
        self.task = self.call = None

    def abort(self, _raise_cancel: object) -> Abort:
        """Be trio's abort function. Trio calls them in an order of its own, so they only remove."""
        self.task = None
        return Abort.SUCCEEDED


class Scheduling(Protocol):
    """Says who of several ready wake-ups goes first; `Choices` is one."""

    calm: bool
    counts: dict[str, int]  # of wake-ups so far, by place

    def choose(self, ready: Sequence[Wake]) -> int:
        """The index of the wake-up that goes first; at least two are ready, in the order they came."""

    def pick(self, places: Sequence[str]) -> int:
        """Pick one of several tasks that foreign code made ready at once."""


class Wakes:
    """The ready list and the heap of timers of one run."""

    __slots__ = ("_order", "counts", "ready", "scheduling", "timers")

    def __init__(self, scheduling: Scheduling | None = None) -> None:
        self.ready: list[Wake] = []
        self.timers: list[tuple[int, int, Wake]] = []
        self.scheduling = scheduling if scheduling is not None and not scheduling.calm else None
        self.counts = None if self.scheduling is None else self.scheduling.counts
        self._order = 0

    def enqueue(self, wake: Wake) -> None:
        """Make a wake-up ready."""
        counts = self.counts
        if counts is not None:
            self._order += 1
            wake.order = self._order
            counts[wake.place] = wake.n = counts.get(wake.place, 0) + 1
            wake.rank = None
        self.ready.append(wake)

    def push(self, at: int, wake: Wake) -> None:
        """Make a wake-up ready at a millisecond."""
        self._order += 1
        heappush(self.timers, (at, self._order, wake))

    def next_due(self) -> int | None:
        """The millisecond of the earliest living timer."""
        timers = self.timers
        while timers:
            at, _, wake = timers[0]
            if wake.task is not None or wake.call is not None:
                return at
            heappop(timers)
        return None

    def ripen(self, at: int) -> None:
        """Make all timers of a millisecond ready."""
        timers = self.timers
        while timers and timers[0][0] <= at:
            wake = heappop(timers)[2]
            if wake.task is None and wake.call is None:
                continue
            if self.scheduling is None:
                self.ready.append(wake)
            else:
                self.enqueue(wake)

    def take(self) -> Wake | None:
        """Take the wake-up that goes first out of the ready list; None if it was dead."""
        ready = self.ready
        if self.scheduling is None or len(ready) == 1:
            wake = ready.pop(0)
            return wake if wake.task is not None or wake.call is not None else None
        living = [wake for wake in ready if wake.task is not None or wake.call is not None]
        if len(living) < 2:
            ready.clear()
            return living[0] if living else None
        first = living.pop(self.scheduling.choose(living))
        self.ready = living
        return first

    def is_empty(self) -> bool:
        """Say whether nobody is ready and no timer runs."""
        return self.next_due() is None and not any(wake.alive for wake in self.ready)

    def clear(self) -> None:
        """Forget all of them; nobody is called any more, and who waits to be called is let go of."""
        for wake in (*self.ready, *(timer[2] for timer in self.timers)):
            wake.call = None
        self.ready.clear()
        self.timers.clear()
