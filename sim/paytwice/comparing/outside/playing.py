"""Plays two merchants in one world, once or with many seeds, and compares what comes of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

import attrs

from paytwice.choices import Deviation
from paytwice.comparing.outside.comparison import Comparison, compare_runs
from paytwice.merchant.port import MerchantFactory
from paytwice.run import Run
from paytwice.story.plot import Plot, Stage
from paytwice.story.scenario import options_of

REFERENCE: Final = "reference"
AT_ONCE: Final = 20  # runs of each merchant that are kept until they are compared

Named = str | MerchantFactory


def compare(
    a: Named,
    b: Named,
    world: str,
    *,
    seed: int | None = None,
    deviations: Sequence[Deviation] | None = None,
    as_recorded: bool = False,
    changes: Mapping[str, str] | None = None,
) -> Comparison:
    """Play two merchants in one world and compare what was to be seen of them from outside.

    A merchant is a factory, `"module:factory"`, or `"reference"` for ours; a world is a scenario by name or
    path, and `changes` are settings as `--set` takes them. Both are played with the same `seed`, or with the
    same recorded `deviations`, or calm. With `as_recorded` B is played with what chance did to A and with
    nothing else. Raises LoadingError at a wrong name, ValueError at a wrong setting.
    """
    return Rivals.of(a, b, world, changes or {}).compare(seed, deviations, as_recorded=as_recorded)


@attrs.frozen
class Rivals:
    """Two merchants on the same stage."""

    a: Stage
    b: Stage
    names: tuple[str, str]

    @classmethod
    def of(cls, a: Named, b: Named, world: str, changes: Mapping[str, str]) -> Rivals:
        """Load a world for two merchants."""
        return cls(_stage(a, world, changes), _stage(b, world, changes), (_name(a), _name(b)))

    def compare(
        self,
        seed: int | None = None,
        deviations: Sequence[Deviation] | None = None,
        *,
        as_recorded: bool = False,
    ) -> Comparison:
        """Compare them once."""
        run = _play(self.a, seed, deviations)
        other = self.b.replay(run.deviations) if as_recorded else _play(self.b, seed, deviations)
        return compare_runs(run, other, names=self.names)

    def compare_seeds(self, seeds: Iterable[int], *, as_recorded: bool = False) -> Iterator[Comparison]:
        """Compare them with one seed after the other."""
        left = iter(seeds)
        while some := [*islice(left, AT_ONCE)]:
            mine: list[Run] = []
            theirs: list[Run] = []
            self.a.play_each(some, mine.append)
            if as_recorded:
                theirs = [self.b.replay(run.deviations) for run in mine]
            else:
                self.b.play_each(some, theirs.append)
            for one, other in zip(mine, theirs, strict=True):
                yield compare_runs(one, other, names=self.names)

    def command(self, seed: int, *, as_recorded: bool = False) -> tuple[str, ...]:
        """The words of the command that compares them with one seed."""
        plot = self.a.plot
        how = ("--as-recorded",) if as_recorded else ()
        options = options_of(plot.changes, None)
        return "paytwice", "compare", *self.names, plot.source, "--seed", str(seed), *options, *how


def _stage(merchant: Named, world: str, changes: Mapping[str, str]) -> Stage:
    if isinstance(merchant, str):
        return Plot(world, changes, None if merchant == REFERENCE else merchant).loaded()
    return attrs.evolve(Plot(world, changes).loaded(), factory=merchant)


def _name(merchant: Named) -> str:
    return merchant if isinstance(merchant, str) else getattr(merchant, "__name__", "a factory")


def _play(stage: Stage, seed: int | None, deviations: Sequence[Deviation] | None) -> Run:
    """Play a stage once, as the scenario has it where neither seed nor deviations are given."""
    return stage.scenario.play(
        seed=seed, deviations=deviations, changes=stage.plot.changes, merchant=stage.factory
    ).run
