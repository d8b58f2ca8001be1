"""A sweep in words: a table of its cells, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from paytwice.sweep.cells import Cell
from paytwice.sweep.figures import FIGURES
from paytwice.sweep.study import Sweep
from paytwice.wording import one_line

Lines = Iterator[tuple[str, str]]
COLUMNS: Final = {
    "duplicate": "duplicate",
    "violated": "violated",
    "refund": "refund",
    "refund_p99": "p99",
    "known": "known",
    "known_p99": "p99",
    "owed_most": "most owed",
    "messages_per_order": "messages",
    "queries_per_order": "queries",
}
NONE: Final = "–"


def told(found: Sweep) -> Lines:
    """The story, a row for each cell, and what went wrong, each with the command that shows it."""
    yield f"{found.grid.source}: {found.title}", "bold"
    heads = [*found.grid.axes, "runs", *COLUMNS.values()]
    rows = [heads, *(_row(one) for one in found.cells)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for n, row in enumerate(rows):
        cells = [text.rjust(width) for text, width in zip(row, widths, strict=True)]
        yield "  " + "  ".join(cells).rstrip(), "" if n else "bold"
    yield "", ""
    yield "refund, known: half of all take at most so long; messages, queries: per order", ""
    for one in found.cells:
        if one.failed:
            yield f"{one.failed} of {one.runs} runs ended early: {one.command}", "bold red"
        elif one.violated.share:
            yield f"Broken: {one.command}", "bold red"
    for why in dict.fromkeys(one.failure for one in found.runs if one.failure):
        yield f"  {one_line(why)}", "red"


def _row(one: Cell) -> list[str]:
    return [*one.settings.values(), str(one.runs), *(_text(one, name) for name in COLUMNS)]


def _text(one: Cell, name: str) -> str:
    shown = FIGURES[name]
    value = shown.read(one).value
    return NONE if value is None else shown.write(value, one.currency)


def in_json(found: Sweep) -> dict[str, Any]:
    """One JSON object."""
    return {
        "scenario": found.grid.source,
        "title": found.title,
        "merchant": found.grid.merchant,
        "settings": {name: list(values) for name, values in found.grid.axes.items()},
        "cells": found.rows(),
        "runs": found.rows("runs"),
    }
