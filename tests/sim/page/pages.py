"""Campaigns as their files have them, made up, and what a page says of them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from tests.sim.chaos.made import result

from paytwice.chaos.reading import Kept
from paytwice.chaos.result import Broken, Result
from paytwice.chaos.store import ResultStore
from paytwice.page.markup import VOID
from paytwice.story.plot import Plot

ROUGH = {"profile": "rough", "schedule": "portfolio"}


def broken_run(seed: int, **named: Any) -> Result:
    """A run that broke S4."""
    what = Broken("S4", "P1", 1300, "¥13.00 of the customer's money is stranded.")
    return result(seed, **{"outcome": "violated", "broken": (what,), "schedule": "pct", **named})


def kept(*results: Result, plot: Plot | None = None, **named: Any) -> Kept:
    """A campaign of one story, read back."""
    from paytwice.chaos.census import Census

    plot = plot or Plot("busy_shop", ROUGH)
    made = Kept((plot,), Census(), **named)
    for one in results:
        made.take(plot.source, one)
    return made


def store_of(path: Path, results: Iterable[Result], plot: Plot | None = None, **notes: str) -> Path:
    """A file of results, as a campaign writes it."""
    plot = plot or Plot("busy_shop", ROUGH)
    store = ResultStore(path)
    store.begin({plot.source: [dict(plot.changes), plot.merchant]})
    store.add(plot.source, results)
    store.note(**notes)
    store.close()
    return path


def change(path: Path, query: str, *values: object) -> None:
    """Do to a file of results what no campaign does."""
    db = sqlite3.connect(path)
    with db:
        db.execute(query, values)
    db.close()


def renamed_tables(path: Path) -> None:
    """Make a file that was written with other tables of the core."""
    change(path, "update campaign set plots = ?", json.dumps({"busy_shop": [{}, None], "tables": "other"}))


class Page(HTMLParser):
    """A page as a reader sees it; complains where elements are not nested as they should be."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(markup)
        self.close()
        assert self.open == [], f"never closed: {self.open}"

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)
