"""A run beside another: most of its deviations kept, others dropped or drawn anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from paytwice.choices.bits import Bits, bits_of
from paytwice.choices.deviation import Deviation, Value
from paytwice.choices.sources import Sample

CHANGED: Final = (1, 4, 16)  # of 64 deviations so many are dropped, and as many drawn anew
SPRINKLED: Final = (1, 4, 16)  # of 64 choices that were calm so many are drawn


class Mutated:
    """The deviations of an earlier run, changed as `seed` has it.

    Half of the seeds *branch*: all is as it was up to some deviation, and from there on every choice is drawn
    anew, as if the run had been stopped there and gone on otherwise. The other half *sprinkle*: all along
    the run a few deviations are dropped or drawn anew, and a few choices that were calm are drawn.
    """

    unused: Final = ()  # it is no replay: what does not happen any more is not missed

    def __init__(self, deviations: Sequence[Deviation], seed: int) -> None:
        bits = Bits(seed)
        self._seed = bits.next()
        self._branches = bits.below(2) == 0
        kept = bits.below(len(deviations) + 1) if self._branches else len(deviations)
        self._left = {one.key: one.value for one in deviations[:kept]}
        self._changed = CHANGED[bits.below(len(CHANGED))]
        self._sprinkled = SPRINKLED[bits.below(len(SPRINKLED))]

    def value(self, name: str, n: int, calm: Value, sample: Sample | None) -> Value:
        """Take what was recorded, or change it."""
        kept = self._left.pop((name, n), calm)
        if self._branches:
            is_before = self._left or kept != calm
            return kept if is_before or sample is None else sample(bits_of(self._seed, name, n))
        bits = bits_of(self._seed, name, n)
        chance = bits.below(64)
        if kept == calm:
            return calm if sample is None or chance >= self._sprinkled else sample(bits)
        if chance < self._changed:
            return calm
        return sample(bits) if sample is not None and chance < 2 * self._changed else kept
