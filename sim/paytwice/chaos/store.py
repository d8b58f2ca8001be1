"""The results of a campaign in a SQLite file: one that was killed lost the chunk in flight, and goes on."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import attrs
import cattrs

from paytwice import filed
from paytwice.chaos.coverage import TABLES
from paytwice.chaos.result import Result
from paytwice.errors import PaytwiceError
from paytwice.wording import one_line

FORMAT: Final = 2
_CONVERTER: Final = cattrs.Converter(unstruct_collection_overrides={tuple: list})
_SCHEMA: Final = """
create table if not exists campaign (format integer not null, plots text not null);
create table if not exists result (
    plot text not null,
    origin text not null,
    outcome text not null,
    digest text not null,
    told text not null,
    primary key (plot, origin)
) without rowid;
create table if not exists note (key text primary key, value text not null) without rowid;
"""
ASKED: Final = "asked"  # what the command that played last asked for
CANARY: Final = "canary"  # how many seeds it got, and the one that caught it, if one did
ENDED: Final = "ended"  # why the campaign ended; nothing while it is played, or where it was killed
ALL: Final = "select plot, told from result order by plot, length(origin), origin"


class StoreError(PaytwiceError):
    """A file of results cannot be used; the message says why."""


@attrs.define(eq=False)
class ResultStore:
    """The results of one campaign, by plot and origin; without a path they are kept for its time only."""

    path: Path | None
    _db: sqlite3.Connection = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        try:
            self._db = filed.opened(self.path, _SCHEMA, mark="campaign")
        except sqlite3.Error as error:
            raise StoreError(f"{self.path} cannot be used for results: {one_line(error)}") from None

    def begin(self, plots: dict[str, Any]) -> None:
        """Say what is played. Raises StoreError if the file has the results of another campaign."""
        told = json.dumps({**plots, "tables": TABLES}, sort_keys=True, ensure_ascii=False)
        try:
            row = self._db.execute("select format, plots from campaign").fetchone()
            if row is None:
                self._db.execute("insert into campaign values (?, ?)", (FORMAT, told))
        except sqlite3.Error as error:
            raise StoreError(f"{self.path} cannot be used for results: {error}") from None
        if row is not None and row != (FORMAT, told):
            raise StoreError(
                f"{self.path} has the results of another campaign: {row[1]}. Take another file, or the same "
                "scenarios, settings and merchant"
            )

    def of_plot(self, plot: str) -> Iterator[Result]:
        """What has been written down of a plot."""
        rows = self._read("select plot, told from result where plot = ?", plot)
        return (result for _, result in rows)

    def add(self, plot: str, results: Iterable[Result]) -> None:
        """Write down a chunk, at once or not at all. Raises StoreError where nothing can be written."""
        rows = [
            (plot, one.name, one.outcome, one.digest, json.dumps(_CONVERTER.unstructure(one)))
            for one in results
        ]
        try:
            with filed.at_once(self._db):
                self._db.executemany("insert or ignore into result values (?, ?, ?, ?, ?)", rows)
        except sqlite3.Error as error:
            raise StoreError(f"{self.path} takes no more results: {error}") from error

    def note(self, **notes: str) -> None:
        """Write down what is to be told of the campaign beside its results, in place of what was there."""
        try:
            self._db.executemany("insert or replace into note values (?, ?)", notes.items())
        except sqlite3.Error as error:
            raise StoreError(f"{self.path} takes no more results: {error}") from error

    def results(self) -> Iterator[tuple[str, Result]]:
        """Everything that has been written down, by plot and origin."""
        return self._read(ALL)

    def _read(self, query: str, *values: str) -> Iterator[tuple[str, Result]]:
        return read_results(self._db, self.path, query, *values)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()


def read_results(
    db: sqlite3.Connection, path: Path | None, query: str, *values: str
) -> Iterator[tuple[str, Result]]:
    """The results that a query finds. Raises StoreError at what no campaign has written so."""
    try:
        for plot, told in db.execute(query, values):
            yield plot, _CONVERTER.structure(json.loads(told), Result)
    except (sqlite3.Error, ValueError, TypeError, cattrs.BaseValidationError) as error:
        raise StoreError(f"{path} is damaged: {one_line(error)}. Take another file") from None
