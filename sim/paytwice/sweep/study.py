"""A what-if study as a whole: played, and told as rows."""

from __future__ import annotations

import csv
import io
import shlex
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import attrs

from paytwice.choices.bits import MASK
from paytwice.sweep.cells import Cell, cell, to_look_at
from paytwice.sweep.grid import Grid, grid
from paytwice.sweep.grid import SweepError as SweepError
from paytwice.sweep.measure import Changes, Measured
from paytwice.sweep.store import SweepStore
from paytwice.sweep.work import Tell, play_all, tasks

Rows = Literal["cells", "runs"]


@attrs.frozen(eq=False)
class Sweep:
    """The runs of a grid, by combination and seed. `title` is the story in a sentence."""

    grid: Grid
    title: str
    runs: tuple[Measured, ...]

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """A cell for each combination of which there is a run, in the order of the grid."""
        by_changes: dict[Changes, list[Measured]] = {}
        for one in self.runs:
            by_changes.setdefault(one.changes, []).append(one)
        return tuple(self._cell(changes, runs) for changes, runs in by_changes.items())

    def _cell(self, changes: Changes, runs: Sequence[Measured]) -> Cell:
        first = to_look_at(runs)
        return cell(dict(changes), runs, self.command(first), first.seed)

    def command(self, run: Measured) -> str:
        """The command that plays one of the runs again."""
        return shlex.join(self.grid.plot(run.changes).command(run.seed))

    def rows(self, of: Rows = "cells") -> list[dict[str, Any]]:
        """Flat rows of cells or of runs: settings by their names, what was measured, a command."""
        if of == "runs":
            return [{**one.row(), "command": self.command(one)} for one in self.runs]
        return [one.row() for one in self.cells]

    def csv(self, of: Rows = "cells") -> str:
        """The rows as CSV, with a line of names first; what there is none of is empty."""
        text, rows = io.StringIO(), self.rows(of)
        writer = csv.DictWriter(text, list(rows[0]) if rows else ["runs"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return text.getvalue()

    def to_pandas(self, of: Rows = "cells") -> Any:
        """The rows as a DataFrame. Raises SweepError where pandas is not installed."""
        try:
            import pandas
        except ImportError:
            raise SweepError(
                "to_pandas() needs pandas, which is not installed: pip install pandas. "
                "rows() and csv() need nothing"
            ) from None
        return pandas.DataFrame(self.rows(of))


def sweep(
    scenario: str,
    values: Mapping[str, Sequence[str]],
    *,
    seeds: int = 100,
    begin: int = 0,
    jobs: int = 1,
    store: str | Path | None = None,
    merchant: str | None = None,
    profile: str | None = None,
) -> Sweep:
    """Play a scenario or world, by name or path, with so many seeds under each combination of values.

    `values` are texts as `--set` takes them, by the name of the setting. More than one job are processes: a
    script needs `if __name__ == "__main__":` then. With a store, a SQLite file, what it has is not played
    again. Raises SweepError that says what is wrong with a name or a value.
    """
    if type(seeds) is not int or seeds < 1:
        raise SweepError(f"a sweep needs 1 seed or more, not {seeds!r}")
    if type(jobs) is not int or jobs < 1:
        raise SweepError(f"a sweep needs 1 job or more, not {jobs!r}")
    if type(begin) is not int or not 0 <= begin <= MASK + 1 - seeds:
        raise SweepError(f"seeds are from 0 to 2^64-1, not {seeds} from {begin!r} on")
    made = grid(scenario, with_profile(values, profile), merchant)
    kept = SweepStore(None if store is None else Path(store))
    try:
        return played(made, range(begin, begin + seeds), kept, jobs)
    finally:
        kept.close()


def with_profile(values: Mapping[str, Sequence[str]], profile: str | None) -> Mapping[str, Sequence[str]]:
    """The values, and the profile where one is given by itself. Raises SweepError where it is given twice."""
    if profile is None:
        return values
    if "profile" in values:
        raise SweepError(f"the profile is given twice: as {profile} and among the values")
    return {"profile": [profile], **values}


def _nobody(_runs: Sequence[Measured]) -> None:
    """Tell nobody."""


def played(made: Grid, seeds: range, store: SweepStore, jobs: int, tell: Tell = _nobody) -> Sweep:
    """Play what the store has not got, and read what was asked for."""
    store.begin(made)
    play_all(tasks(made, seeds, store), store, jobs, tell)
    return read(made, seeds, store)


def read(made: Grid, seeds: range, store: SweepStore) -> Sweep:
    """What a store has of a grid and some seeds, all of it or not."""
    title = made.plot(next(made.combinations())).loaded().scenario.title
    return Sweep(made, title, tuple(_runs(made, seeds, store)))


def kept(path: str | Path) -> Sweep:
    """What the file of a sweep has, also while it is played. Raises SweepError that says what is wrong."""
    store = SweepStore.opened(Path(path))
    try:
        return read(store.grid(), store.all_seeds(), store)
    finally:
        store.close()


def _runs(made: Grid, seeds: range, store: SweepStore) -> Iterable[Measured]:
    for changes in made.combinations():
        yield from (one for one in store.runs(changes) if one.seed in seeds)
