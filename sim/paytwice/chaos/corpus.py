"""Runs that reached what none before them had: what is worth being mutated.

Seeds level off: the thousandth finds little that the first hundred did not. A run that came to something
rare is near to more of its kind, so campaigns play it again with small changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

import attrs

from paytwice.story.plot import Origin

DEEPEST: Final = 6  # mutations upon mutations; each has to be played again to get to the next
BRED: Final = 10  # mutations of a run at a time


@attrs.define
class Kept:
    """A run that reached something first."""

    origin: Origin
    reached: tuple[str, ...]  # what no run before had
    used: int = 0  # mutations made of it


@attrs.define
class Corpus:
    """What runs of one plot have reached, and those that did so first."""

    counts: Counter[str] = attrs.field(factory=Counter)
    kept: list[Kept] = attrs.field(factory=list)

    def learn(self, origin: Origin, reached: Iterable[str]) -> None:
        """Take in what a run reached; the same runs in the same order make the same corpus."""
        names = tuple(reached)
        new = tuple(name for name in names if not self.counts[name])
        self.counts.update(names)
        if new and len(origin) <= DEEPEST:
            self.kept.append(Kept(origin, new))

    def breed(self, number: int) -> list[Origin]:
        """So many mutations, of runs whose like is rare and that were used least."""
        bred: list[Origin] = []
        while self.kept and len(bred) < number:
            one = min(self.kept, key=self._worth)  # the first of equals
            for _ in range(min(BRED, number - len(bred))):
                one.used += 1
                bred.append((*one.origin, one.used))
        return bred

    def _worth(self, one: Kept) -> tuple[int, int]:
        return one.used // BRED, min(self.counts[name] for name in one.reached)
