"""The figures of a bench in words: a table, its buckets, and what escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

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
IN_FULL: Final = (
    "`median` and `worst` are seeds; `first` is the promise that was seen to break first in most trials;",
    "`shrunk` is how many deviations the detection of the first trial came down to.",
)
SIDE_BY_SIDE: Final = (
    "A cell is the median of the seeds, with the trials that caught it where not all did.",
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
    """The same as a Markdown file that says how it was made: one method in full, several side by side."""
    limit = wanted[0].limit if wanted else 0
    methods = list(dict.fromkeys(one.method for one in found))
    command = " ".join(f"--method {name}" for name in methods)
    most = max((one.trials for one in found), default=0)
    lines = [
        "# How fast each mistake of the gallery is caught",
        "",
        f"`paytwice bench {command} --trials {most} --limit {limit}`",
        "",
        *(f"- {name}: {METHODS[name].about}" for name in methods),
        "",
        f"Worlds, in turn: {', '.join(WORLDS)}.",
        f"A trial has seeds of its own and ends when the promise is seen to break, or after {limit:,} seeds.",
        *(IN_FULL if len(methods) == 1 else SIDE_BY_SIDE),
        "",
        *(_in_full(found) if len(methods) == 1 else _side_by_side(found, methods)),
        "",
        f"| median seeds | {' | '.join(f'≤ {most:,}' for most in BUCKETS)} | not caught |",
        "| --- " + "| ---: " * (len(BUCKETS) + 1) + "|",
        *(f"| {name} | {' | '.join(map(str, row))} |" for name, row in in_buckets(found).items()),
    ]
    return "\n".join(lines) + "\n"


def _in_full(found: Sequence[Figure]) -> Iterator[str]:
    yield f"| {' | '.join(HEADS)} |"
    yield "| --- | --- " + "| ---: " * (len(HEADS) - 2) + "|"
    for cells in map(_cells, found):
        yield f"| `{cells[0]}` | {' | '.join(cells[1:])} |"


def _side_by_side(found: Sequence[Figure], methods: Sequence[str]) -> Iterator[str]:
    yield f"| merchant | breaks | {' | '.join(methods)} |"
    yield "| --- | --- " + "| ---: " * len(methods) + "|"
    cells = {(one.exhibit, one.method): _median(one) for one in found}
    for exhibit, invariant in dict.fromkeys((one.exhibit, one.invariant) for one in found):
        row = (cells.get((exhibit, name), "") for name in methods)
        yield f"| `{exhibit}` | {invariant} | {' | '.join(row)} |"


def _median(one: Figure) -> str:
    if not one.caught:
        return "never"
    return f"{one.median_seeds:,.0f}" + ("" if one.caught == one.trials else f" ({one.caught}/{one.trials})")


def in_json(found: Sequence[Figure]) -> dict[str, Any]:
    """One JSON object."""
    return {
        "figures": [attrs.asdict(one) for one in found],
        "buckets": {
            name: dict(zip([*map(str, BUCKETS), "not caught"], row, strict=True))
            for name, row in in_buckets(found).items()
        },
    }
