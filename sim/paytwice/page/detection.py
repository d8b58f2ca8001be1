"""How fast each faulty merchant is caught: a row for each task, and a chart of all of them by method."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10
from typing import Final

import attrs

from paytwice.page.document import Section
from paytwice.page.markup import Html, join, tag
from paytwice.page.tables import Column, Row, table

BUCKETS: Final = ("1 seed", "2 to 10", "11 to 100", "101 to 1,000", "1,001 to 10,000", "not caught")
WIDE, GAP, HIGH, LABEL = 900, 34, 20, 190  # of the chart, in its own units


@attrs.frozen
class DetectionRow:
    """One task: a merchant with a mistake, and the promise it breaks.

    Seeds are to the first detection; `per_thousand` is detections per 1,000 seeds and `low` and `high` its
    95 % interval. `shrunk` is the number of deviations of the shrunk story, None where none was shrunk.
    """

    merchant: str
    invariant: str
    caught: int  # trials
    trials: int
    median_seeds: float
    worst_seeds: int
    per_thousand: float
    low: float
    high: float
    first_invariant: str = ""  # what was seen to break first, in most trials
    shrunk: int | None = None


@attrs.frozen
class MethodRow:
    """A way of testing, and how many tasks it caught within each of `BUCKETS`, by their median."""

    method: str
    tasks: Sequence[int]


def detection(rows: Sequence[DetectionRow], *, method: str, limit: int) -> Section:
    """The table of one method; `limit` is the most seeds that a trial plays."""
    columns = (
        Column("faulty merchant", is_thin=True),
        Column("breaks", is_thin=True),
        _number("caught"),
        _number("median seeds"),
        _number("worst"),
        Column(f"1 to {limit:,} seeds", is_thin=True),
        _number("per 1,000 seeds"),
        _number("95 %"),
        Column("seen first", is_thin=True),
        _number("shrunk to"),
    )
    escaped = sum(not one.caught for one in rows)
    late = sum(0 < one.caught < one.trials for one in rows)
    always = len(rows) - escaped - late
    said = f"{len(rows)} tasks: {always} caught in every trial, {late} in some, {escaped} in none."
    body = join(tag("p", said), table(columns, (_task(one, limit) for one in rows)))
    return Section(f"detection-{_anchor(method)}", f"Caught by {method}", body)


def methods(rows: Sequence[MethodRow]) -> Section:
    """Bars of all tasks by method, split by the seeds that half of the trials took at most."""
    legend = tag("p", *map(_key, range(len(BUCKETS))), class_="legend")
    body = join(tag("p", "Tasks by the median of their seeds to the first detection."), _chart(rows), legend)
    return Section("methods", "Ways of testing", body)


def _task(one: DetectionRow, limit: int) -> Row:
    cells = (
        tag("code", one.merchant),
        one.invariant,
        f"{one.caught} of {one.trials}",
        _seeds(one.median_seeds),
        one.worst_seeds,
        _strip(one, limit),
        _rate(one.per_thousand),
        f"{_rate(one.low)} – {_rate(one.high)}",
        one.first_invariant,
        one.shrunk,
    )
    return Row(cells, "bad" if one.caught < one.trials else None)


def _seeds(median: float) -> str:
    return f"{median:,.0f}" if median == int(median) else f"{median:,.1f}"


def _rate(rate: float) -> str:
    return f"{rate:,.1f}" if rate >= 10 else f"{rate:.2g}"


def _strip(one: DetectionRow, limit: int) -> Html:
    """From the median to the worst, on a scale on which ten times as many seeds are a step."""
    decades = max(1.0, log10(limit))

    def at(seeds: float) -> str:
        return f"{6 + 132 * min(1.0, log10(max(1.0, seeds)) / decades):.1f}"

    grid = (
        tag("line", x1=at(10**power), x2=at(10**power), y1=1, y2=17, class_="grid")
        for power in range(int(decades) + 1)
    )
    median, worst = at(one.median_seeds), at(one.worst_seeds)
    line = tag("line", x1=median, x2=worst, y1=9, y2=9)
    says = f"median {_seeds(one.median_seeds)}, worst {one.worst_seeds:,}"
    dot = tag("circle", cx=median, cy=9, r=4)
    return tag("svg", *grid, line, dot, viewBox="0 0 144 18", class_="strip", role="img", aria_label=says)


def _chart(rows: Sequence[MethodRow]) -> Html:
    parts = [part for number, row in enumerate(rows) for part in _bar(row, number * GAP)]
    says = "; ".join(f"{row.method}: {_in_words(row)}" for row in rows)
    size = f"0 0 {WIDE} {GAP * len(rows)}"
    return tag(
        "div", tag("svg", *parts, viewBox=size, class_="chart", role="img", aria_label=says), class_="wide"
    )


def _bar(row: MethodRow, top: int) -> list[Html]:
    of, left = max(1, sum(row.tasks)), float(LABEL)
    parts = [tag("text", row.method, x=LABEL - 10, y=top + 15, text_anchor="end")]
    for number, count in enumerate(row.tasks):
        width = (WIDE - LABEL) * count / of
        if count:
            said = tag("title", f"{BUCKETS[number]}: {count}")
            parts.append(_box(said, left, top, width, f"fill:var(--b{number})"))
        if width > 18:  # else the figure has no room
            ink = "fill:#ffffff" if number in (0, 5) else "fill:#14181e"
            middle = f"{left + width / 2:.1f}"
            parts.append(tag("text", count, x=middle, y=top + 14, text_anchor="middle", style=ink))
        left += width
    return parts


def _box(said: Html, left: float, top: int, width: float, style: str) -> Html:
    return tag("rect", said, x=f"{left:.1f}", y=top, width=f"{width:.1f}", height=HIGH, style=style)


def _in_words(row: MethodRow) -> str:
    return ", ".join(f"{BUCKETS[n]} {count}" for n, count in enumerate(row.tasks) if count)


def _key(number: int) -> Html:
    return tag("span", tag("i", style=f"background:var(--b{number})"), BUCKETS[number])


def _anchor(method: str) -> str:
    return "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in method.lower())


def _number(title: str) -> Column:
    return Column(title, is_number=True)
