"""The figures of a bench in words: a table, its buckets, and what escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import attrs

from paytwice.bench.table import BUCKETS, Figure, in_buckets
from paytwice.bench.task import METHODS, WORLDS, Assignment

Lines = Iterator[tuple[str, str]]
HEADS = (
    "merchant",
    "breaks",
    "caught",
    "median",
    "worst",
    "per 1,000 seeds (95 %)",
    "CPU s",
    "first",
    "shrunk",
)


def told(found: Sequence[Figure]) -> Lines:
    """A table for each method, then how many tasks fall into each bucket."""
    for name in dict.fromkeys(one.method for one in found):
        yield f"{name}: {METHODS[name].about}", "bold"
        rows = [HEADS, *(_cells(one) for one in found if one.method == name)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for cells in rows:
            first, second, *numbers = (
                cell.ljust(width) if n < 2 else cell.rjust(width)
                for n, (cell, width) in enumerate(zip(cells, widths, strict=True))
            )
            yield "  " + "  ".join([first, second, *numbers]).rstrip(), ""
        yield "", ""
    yield from _buckets(found)
    escaped = [one for one in found if one.caught < one.trials]
    for one in escaped:
        yield (
            f"Escaped: {one.exhibit}, {one.method}: in {one.trials - one.caught} of {one.trials} trials",
            "bold red",
        )


def _buckets(found: Sequence[Figure]) -> Lines:
    heads = ["median seeds", *(f"≤ {most:,}" for most in BUCKETS), "not caught"]
    yield "  ".join([heads[0].ljust(14), *(head.rjust(10) for head in heads[1:])]), "bold"
    for name, row in in_buckets(found).items():
        yield "  ".join([name.ljust(14), *(str(count).rjust(10) for count in row)]), ""


def _cells(one: Figure) -> tuple[str, ...]:
    return (
        one.exhibit,
        one.invariant,
        f"{one.caught}/{one.trials}",
        f"{one.median_seeds:,.0f}",
        f"{one.worst_seeds:,}",
        f"{_rate(one.per_thousand)} ({_rate(one.low)} to {_rate(one.high)})",
        f"{one.median_cpu:.2f}",
        one.first,
        "" if one.shrunk is None else str(one.shrunk),
    )


def _rate(per_thousand: float) -> str:
    return f"{per_thousand:.0f}" if per_thousand >= 10 else f"{per_thousand:.1f}"


def as_markdown(found: Sequence[Figure], wanted: Sequence[Assignment]) -> str:
    """The same as a Markdown file that says how it was made."""
    limit = wanted[0].limit if wanted else 0
    lines = [
        "# How fast each mistake of the gallery is caught",
        "",
        f"Worlds, in turn: {', '.join(WORLDS)}.",
        f"A trial has seeds of its own and ends when the promise is seen to break, or after {limit:,} seeds.",
        "`median` and `worst` are seeds; `first` is the promise that was seen to break first in most trials;",
        "`shrunk` is how many deviations the detection of the first trial came down to.",
        "Above each table stands the command that makes it.",
    ]
    for name in dict.fromkeys(one.method for one in found):
        rows = [one for one in found if one.method == name]
        most = max(one.trials for one in rows)
        lines += [
            "",
            f"`paytwice bench --method {name} --trials {most} --limit {limit}`: {METHODS[name].about}.",
            "",
        ]
        lines += [f"| {' | '.join(HEADS)} |", "| --- | --- " + "| ---: " * (len(HEADS) - 2) + "|"]
        lines += [f"| `{cells[0]}` | {' | '.join(cells[1:])} |" for cells in map(_cells, rows)]
    lines += ["", f"| median seeds | {' | '.join(f'≤ {most:,}' for most in BUCKETS)} | not caught |"]
    lines += ["| --- " + "| ---: " * (len(BUCKETS) + 1) + "|"]
    lines += [f"| {name} | {' | '.join(map(str, row))} |" for name, row in in_buckets(found).items()]
    return "\n".join(lines) + "\n"


def in_json(found: Sequence[Figure]) -> dict[str, Any]:
    """One JSON object."""
    return {
        "figures": [attrs.asdict(one) for one in found],
        "buckets": {
            name: dict(zip([*map(str, BUCKETS), "not caught"], row, strict=True))
            for name, row in in_buckets(found).items()
        },
    }
