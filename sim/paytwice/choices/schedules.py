"""Schedules: ways to draw who goes first of those that are ready in the same millisecond.

No one way is best. Uniform moves spread over all orders, and rarely hold one task back for long; the three
others look for the few delays or the one order that a bug needs. A portfolio gives each seed one of them.

Each decides from the seed, the names of the wake-ups and its own count of competitions: the times at which at
least two were ready, the steps of the papers. How many a run will have is not known when it begins. Over the
shipped scenarios and busy_shop, calm and rough, the median of 150 seeds lies between 7 and 53 and the largest
number was 126. So each seed draws a horizon of 8, 16, 32, 64 or 128, which costs the bounds below a factor of
five at most, and holds them for all runs of up to 128 competitions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from paytwice.choices.bits import Bits, bits_of
from paytwice.choices.line import Behind, Contender, Schedule
from paytwice.choices.sources import Seeded

UNIFORM: Final = "uniform"
PORTFOLIO: Final = "portfolio"
_SHORTEST: Final = 8  # the horizons: this, and its doubles
_HORIZONS: Final = 5
_DEPTHS: Final = 3
_ORDER: Final = re.compile(r"\b(P[^ -]*)")


def task_of(place: str) -> str:
    """Who waits at a place: `merchant ship P1 store.commit` is a step of `merchant ship P1`.

    Three words name a handler or a worker with its key, a delivery by its kind, or a side of a story.
    """
    return " ".join(place.split(" ", 3)[:3])


def is_race(one: str, other: str) -> bool:
    """Whether two places belong to one actor and may be about one order: what they touch may be the same."""
    if _actor(one) != _actor(other):
        return False
    orders = _ORDER.search(one), _ORDER.search(other)
    return orders[0] is None or orders[1] is None or orders[0][1] == orders[1][1]


def _actor(place: str) -> str:
    actor = place.partition(" ")[0]
    return "merchant" if actor == "lock" else actor  # locks are those of the merchant's store


def _points(seed: int, name: str) -> dict[int, int]:
    """At which competitions something changes: up to three of a drawn horizon, numbered."""
    drawn = bits_of(seed, name, 0)
    horizon = _SHORTEST << drawn.below(_HORIZONS)
    return {drawn.between(1, horizon): number for number in range(drawn.between(1, _DEPTHS))}


class Pct:
    """Probabilistic concurrency testing: each task has a random priority, and the highest one runs.

    At up to three random competitions the one that would go drops below all others. Burckhardt, Kothari,
    Musuvathi and Nagarakatte (ASPLOS 2010): a bug of depth d, one that needs d orderings, is met with a
    probability of at least 1/(n·k^(d-1)) for n tasks and k steps. One to three drops are a d of 2 to 4.
    """

    name: Final = "pct"
    steady: Final = False

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._points = _points(seed, "schedule pct")
        self._dropped: dict[str, int] = {}  # the lower the later
        self._competitions = 0

    def choose(self, ready: Sequence[Contender]) -> int:
        """The index of who goes."""
        self._competitions += 1
        first = self._highest(ready)
        if self._competitions in self._points:
            self._dropped[task_of(ready[first].place)] = -1 - self._points[self._competitions]
            first = self._highest(ready)
        return first

    def _highest(self, ready: Sequence[Contender]) -> int:
        return max(range(len(ready)), key=lambda index: self._priority(task_of(ready[index].place)))

    def _priority(self, task: str) -> int:
        dropped = self._dropped.get(task)
        return bits_of(self._seed, f"schedule pct {task}", 1).next() if dropped is None else dropped


class Pos:
    """Partial order sampling: each wake-up has a random priority of its own, and the highest one goes.

    Those that race with it then draw again, and the others keep theirs, so that orders that nobody can tell
    apart are not tried twice as often. Yuan, Yang and Gu (CAV 2018) prove that the least likely partial order
    is exponentially likelier than under a random walk. There is no bound by depth, and what races is guessed
    here from the names of places: a wrong guess costs likelihood, and leaves no order out.
    """

    name: Final = "pos"
    steady: Final = False

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._drawn: dict[tuple[str, int], tuple[int, Bits]] = {}

    def choose(self, ready: Sequence[Contender]) -> int:
        """The index of who goes."""
        first = max(range(len(ready)), key=lambda index: self._priority(ready[index]))
        for index, one in enumerate(ready):
            if index != first and is_race(one.place, ready[first].place):
                bits = self._drawn[one.place, one.n][1]
                self._drawn[one.place, one.n] = bits.next(), bits
        return first

    def _priority(self, one: Contender) -> int:
        key = one.place, one.n
        if key not in self._drawn:
            bits = bits_of(self._seed, f"schedule pos {one.place}", one.n)
            self._drawn[key] = bits.next(), bits
        return self._drawn[key][0]


class Delay:
    """Delay bounding: first come, first served, but up to three wake-ups are moved behind all others.

    Messages take their usual time, so that the calm run is what is delayed, and more is ready at once in it.
    Emmi, Qadeer and Rakamarić (POPL 2011): d delays in k steps give at most k^d orders, and most bugs need
    few. A third of the seeds draw 1, 2, 3 each; of those one order with d delays is met with at least 1/k^d.
    """

    name: Final = "delay"
    steady: Final = True

    def __init__(self, seed: int) -> None:
        self._points = _points(seed, "schedule delay")
        self._line = Behind()
        self._competitions = 0

    def choose(self, ready: Sequence[Contender]) -> int:
        """The index of who goes."""
        self._competitions += 1
        first, second, *_ = self._line.in_line(ready)
        if self._competitions not in self._points:
            return first
        self._line.move(ready[first])
        return second


_DRAWN: Final[Mapping[str, Callable[[int], Schedule]]] = {"pct": Pct, "pos": Pos, "delay": Delay}
IN_TURN: Final = (UNIFORM, *_DRAWN)  # what a portfolio is made of
SCHEDULES: Final = (*IN_TURN, PORTFOLIO)


class Scheduled(Seeded):
    """Every choice is drawn from the seed, and a schedule decides who goes first."""

    def __init__(self, seed: int, make: Callable[[int], Schedule]) -> None:
        super().__init__(seed)
        schedule = make(self._seed)
        self.name = schedule.name
        self.steady = schedule.steady
        self.choose = schedule.choose


def scheduled(seed: int, word: str) -> Seeded:
    """The choices of a seed under a schedule; of a portfolio the seed alone says which."""
    source = Seeded(seed)
    name = source.one_of(PORTFOLIO, IN_TURN) if word == PORTFOLIO else word
    return source if name == UNIFORM else Scheduled(seed, _DRAWN[name])
