"""What a file of trials tells, to somebody who makes none and changes nothing in it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import attrs

from paytwice.bench.store import COLUMNS, BenchStoreError
from paytwice.bench.task import Trial
from paytwice.wording import one_line


@attrs.frozen
class Made:
    """The trials of a bench, and the most seeds that one of each method had."""

    trials: tuple[Trial, ...]
    limits: Mapping[str, int]


def is_bench(path: Path) -> bool:
    """Whether a file is one of a bench, as far as can be seen without reading it."""
    if not path.is_file():
        return False
    db = _open(path)
    try:
        return bool(db.execute("select 1 from sqlite_master where name = 'trial_v1'").fetchone())
    except sqlite3.Error:
        return False
    finally:
        db.close()


def read(path: Path) -> Made:
    """Read a file of trials, also while they are made. Raises BenchStoreError that says what is wrong."""
    if not path.is_file():
        raise BenchStoreError(f"there is no file {path}: `paytwice bench --store {path}` would write one")
    db = _open(path)
    try:
        query = f"select {', '.join(COLUMNS)}, seeds_limit from trial_v1 order by exhibit, method, trial"
        rows = db.execute(query).fetchall()
    except sqlite3.Error as error:
        raise BenchStoreError(f"{path} cannot be read as trials of a bench: {one_line(error)}") from None
    finally:
        db.close()
    if not rows:
        raise BenchStoreError(f"{path} has no trials yet: let the bench run for a while")
    limits: dict[str, int] = {}
    trials = []
    for *values, limit in rows:
        trial = Trial(*values)
        trials.append(attrs.evolve(trial, caught=bool(trial.caught)))
        limits[trial.method] = max(limit, limits.get(trial.method, 0))
    return Made(tuple(trials), limits)


def _open(path: Path) -> sqlite3.Connection:
    # It can be written, so that SQLite takes its own files beside it away again; nothing is.
    return sqlite3.connect(f"file:{quote(str(path))}?mode=rw", uri=True, isolation_level=None)
