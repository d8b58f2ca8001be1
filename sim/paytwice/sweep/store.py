"""The runs of a sweep in a SQLite file: one that was stopped goes on where it was, or with a larger grid."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import attrs

from paytwice import filed
from paytwice.sweep.grid import Grid, SweepError
from paytwice.sweep.measure import Changes, Measured, told, untold
from paytwice.wording import one_line

_SCHEMA: Final = """
create table if not exists sweep_v1 (source text not null, merchant text, axes text not null);
create table if not exists measured (
    changes text not null,
    seed text not null,
    told text not null,
    primary key (changes, seed)
) without rowid;
"""


@attrs.define(eq=False)
class SweepStore:
    """Runs by changes and seed; without a path they are kept for the store's time only."""

    path: Path | None
    _db: sqlite3.Connection = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        try:
            self._db = filed.opened(self.path, _SCHEMA, mark="sweep_v1")
        except sqlite3.Error as error:
            raise SweepError(f"{self.path} cannot be used for a sweep: {one_line(error)}") from None

    @classmethod
    def opened(cls, path: Path) -> SweepStore:
        """The file of a sweep, which may be running. Raises SweepError where there is none."""
        if not path.is_file():
            raise SweepError(f"there is no file {path}: `paytwice sweep --store {path}` would write one")
        return cls(path)

    def grid(self) -> Grid:
        """What was played last. Raises SweepError where nothing was."""
        row = self._begun()
        if row is None:
            raise SweepError(f"{self.path} has no sweep in it: it ended before it began")
        source, merchant, axes = row
        return Grid(source, {name: tuple(values) for name, values in json.loads(axes).items()}, merchant)

    def begin(self, grid: Grid) -> None:
        """Say what is played. Raises SweepError if the file has runs of another story or merchant."""
        row = self._begun()
        if row is not None and row[:2] != (grid.source, grid.merchant):
            whose = f" of {row[1]}" if row[1] else ""
            raise SweepError(f"{self.path} has runs of {row[0]}{whose}: take another file, or sweep the same")
        told = (grid.source, grid.merchant, json.dumps(dict(grid.axes), ensure_ascii=False))
        try:
            with filed.at_once(self._db):
                self._db.execute("delete from sweep_v1")
                self._db.execute("insert into sweep_v1 values (?, ?, ?)", told)
        except sqlite3.Error as error:
            raise SweepError(f"{self.path} takes no more runs: {one_line(error)}") from error

    def _begun(self) -> tuple[str, str | None, str] | None:
        rows = self._read("select source, merchant, axes from sweep_v1")
        return rows[0] if rows else None

    def _read(self, query: str, *values: str) -> list[Any]:
        try:
            return self._db.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise SweepError(f"{self.path} cannot be read as a sweep: {one_line(error)}") from None

    def add(self, runs: Iterable[Measured]) -> None:
        """Write down some runs, all or none of them."""
        rows = [(_key(one.changes), _digits(one.seed), json.dumps(told(one))) for one in runs]
        try:
            with filed.at_once(self._db):
                self._db.executemany("insert or replace into measured values (?, ?, ?)", rows)
        except sqlite3.Error as error:
            raise SweepError(f"{self.path} takes no more runs: {one_line(error)}") from error

    def seeds(self, changes: Changes) -> set[int]:
        """The seeds that have been played under some changes."""
        rows = self._read("select seed from measured where changes = ?", _key(changes))
        return {int(seed) for (seed,) in rows}

    def all_seeds(self) -> range:
        """From the first seed that was played to the last one."""
        ((least, most),) = self._read("select min(seed), max(seed) from measured")
        return range(0) if least is None else range(int(least), int(most) + 1)

    def runs(self, changes: Changes) -> Iterator[Measured]:
        """What was played under some changes, by seed."""
        query = "select seed, told from measured where changes = ? order by seed"
        try:
            for seed, kept in self._read(query, _key(changes)):
                yield untold(changes, int(seed), json.loads(kept))
        except (ValueError, TypeError) as error:
            raise SweepError(f"{self.path} is damaged: {one_line(error)}. Take another file") from None

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()


def _key(changes: Changes) -> str:
    """The same for the same settings, in whatever order they were given."""
    return json.dumps(dict(sorted(changes)), ensure_ascii=False)


def _digits(seed: int) -> str:
    """A seed as text that is sorted as its number is: half of all seeds are no integers of SQLite's."""
    return f"{seed:020}"
