"""The trials of a bench in a SQLite file: a bench that was stopped goes on where it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import attrs

from paytwice import filed
from paytwice.bench.task import Trial
from paytwice.errors import PaytwiceError
from paytwice.wording import one_line

COLUMNS: Final = tuple(field.name for field in attrs.fields(Trial))
_SCHEMA: Final = f"""
create table if not exists trial_v1 (
    {", ".join(COLUMNS)}, seeds_limit integer not null,
    primary key (exhibit, method, trial)
) without rowid;
"""


class BenchStoreError(PaytwiceError):
    """A file of trials cannot be used; the message says why."""


@attrs.define(eq=False)
class TrialStore:
    """Trials by exhibit, method and number, each with the limit it was made under."""

    path: Path
    _db: sqlite3.Connection = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        try:
            self._db = filed.opened(self.path, _SCHEMA, mark="trial_v1")
        except sqlite3.Error as error:
            raise BenchStoreError(f"{self.path} cannot be used for trials: {one_line(error)}") from None

    def add(self, trial: Trial, limit: int) -> None:
        """Keep a trial; a commit each, so that a kill loses what is in flight and no more."""
        row = (*attrs.astuple(trial), limit)
        try:
            self._db.execute(f"insert or replace into trial_v1 values ({', '.join('?' * len(row))})", row)
        except sqlite3.Error as error:
            raise BenchStoreError(f"{self.path} takes no more trials: {one_line(error)}") from error

    def trials(self, limit: int | None = None) -> Iterable[Trial]:
        """All trials, or those that were caught within a limit or made under one as large."""
        rows = self._db.execute(
            f"select {', '.join(COLUMNS)}, seeds_limit from trial_v1 order by exhibit, method, trial"
        ).fetchall()
        for *values, made_under in rows:
            trial = Trial(*values)
            trial = attrs.evolve(trial, caught=bool(trial.caught))
            if limit is None or made_under == limit:
                yield trial

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()
