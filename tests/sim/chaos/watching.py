"""Watches what other processes do."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any


def until(holds: Callable[[], Any]) -> None:
    """Wait for something that another process does."""
    for _ in range(6_000):
        if holds():
            return
        wait([], timeout=0.01)  # nothing in it: a pause
    raise TimeoutError("it never came about")


def kept(path: Path) -> int:
    """How many results a campaign has written into its file so far, without writing there oneself."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
            (count,) = db.execute("select count(*) from result").fetchone()
    except sqlite3.OperationalError:  # there is no file, or no table
        return 0
    return int(count)
