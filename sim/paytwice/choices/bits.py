"""Well-mixed bits that depend on a seed, a name and a number alone: the same on every machine and Python."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from typing import Final

MASK: Final = (1 << 64) - 1
_GOLDEN: Final = 0x9E3779B97F4A7C15
STRIDE: Final = (
    0xD1B54A32D192ED03  # between two draws of a name; no small multiple of _GOLDEN, so they do not overlap
)


class Bits:
    """An endless row of well-mixed 64-bit numbers that belongs to one draw."""

    __slots__ = ("_state",)

    def __init__(self, state: int) -> None:
        self._state = state

    def below(self, n: int) -> int:
        """A whole number from 0 to n - 1: splitmix64 (Steele, Lea and Flood, 2014), scaled down."""
        self._state = z = (self._state + _GOLDEN) & MASK
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return ((z ^ (z >> 31)) * n) >> 64

    def next(self) -> int:
        """The next 64 bits."""
        return self.below(1 << 64)

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + self.below(high - low + 1)

    def happens(self, per_million: int) -> bool:
        """True so many times in a million; what never happens costs no mixing, and takes its number still."""
        if not per_million:
            self._state += _GOLDEN
            return False
        return self.below(1_000_000) < per_million


def bits_of(seed: int, name: str, n: int) -> Bits:
    """The bits of the n-th draw of a name; `seed` is well mixed already."""
    return Bits((seed ^ hash_of(name)) + n * STRIDE)


@lru_cache(maxsize=1 << 16)
def hash_of(name: str) -> int:
    """64 bits of a name."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big")
