"""What a file of results tells, to somebody who plays nothing and changes nothing in it."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import attrs

from paytwice.chaos.canary import Canary
from paytwice.chaos.census import Census
from paytwice.chaos.coverage import TABLES
from paytwice.chaos.result import Result
from paytwice.chaos.store import ALL, ASKED, CANARY, ENDED, FORMAT, StoreError, read_results
from paytwice.story.plot import Plot
from paytwice.wording import one_line

_TABLES_OF: Final = "select name from sqlite_master where type = 'table'"


@attrs.define
class Kept:
    """A campaign as its file has it; `ended` is empty while it is played, and where it was killed."""

    plots: tuple[Plot, ...]
    census: Census
    asked: str = ""  # what the command that played last asked for; files of before do not say
    ended: str | None = None  # why it ended; None where the file does not say
    outcomes: Counter[tuple[str, str]] = attrs.field(factory=Counter)  # runs by plot and outcome
    seeds: dict[str, tuple[int, int]] = attrs.field(factory=dict)  # the first and the last of each plot
    mutated: int = 0

    def take(self, plot: str, result: Result) -> None:
        """Count one more result."""
        self.census.take(plot, [result])
        self.outcomes[plot, result.outcome] += 1
        self.mutated += len(result.origin) > 1
        seed = result.origin[0]
        least, most = self.seeds.get(plot, (seed, seed))
        self.seeds[plot] = min(least, seed), max(most, seed)


def _nobody(_plot: str, _result: Result) -> None:
    """Tell nobody."""


def read(path: Path, also: Callable[[str, Result], object] = _nobody) -> Kept:
    """Read a file of results, also while a campaign writes it; `also` is told of each.

    Raises StoreError that says what is wrong.
    """
    if not path.is_file():
        raise StoreError(f"there is no file {path}: `paytwice chaos --store {path}` would write one")
    try:
        # It can be written, so that SQLite takes its own files beside it away again; nothing is.
        db = sqlite3.connect(f"file:{quote(str(path))}?mode=rw", uri=True, isolation_level=None)
        try:
            db.execute("begin")  # one look, whatever is added meanwhile
            return _read(db, path, also)
        finally:
            db.close()
    except (sqlite3.Error, ValueError, TypeError, AttributeError) as error:
        raise StoreError(f"{path} cannot be read as results of a campaign: {one_line(error)}") from None


def _read(db: sqlite3.Connection, path: Path, also: Callable[[str, Result], object]) -> Kept:
    tables = {name for (name,) in db.execute(_TABLES_OF)}
    if not {"campaign", "result"} <= tables:
        raise StoreError(f"{path} is no file of results: it is not what `paytwice chaos --store` writes")
    row = db.execute("select format, plots from campaign").fetchone()
    if row is None:
        raise StoreError(f"{path} has no campaign in it: it ended before it began")
    if row[0] != FORMAT:
        raise StoreError(f"{path} has format {row[0]!r}, and this paytwice reads format {FORMAT}")
    plots = json.loads(row[1])
    if plots.pop("tables", None) != TABLES:
        raise StoreError(f"{path} was written by another version of paytwice, whose core has other tables")
    notes = dict(db.execute("select key, value from note")) if "note" in tables else {}
    kept = _with_notes(plots, notes)
    for plot, result in read_results(db, path, ALL):
        kept.take(plot, result)
        also(plot, result)
    if not kept.census.runs:
        raise StoreError(f"{path} has no results yet: let the campaign play for a while")
    return kept


def _with_notes(plots: Mapping[str, Any], notes: Mapping[str, str]) -> Kept:
    census = Census()
    if notes.get(CANARY):
        census.canary = Canary.from_text(notes[CANARY])
    return Kept(tuple(_plots(plots.items())), census, notes.get(ASKED, ""), notes.get(ENDED))


def _plots(told: Iterable[tuple[str, Any]]) -> Iterable[Plot]:
    for source, (changes, merchant) in told:
        yield Plot(source, dict(changes), merchant)
