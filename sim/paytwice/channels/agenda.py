"""What a desk wants to do by itself, and when: a heap with a question that costs nothing."""

from __future__ import annotations

import heapq
from typing import NamedTuple

import attrs

from paytwice.vocabulary import Word


class Task(Word):
    """The things a desk does without being asked."""

    SEND = "SEND"  # a rung of a notification's ladder
    FINISH = "FINISH"  # a refund reaches its end
    EXPIRE = "EXPIRE"  # an unpaid trade is closed by the channel
    BOOK_AGAIN = "BOOK_AGAIN"  # a payment is booked a second time, by mistake
    GIVE_UP = "GIVE_UP"  # a refund that the merchant's account never covered is closed
    GIVE_BACK = "GIVE_BACK"  # what a bank paid too late goes back to the customer
    TELL_FINISHED = "TELL_FINISHED"  # a paid trade can no longer be refunded, at channels that tell of it


class Item(NamedTuple):
    """One task; `order` keeps what is due in the same millisecond in the order it was planned."""

    at: int
    order: int
    task: Task
    key: str


@attrs.define
class Agenda:
    """Tasks by the time they are due. A task that has become pointless is struck off by its key."""

    _heap: list[Item] = attrs.Factory(list)
    _struck: dict[tuple[Task, str], int] = attrs.Factory(dict)
    _planned: int = 0

    def plan(self, at: int, task: Task, key: str) -> None:
        """Do this then."""
        self._planned += 1
        heapq.heappush(self._heap, Item(at, self._planned, task, key))

    def strike(self, task: Task, key: str) -> None:
        """Forget what was planned for this key so far."""
        self._struck[task, key] = self._planned

    def due(self) -> int | None:
        """When the next task is due."""
        while self._heap and self._is_struck(self._heap[0]):
            heapq.heappop(self._heap)
        return self._heap[0].at if self._heap else None

    def take(self, now: int) -> Item | None:
        """The next task that is due by now, which is then off the agenda."""
        due = self.due()
        return heapq.heappop(self._heap) if due is not None and due <= now else None

    def _is_struck(self, item: Item) -> bool:
        return bool(self._struck) and self._struck.get((item.task, item.key), 0) >= item.order
