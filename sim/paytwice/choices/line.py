"""The line of those that are ready at once: who goes first, and what is kept of it.

Calm is first come, first served. A wake-up that has been moved is `first`, or `last`, or goes `after 3`
others that were ready with it. With `after` any order can be written down: in whatever order the wake-ups of
a run went, say of each that was overtaken by a later one how many had gone before it when that happened last.
Played again, it waits for just so many and then goes by its turn, which gives the same order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final, Protocol, TypeGuard

from paytwice.choices.deviation import AFTER, FIRST, LAST, Value

_FIRST: Final = -1
_LAST: Final = 1 << 62
_AFTER: Final = re.compile(AFTER + "([0-9]{1,9})")


class Contender(Protocol):
    """A wake-up that is ready: the n-th at its place. Who has come earlier has the smaller `order`."""

    place: str
    n: int
    order: int
    rank: int | None  # the line's own; None when it competes for the first time


class Schedule(Protocol):
    """Decides who goes first of those that are ready."""

    @property
    def name(self) -> str:
        """What reports call it."""

    @property
    def steady(self) -> bool:
        """Whether messages take their usual time, so that more of them arrive at once."""

    def choose(self, ready: Sequence[Contender]) -> int:
        """The index of who goes; at least two are ready, in the order in which they came."""


def is_schedule(source: object) -> TypeGuard[Schedule]:
    """Whether a source of choices decides that too. Every run asks, and comparing protocols is slow."""
    return hasattr(source, "choose")


Draw = Callable[[str, int], Value]
Keep = Callable[[int | None, str, int, Value], int]


class Behind:
    """First come, first served, but for those that were moved behind all others."""

    def __init__(self) -> None:
        self._moved: dict[tuple[str, int], int] = {}

    def in_line(self, ready: Sequence[Contender]) -> list[int]:
        """The indices of those that are ready, in the order in which they stand in line."""

        def place(index: int) -> tuple[int, int]:
            one = ready[index]
            return self._moved.get((one.place, one.n), 0), one.order

        return sorted(range(len(ready)), key=place)

    def move(self, one: Contender) -> None:
        """Move one behind all others, also those that come later; a second time changes nothing."""
        self._moved.setdefault((one.place, one.n), len(self._moved) + 1)


def is_move(value: Value) -> bool:
    """Whether it says where in line a wake-up goes."""
    return isinstance(value, str) and (value in _RANKS or _AFTER.fullmatch(value) is not None)


class Drawn:
    """Each wake-up is moved, or not, when it first competes: by chance, or as it was recorded."""

    __slots__ = ("_draw", "_gone")

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._gone = 0  # how many have gone before others that were ready

    def choose(self, ready: Sequence[Contender]) -> int:
        """The index of who goes."""
        best: tuple[int, int] | None = None
        first = 0
        for index, one in enumerate(ready):
            rank = one.rank
            if rank is None:
                one.rank = rank = self._rank(self._draw(one.place, one.n))
            # Of those moved first the last to come; then who waits for nobody any more; then who waits.
            place = (rank, -one.order) if rank < 0 else (rank if rank > self._gone else 0, one.order)
            if best is None or place < best:
                best, first = place, index
        self._gone += 1
        return first

    def _rank(self, value: Value) -> int:
        if not isinstance(value, str):
            return 0
        if value in _RANKS:
            return _RANKS[value]
        found = _AFTER.fullmatch(value)
        return self._gone + int(found[1]) if found is not None else 0


_RANKS: Final = {FIRST: _FIRST, LAST: _LAST}


class Kept:
    """A schedule decides, and of each that is overtaken it is kept how many went before."""

    __slots__ = ("_gone", "_keep", "_schedule", "_since")

    def __init__(self, schedule: Schedule, keep: Keep) -> None:
        self._schedule = schedule
        self._keep = keep
        self._gone = 0
        self._since: dict[int, int] = {}  # by rank: how many had gone when it first competed

    def choose(self, ready: Sequence[Contender]) -> int:
        """The index of who goes."""
        for one in ready:
            if one.rank is None:
                one.rank = self._keep(None, one.place, one.n, None)
                self._since[one.rank] = self._gone
        first = self._schedule.choose(ready)
        self._gone += 1
        for one in ready[:first]:
            assert one.rank is not None
            self._keep(one.rank, one.place, one.n, f"{AFTER}{self._gone - self._since[one.rank]}")
        return first
