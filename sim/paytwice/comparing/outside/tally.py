"""Two merchants compared with many seeds: how many are equal, in what they first differ, who is right."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final

import attrs

from paytwice.comparing.outside.comparison import Comparison
from paytwice.comparing.outside.facts import KINDS, Kind
from paytwice.report.findings import hanging
from paytwice_core import Money

Lines = Iterator[tuple[str, str]]
Command = Callable[[int], tuple[str, ...]]  # the words of the command that shows a seed
VERDICTS: Final = ("ok", "violated", "unknown", "ended early")


@attrs.frozen
class Example:
    """A seed in which two merchants differ; its size counts the decisions of chance in both runs."""

    seed: int
    size: int
    at: int
    says: str  # what came of it, or that both end alike

    @classmethod
    def of(cls, compared: Comparison) -> Example:
        """Keep of a comparison what will be told, and let go of its journals."""
        a, b, first = compared.a.run, compared.b.run, compared.first
        assert a.seed is not None, "it was played with a seed"
        assert first is not None, "they differ"
        says = next(iter(compared.in_the_end), "they end alike")
        return cls(a.seed, len(a.deviations) + len(b.deviations), first.at, says)


@attrs.define
class Tally:
    """What was counted; `first` and `smallest` are an example of each kind in which they first differ."""

    seeds: int = 0
    same: int = 0
    same_in_the_end: int = 0  # of those that differ on the way
    kinds: Counter[Kind] = attrs.field(factory=Counter)
    verdicts: Counter[tuple[str, str]] = attrs.field(factory=Counter)
    first: dict[Kind, Example] = attrs.field(factory=dict)
    smallest: dict[Kind, Example] = attrs.field(factory=dict)
    kept: Counter[tuple[str, str]] = attrs.field(factory=Counter)  # more than the other, by side and currency

    def take(self, compared: Comparison) -> None:
        """Count one seed."""
        self.seeds += 1
        self.verdicts[compared.a.verdict[0], compared.b.verdict[0]] += 1
        if compared.first is None:
            self.same += 1
            return
        self.same_in_the_end += compared.same_in_the_end
        kind, example = compared.first.kind, Example.of(compared)
        self.kinds[kind] += 1
        self.first.setdefault(kind, example)
        self.smallest[kind] = min(self.smallest.get(kind, example), example, key=lambda one: one.size)
        for order, mine in compared.a.ends.items():
            theirs = compared.b.ends.get(order)
            more = mine.kept - (0 if theirs is None else theirs.kept)
            if more:
                self.kept["A" if more > 0 else "B", compared.a.run.currency] += abs(more)

    @property
    def differ(self) -> int:
        """How many seeds are not the same."""
        return self.seeds - self.same

    def lines(self, names: tuple[str, str], command: Command) -> Lines:
        """The tally in words, as lines with a style each."""
        yield f"A  {names[0]}", "bold"
        yield f"B  {names[1]}", "bold"
        yield "", ""
        if not self.differ:
            yield f"Nobody outside can tell A from B in any of {_seeds(self.seeds)}", "bold green"
        else:
            end = self.differ - self.same_in_the_end
            yield (
                f"They differ in {self.differ} of {_seeds(self.seeds)}, in {end} of them in the end",
                "bold red",
            )
        for (side, currency), minor in sorted(self.kept.items()):
            yield f"  {side} keeps {Money(minor, currency).display} that {'AB'.strip(side)} does not keep", ""
        yield from self._kinds(command)
        yield "", ""
        yield "Verdicts", "bold"
        for (a, b), count in sorted(self.verdicts.items(), key=_rank):
            yield f"  {count:>7}  {f'both {a}' if a == b else f'A {a}, B {b}'}", "" if a == b else "yellow"

    def _kinds(self, command: Command) -> Lines:
        if self.kinds:
            yield "", ""
            yield "In what they first differ", "bold"
        for kind in (one for one in KINDS if self.kinds[one]):
            first, small = self.first[kind], self.smallest[kind]
            yield f"  {self.kinds[kind]:>7}  {kind}", ""
            yield from hanging(f"{'':11}", f"seed {small.seed}: {small.says}")
            yield f"{'':11}{shlex.join(command(small.seed))}", "dim"
            if first.seed != small.seed:
                yield f"{'':11}it is the one with the fewest decisions; the first is seed {first.seed}", "dim"

    def as_json(self, names: tuple[str, str], command: Command) -> dict[str, Any]:
        """The tally as one object: amounts in minor units, times in milliseconds."""

        def told(one: Example) -> dict[str, Any]:
            return {**attrs.asdict(one), "command": shlex.join(command(one.seed))}

        return {
            "a": names[0],
            "b": names[1],
            "seeds": self.seeds,
            "same": self.same,
            "differ": self.differ,
            "same_in_the_end": self.same + self.same_in_the_end,
            "kept_more": [
                {"by": by, "currency": currency, "minor": minor}
                for (by, currency), minor in sorted(self.kept.items())
            ],
            "verdicts": [
                {"a": a, "b": b, "seeds": count} for (a, b), count in sorted(self.verdicts.items(), key=_rank)
            ],
            "kinds": [
                {
                    "kind": kind.value,
                    "seeds": self.kinds[kind],
                    "first": told(self.first[kind]),
                    "smallest": told(self.smallest[kind]),
                }
                for kind in KINDS
                if self.kinds[kind]
            ],
        }


def _rank(counted: tuple[tuple[str, str], int]) -> tuple[int, int]:
    (a, b), _ = counted
    return VERDICTS.index(a), VERDICTS.index(b)


def _seeds(n: int) -> str:
    return f"{n} seed{'s' * (n != 1)}"
