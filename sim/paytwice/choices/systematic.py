"""Decisions by number, one after the other, with the number of alternatives that each had."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from paytwice.choices.bits import Bits
from paytwice.choices.deviation import BATCH, CHOOSE, Value
from paytwice.choices.line import Behind, Contender
from paytwice.choices.sources import Sample


class Systematic:
    """Takes the decisions of a script, then the first alternative; all that is not about order stays calm.

    A decision is who goes first of those that are ready at once; with `options` also what a customer chooses,
    and with `foreign` in which order trio runs the tasks that code which is not ours made ready.
    """

    name: Final = "depth-first"
    unused: Final = ()
    steady: Final = True

    def __init__(self, script: Sequence[int] = (), *, options: bool = False, foreign: bool = False) -> None:
        self._script = script
        self._line = Behind()
        self._decides = (CHOOSE,) * options + (BATCH,) * foreign
        self.taken: list[int] = []
        self.alternatives: list[int] = []  # of each decision that was taken

    def choose(self, ready: Sequence[Contender]) -> int:
        """The index of who goes; those that it passes over are moved behind all others."""
        line = self._line.in_line(ready)
        passed = self.decide(len(ready))
        for index in line[:passed]:
            self._line.move(ready[index])
        return line[passed]

    def value(self, name: str, n: int, calm: Value, sample: Sample | None) -> Value:
        """Decide what is open to decision, and leave the rest calm."""
        return calm if sample is None or not name.startswith(self._decides) else sample(_Decided(self))

    def decide(self, alternatives: int) -> int:
        """The next decision; where the script names an alternative that is not there, it is the last one."""
        depth = len(self.taken)
        wanted = self._script[depth] if depth < len(self._script) else 0
        self.taken.append(min(wanted, alternatives - 1))
        self.alternatives.append(alternatives)
        return self.taken[-1]


class _Decided(Bits):
    """Bits that are decided, so that whoever draws from them picks what the script says."""

    __slots__ = ("_source",)

    def __init__(self, source: Systematic) -> None:
        super().__init__(0)
        self._source = source

    def below(self, n: int) -> int:
        """The decision between so many."""
        return self._source.decide(n)
