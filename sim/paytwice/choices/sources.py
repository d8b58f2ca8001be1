"""Where the values of the choices come from: a seed, or what was recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, Protocol

from paytwice.choices.bits import MASK, STRIDE, Bits, bits_of, hash_of
from paytwice.choices.deviation import Deviation, Value

Sample = Callable[[Bits], Value]  # makes a value of bits, as often as a profile has it


class Source(Protocol):
    """Where the values of the choices come from; a calm run has none."""

    @property
    def unused(self) -> tuple[Deviation, ...]:
        """The recorded deviations that named something which did not happen."""

    def value(self, name: str, n: int, calm: Value, sample: Sample | None) -> Value:
        """Make the n-th choice of a name. Without a `sample` chance has no say in it."""


class Seeded:
    """Every choice is drawn from the seed, its name and n."""

    unused: Final = ()

    def __init__(self, seed: int) -> None:
        if not 0 <= seed <= MASK:
            raise ValueError(f"a seed is a whole number from 0 to {MASK}, not {seed!r}")
        self._seed = Bits(seed).next()

    def value(self, name: str, n: int, calm: Value, sample: Sample | None) -> Value:
        """Draw a value."""
        if sample is None:
            return calm
        return sample(Bits((self._seed ^ hash_of(name)) + n * STRIDE))  # bits_of, on the spot

    def one_of(self, name: str, words: Sequence[str]) -> str:
        """Draw a word that holds for the whole run, so that it is no choice in it."""
        return words[bits_of(self._seed, name, 0).below(len(words))]


class Scripted:
    """The deviations of an earlier run, and calm for all the rest."""

    def __init__(self, deviations: Iterable[Deviation]) -> None:
        self._all = {deviation.key: deviation for deviation in deviations}
        self._left = dict(self._all)
        self._values = {key: deviation.value for key, deviation in self._all.items()}

    @property
    def unused(self) -> tuple[Deviation, ...]:
        """The deviations that named something which did not happen."""
        return tuple(self._left.values())

    def value(self, name: str, n: int, calm: Value, sample: Sample | None) -> Value:
        """Look a value up."""
        key = name, n
        self._left.pop(key, None)
        return self._values.get(key, calm)

    def misfits(self, name: str, n: int) -> None:
        """Hear that a value was none that can be here, so that its deviation did not happen after all."""
        self._left[name, n] = self._all[name, n]
