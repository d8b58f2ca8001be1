"""The one source of every decision that is not the program's own, recorded and replayed by name.

Each choice has a calm value: the message is not lost, the process does not crash, first come is first served.
A run is its story plus its deviations from calm, and a deviation has a name that means something:
`wechat→merchant payment.notify P1-1 #2: delayed 3m1s`. The name is place + business key + #n, where n counts
within that name only, so that dropping one deviation does not make another hit a different message.

A draw is counter-based: a mix of the seed, a hash of the name, and n. It therefore depends on nothing that
happened elsewhere in the run, nor on the process, the hash seed or the Python version.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from functools import lru_cache
from hashlib import blake2b
from typing import Final

import attrs

Value = int | str | tuple[int, ...] | None

_MASK: Final = (1 << 64) - 1
_GOLDEN: Final = 0x9E3779B97F4A7C15
_STRIDE: Final = (
    0xD1B54A32D192ED03  # between two draws of a name; no small multiple of _GOLDEN, so they do not overlap
)
CHOOSE: Final = "choose "  # what a customer does begins so
BATCH: Final = "batch "
COUPON: Final = " coupon"
_RANKS: Final = {"first": -1, "last": 1}


class Source(Enum):
    """Where the values of the choices come from."""

    CALM = "calm"  # every choice takes its calm value, nothing is counted
    SEED = "seed"
    SCRIPT = "script"  # recorded deviations, and calm for all the rest


def _value(value: object) -> Value:
    if isinstance(value, list | tuple) and all(type(one) is int for one in value):
        return tuple(value)
    if value is None or type(value) in (int, str):
        return value  # type: ignore[return-value]  # an int, a str or None
    raise ValueError(f"a choice takes a whole number, a word, or several whole numbers, not {value!r}")


@attrs.frozen
class Deviation:
    """One choice that did not take its calm value. `at` is when it was made, in milliseconds of the run.

    A list is taken for a tuple, so that what was written as JSON can be read again.
    """

    name: str
    n: int
    value: Value = attrs.field(converter=_value)
    at: int = 0

    @property
    def key(self) -> tuple[str, int]:
        """What tells it from every other deviation of a run."""
        return self.name, self.n

    def __str__(self) -> str:
        return f"{self.name} #{self.n}: {_in_words(self.name, self.value)}"


class Bits:
    """An endless row of well-mixed 64-bit numbers that belongs to one draw."""

    __slots__ = ("_state",)

    def __init__(self, state: int) -> None:
        self._state = state

    def below(self, n: int) -> int:
        """A whole number from 0 to n - 1: splitmix64 (Steele, Lea and Flood, 2014), scaled down."""
        self._state = z = (self._state + _GOLDEN) & _MASK
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
        return ((z ^ (z >> 31)) * n) >> 64

    def next(self) -> int:
        """The next 64 bits."""
        return self.below(1 << 64)

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + self.below(high - low + 1)

    def happens(self, per_million: int) -> bool:
        """True so many times in a million."""
        return self.below(1_000_000) < per_million


class Choices:
    """Answers every choice of one run, and keeps what deviated from calm."""

    def __init__(
        self,
        *,
        seed: int | None = None,
        script: Iterable[Deviation] | None = None,
        now: Callable[[], int] = lambda: 0,
    ) -> None:
        if seed is not None and script is not None:
            raise ValueError("choices come from a seed or from recorded deviations, not from both")
        if seed is not None and not 0 <= seed <= _MASK:
            raise ValueError(f"a seed is a whole number from 0 to {_MASK}, not {seed!r}")
        self.source = (
            Source.SEED if seed is not None else Source.SCRIPT if script is not None else Source.CALM
        )
        self.calm = self.source is Source.CALM
        self.draws = 0
        self._seed = 0 if seed is None else Bits(seed).next()
        self._script = {deviation.key: deviation for deviation in script or ()}
        self._consumed: dict[tuple[str, int], bool] = {}
        self._taken: list[tuple[str, int, Value, int]] = []
        self._counts: dict[str, int] = {}
        self._now = now

    def draw(self, name: str, calm: Value, sample: Callable[[Bits], Value] | None) -> Value:
        """Make a choice: `calm` on a calm run, else what `sample` makes of bits or what was recorded.

        Without a `sample` a seed cannot but choose `calm`: the choice is counted, and nothing is drawn.
        """
        if self.calm:
            return calm
        self._counts[name] = n = self._counts.get(name, 0) + 1
        return self._decide(name, n, calm, sample)

    def count(self, name: str) -> int:
        """Count one more choice of this name, and say which it is; the first is 1."""
        self._counts[name] = n = self._counts.get(name, 0) + 1
        return n

    def _decide(self, name: str, n: int, calm: Value, sample: Callable[[Bits], Value] | None) -> Value:
        if self.source is Source.SEED:
            if sample is None:
                return calm
            value = sample(Bits((self._seed ^ _hash(name)) + n * _STRIDE))
        elif (recorded := self._script.get((name, n))) is not None:
            self._consumed[name, n] = True
            value = recorded.value
        else:
            return calm
        self.draws += 1
        if value != calm:
            self._taken.append((name, n, value, self._now()))
        return value

    def rank(self, place: str, n: int) -> int:
        """Say whether a wake-up that competes with others is moved first, last, or not at all."""
        value = self._decide(place, n, None, _move)
        return _RANKS.get(value, 0) if isinstance(value, str) else 0

    def pick(self, places: Sequence[str]) -> int:
        """Pick one of several tasks that code which is not ours made ready at once; calm is the first."""
        value = self.draw(f"{BATCH}{places[0]}", 0, lambda bits: bits.below(len(places)))
        return min(value, len(places) - 1) if isinstance(value, int) else 0

    def option(self, name: str, options: int) -> int:
        """Pick one of so many options, as a customer does; calm is the first."""
        value = self.draw(f"{CHOOSE}{name}", 0, lambda bits: bits.below(options))
        return min(value, options - 1) if isinstance(value, int) else 0

    @property
    def taken(self) -> list[Deviation]:
        """The choices that did not take their calm value, in the order in which they were made."""
        return [Deviation(*row) for row in self._taken]

    @property
    def unused(self) -> tuple[Deviation, ...]:
        """The recorded deviations that named something which did not happen."""
        return tuple(deviation for key, deviation in self._script.items() if key not in self._consumed)


def _move(bits: Bits) -> Value:
    chance = bits.below(4)
    return "first" if chance == 0 else "last" if chance == 1 else None


@lru_cache(maxsize=1 << 16)
def _hash(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big")


def _in_words(name: str, value: Value) -> str:
    match value:
        case int() if name.startswith(CHOOSE):
            return f"option {value} in place of 0"
        case int() if name.startswith(BATCH):
            return f"number {value} of those that are ready goes first"
        case int() if name.endswith(COUPON):
            return f"a coupon pays {value} minor units"
        case int():
            return f"{value} ms"
        case tuple():
            return "delivered more than once, after " + " and ".join(f"{ms} ms" for ms in value)
        case _:
            return str(value)
