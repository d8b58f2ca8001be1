"""The source of a run whose choices Hypothesis makes.

A rough run asks for hundreds of choices, most of them never to be anything but calm. A draw for each would
leave Hypothesis with hundreds of numbers to shrink. So trouble is drawn from the top down:

1. how much trouble there is in the run at all; with none, nothing more is drawn;
2. of every few places, as they are first heard of, which one is in trouble, if any: a place is a choice's
   name without its numbers, such as `wechat→merchant payment.notify`;
3. of every few choices at a place in trouble, which of them deviate, and then how.

At each of these the simplest value is calm, so that shrinking takes away whole places first, then single
deviations, then makes small what is left. Every value of a draw means something else, for Hypothesis takes
two examples for different when one value in them is.

What a fault profile excludes does not happen; how often it lets things happen is another matter: Hypothesis
looks for trouble, and measures no rates.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Protocol

from hypothesis import strategies as st
from hypothesis.errors import HypothesisException, StopTest
from hypothesis.strategies import SearchStrategy

from paytwice.choices import CHOOSE, Bits, Sample, Value

MOST_DRAWS: Final = 2_000  # of one example; Hypothesis takes no more than 8 KiB, and a draw has up to 3 bytes
LEVELS: Final = (0, 64, 32, 16, 8)  # of so many places one is in trouble
FEW: Final = 3  # choices of a place are drawn together
TRIES: Final = 3  # at a value that is not calm, where one is wanted
LINGER: Final = "faults linger"  # where there is trouble, it may outlast the story: else short ones meet none
SMALL: Final = 4_096  # numbers below this are drawn as they are
STEP: Final = 2  # larger ones in four sizes, each so many powers of two above the one before

_NUMBERED: Final = re.compile(r"\S*\d\S*")


class Draw(Protocol):
    """Draws an example of a strategy, as the argument of a `@composite` function does."""

    def __call__(self, strategy: SearchStrategy[int], /) -> int: ...


class Luck:
    """Answers the choices of a run with what Hypothesis draws, as a `Source` of `simulate`.

    A choice is drawn once: a second run with the same luck meets the same fate at the same names. It lives
    as long as the example that it was drawn for.
    """

    unused: Final = ()

    def __init__(self, draw: Draw) -> None:
        self.draws = 0
        self._draw = draw
        self._stopped: BaseException | None = None
        self._bits = DrawnBits(self)
        self._known: dict[tuple[str, int], Value] = {}
        self._troubles: Troubles | None = None

    def value(self, name: str, n: int, calm: Value, sample: Sample | None) -> Value:
        """Make the n-th choice of a name.

        What Hypothesis raises to end an example must not be raised here, in the midst of somebody's task: it
        is kept for `end`, and until then all is calm.
        """
        if sample is None:
            return calm
        key = name, n
        if key not in self._known:
            self._known[key] = self._chosen(name, calm, sample)
        return self._known[key]

    def number(self, limit: int) -> int:
        """Draw a whole number from 0 to limit - 1; 0 when nothing more can be drawn."""
        if self._stopped is not None or self.draws >= MOST_DRAWS or limit <= 1:
            return 0
        self.draws += 1
        try:
            return self._draw(_numbers(limit))
        except (StopTest, HypothesisException) as error:
            self._stopped = error
            return 0

    def end(self) -> None:
        """Raise what Hypothesis has raised meanwhile, now that no task stands in between."""
        if self._stopped is not None:
            raise self._stopped

    def _chosen(self, name: str, calm: Value, sample: Sample) -> Value:
        if self._troubles is None:
            self._troubles = Troubles(self)
        if name.startswith(CHOOSE):  # what a customer does is the story, and no trouble
            value = sample(self._bits)
        elif self._troubles.reach(_place(name)):
            value = next((value for _ in range(TRIES) if (value := sample(self._bits)) != calm), calm)
        else:
            return calm
        return calm if self._stopped is not None else value

    def __repr__(self) -> str:
        return f"<Luck of {self.draws} draws>"


class Troubles:
    """Where in a run there is trouble, drawn as places are heard of."""

    def __init__(self, luck: Luck) -> None:
        self._luck = luck
        self._level = LEVELS[luck.number(len(LEVELS))]
        self._known = 0  # places
        self._marked = 0  # the one of the next few places that is in trouble, counted from 1
        self._left: dict[str, list[bool] | None] = {}  # which of the next choices deviate; None: it is spared

    def reach(self, place: str) -> bool:
        """Whether the next choice at a place deviates from calm."""
        if not self._level:
            return False
        if place == LINGER:
            return True
        if place not in self._left:
            self._left[place] = self._next_few(1) if self._is_next_marked() else None
        left = self._left[place]
        if left is None:
            return False
        if not left:
            left.extend(self._next_few(0))
        return left.pop()

    def _next_few(self, least: int) -> list[bool]:
        """Which of the next few choices of a place deviate, the last one first: `least` of them or more."""
        mask = least + self._luck.number((1 << FEW) - least)
        return [bool(mask >> bit & 1) for bit in reversed(range(FEW))]

    def _is_next_marked(self) -> bool:
        number = self._known % self._level
        self._known += 1
        if not number:
            self._marked = self._luck.number(self._level + 1)
        return number + 1 == self._marked


class DrawnBits(Bits):
    """Bits that are not mixed from a seed but drawn, so that what is made of them can be shrunk.

    A fault that is asked about here is one that a profile has, at a choice that deviates: it is as likely as
    not, however rare the profile has it.
    """

    __slots__ = ("_luck",)

    def __init__(self, luck: Luck) -> None:
        super().__init__(0)
        self._luck = luck

    def below(self, n: int) -> int:
        """A whole number from 0 to n - 1; of the large ones, small ones are as likely as large ones."""
        if n <= SMALL:
            return self._luck.number(n)
        return self._luck.number(n >> STEP * (3 - self._luck.number(4)))

    def happens(self, per_million: int) -> bool:
        """Whether it happens; that is the simplest, once it is known that something does."""
        return per_million > 0 and self._luck.number(2) == 0


@lru_cache(maxsize=1 << 12)
def _numbers(limit: int) -> SearchStrategy[int]:
    return st.integers(0, limit - 1)


@lru_cache(maxsize=1 << 14)
def _place(name: str) -> str:
    """A choice's name without the words that have a number in them."""
    return _NUMBERED.sub("", name)
