"""Draws how many seeds it takes until each mistake is caught: median and range over trials."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10
from statistics import median
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from paytwice.arguments import one_of
from paytwice.bench.soon import Soon
from paytwice.drawing.sheet import Margins, Sheet, sheet
from paytwice.pictures.metrics import width

ROW: Final = 0.17  # inches
TINY: Final = 6.5  # points
FAMILIES: Final = {"S": "safety", "L": "liveness", "C": "the customer"}
MARKS: Final = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p", "h", "*")
GROUPS: Final = ("family", "room")
WIDE: Final = 8.0
LEFT: Final = 0.8  # seeds, where the axis begins
BEHIND: Final = 1.4


def draw(
    method: str,
    found: Sequence[Soon],
    story: str = "",
    *,
    by: str = "family",
    ax: Axes | None = None,
    theme: str = "light",
) -> Figure:
    """A row for each mistake, what is caught first on top; coloured by family of promise, or room by room."""
    if one_of("way to colour", by, GROUPS) == "room":
        found = _by_room(found)
    names = [f"{one.exhibit}  {one.invariant}" for one in found]
    left = 0.2 + max(width(name, TINY) for name in names)
    margins = Margins(left=left, right=0.35 if by == "family" else 1.25, top=1.0 if by == "family" else 0.75)
    size = WIDE, max(ROW * len(found), 0.8) + margins.top + margins.bottom
    title = "Seeds until a mistake is caught"
    with sheet(title, story or _story(method, found), ax=ax, theme=theme, size=size, margins=margins) as page:
        _axes(page, found, names)
        groups = _groups(found, by)
        for n, (name, rows) in enumerate(groups.items()):
            _group(page, found, rows, name, n)
        _escapes(page, found)
        if by == "family":
            page.legend()
        else:
            _rooms(page, found, groups)
    return page.figure


def _axes(page: Sheet, found: Sequence[Soon], names: Sequence[str]) -> None:
    decades = log10(max(one.most for one in found) / LEFT)
    room = BEHIND if any(one.escaped for one in found) else 0.2  # inches, for what stands behind the marks
    page.ax.set_xscale("log")
    page.ax.set_xlim(LEFT, max(LEFT * 10 ** (decades / max(1 - room / page.inches[0], 0.3)), 12.0))
    page.ax.set_ylim(len(found) - 0.4, -0.6)
    page.ax.set_yticks(range(len(found)), names, fontsize=TINY)
    page.ax.tick_params(axis="y", length=0)
    page.ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    page.ax.xaxis.set_minor_formatter(lambda _value, _place: "")
    page.ax.set_xlabel("seeds: median, least and most of the trials; hollow where most were in vain")
    page.ax.grid(axis="x", color=page.palette.grid, linewidth=0.6)
    page.ax.grid(visible=False, axis="y")


def _by_room(found: Sequence[Soon]) -> list[Soon]:
    """Room by room, the one whose mistakes are caught first on top."""
    rooms: dict[str, list[float]] = {}
    for one in found:
        rooms.setdefault(one.room, []).append(one.median)
    return sorted(found, key=lambda one: (median(rooms[one.room]), one.room))


def _story(method: str, found: Sequence[Soon]) -> str:
    trials = max(one.trials for one in found)
    late = sum(one.escaped > 0 for one in found)
    said = f"{len(found)} mistakes of the gallery, trials of each: {trials}, method: {method}"
    return f"{said}; {late} escaped in some trial" if late else said


def _groups(found: Sequence[Soon], by: str) -> dict[str, list[int]]:
    """The rows of each group, families in the order of the legend and rooms from the top down."""
    groups: dict[str, list[int]] = {name: [] for name in FAMILIES.values()} if by == "family" else {}
    for row, one in enumerate(found):
        name = _family(one.invariant) if by == "family" else one.room.replace("_", " ")
        groups.setdefault(name, []).append(row)
    return {name: rows for name, rows in groups.items() if rows}


def _family(invariant: str) -> str:
    return FAMILIES.get(invariant.rstrip("0123456789"), "other")


def _group(page: Sheet, found: Sequence[Soon], rows: Sequence[int], name: str, n: int) -> None:
    colour = _colour(page, n)
    page.ax.hlines(
        rows,
        [found[row].least for row in rows],
        [found[row].most for row in rows],
        color=colour,
        lw=2.2,
        alpha=0.45,
        zorder=2,
    )
    for row in rows:
        in_vain = 2 * found[row].escaped > found[row].trials
        page.ax.plot(
            found[row].median,
            row,
            color=colour,
            markerfacecolor=page.palette.paper if in_vain else colour,
            marker=MARKS[n % len(MARKS)],
            ms=4.5,
            ls="none",
            zorder=3,
            label=name if row == rows[0] else None,
        )


def _colour(page: Sheet, n: int) -> str:
    colours = (*page.palette.channels.values(), *page.palette.others)
    return colours[n % len(colours)]


def _escapes(page: Sheet, found: Sequence[Soon]) -> None:
    """Where trials were in vain the range has no end, and it is said of how many."""
    for row, one in enumerate(found):
        if one.escaped:
            page.ax.annotate(
                f"→ {one.escaped} of {one.trials} not caught",
                (one.most, row),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                fontsize=TINY,
                fontweight="bold",
                color=page.palette.alarm,
            )


def _rooms(page: Sheet, found: Sequence[Soon], groups: dict[str, list[int]]) -> None:
    """Name each room beside its first row, and draw a line where the next one begins."""
    for n, (name, rows) in enumerate(groups.items()):
        page.ax.annotate(
            name,
            (1.0, min(rows)),
            xycoords=("axes fraction", "data"),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=TINY + 1,
            fontweight="bold",
            color=_colour(page, n),
            annotation_clip=False,
        )
        if min(rows):
            page.ax.axhline(min(rows) - 0.5, color=page.palette.grid, lw=0.6, zorder=1)
