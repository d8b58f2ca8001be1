"""Draws how what a campaign has covered grows with its runs."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from paytwice.chaos.growth import OF_PAIRS, OF_SITUATIONS, Growth
from paytwice.drawing.sheet import SMALL, Margins, Sheet, sheet

LINES: Final = ("-", "--", "-.")
MARKS: Final = ("o", "s", "^")
APART: Final = 0.06  # of the height, between two names at the right end


def draw(growth: Growth, *, ax: Axes | None = None, theme: str = "light") -> Figure:
    """Shares in per cent: of all named situations, of all pairs of the core, of the runs so far."""
    with sheet(
        "What a campaign has come to", growth.story, ax=ax, theme=theme, margins=Margins(right=2.1, top=0.75)
    ) as page:
        runs = [one.runs for one in growth.points]
        page.ax.set_xscale("log")
        page.ax.set_xlim(1, max(runs[-1], 2))
        page.ax.set_ylim(0, 104)
        page.ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        page.ax.xaxis.set_minor_formatter(lambda _value, _place: "")
        page.ax.yaxis.set_major_formatter(lambda value, _: f"{value:.0f} %")
        page.ax.set_xlabel("runs, in the order of their seeds")
        last = growth.points[-1]
        curves = [
            (
                [one.situations / OF_SITUATIONS for one in growth.points],
                f"{last.situations} of {OF_SITUATIONS} situations",
            ),
            (
                [one.journals / one.runs for one in growth.points],
                f"{last.journals:,} different journals\nof {last.runs:,} runs",
            ),
        ]
        if growth.tells_pairs:
            shares = [one.pairs / OF_PAIRS for one in growth.points]
            curves.insert(1, (shares, f"{last.pairs} of {OF_PAIRS} pairs of\nstate and evidence"))
        ends = _spread([100 * shares[-1] for shares, _ in curves])
        for n, (shares, name) in enumerate(curves):
            _curve(page, runs, [100 * share for share in shares], name, n, ends[n])
    return page.figure


def _curve(page: Sheet, runs: list[int], shares: list[float], name: str, n: int, end: float) -> None:
    """A curve with its name at its end; told apart by line and mark where colours are not."""
    colour = page.palette.others[n]
    page.ax.plot(runs, shares, color=colour, ls=LINES[n], lw=1.8, zorder=3, label=name, clip_on=False)
    page.ax.plot(runs[-1:], shares[-1:], color=colour, marker=MARKS[n], ms=6, zorder=4, clip_on=False)
    page.ax.annotate(
        name,
        (1.0, end / page.ax.get_ylim()[1]),
        xycoords="axes fraction",
        xytext=(9, 0),
        textcoords="offset points",
        va="center",
        fontsize=SMALL,
        fontweight="bold",
        color=colour,
        annotation_clip=False,
    )


def _spread(ends: list[float]) -> list[float]:
    """Heights near those at which the curves end, so far apart that names do not stand on each other."""
    step = 100 * 2 * APART
    order = sorted(range(len(ends)), key=lambda n: ends[n])
    placed = list(ends)
    for before, after in pairwise(order):
        placed[after] = max(placed[after], placed[before] + step)
    over = max(placed[order[-1]] - 98.0, 0.0)
    for n, place in enumerate(reversed(order)):
        placed[place] = min(placed[place], 98.0 - n * step) if over else placed[place]
    return placed
