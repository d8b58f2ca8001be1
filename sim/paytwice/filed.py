"""SQLite files in which one command writes down what it has played, so that one that was stopped goes on.

The command is the only writer, and commits a chunk at a time; anybody may read meanwhile (write-ahead log).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Foreign(sqlite3.Error):
    """A file has tables, and they are somebody else's."""


def opened(path: Path | None, schema: str, mark: str) -> sqlite3.Connection:
    """A file with the tables of a schema, made if need be; without a path one that goes by itself.

    `mark` is the table by which such a file is known. Raises sqlite3.Error where it cannot be written, and
    Foreign, before anything was changed, where its tables are those of something else.
    """
    db = sqlite3.connect(path or "", isolation_level=None)
    try:
        tables = {name for (name,) in db.execute("select name from sqlite_master")}
        if tables and mark not in tables:
            raise Foreign("its tables are those of something else. Take another file")
        db.execute("pragma journal_mode = wal")
        db.executescript(schema)
    except sqlite3.Error:
        db.close()
        raise
    return db


@contextmanager
def at_once(db: sqlite3.Connection) -> Iterator[None]:
    """What is written in here stands in the file altogether, or not at all."""
    db.execute("begin immediate")
    try:
        yield
        db.execute("commit")
    finally:
        if db.in_transaction:
            db.execute("rollback")
