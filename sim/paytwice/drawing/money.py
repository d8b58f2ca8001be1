"""Draws where the money is over time: what channels hold for the merchant, and what of it must go back."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from paytwice.drawing.labels import Labels
from paytwice.drawing.sheet import Sheet, sheet
from paytwice.drawing.times import Times, times
from paytwice.history.history import History
from paytwice.history.money import Movement, Step, money, movements
from paytwice.pictures.titles import title_of
from paytwice_core import Money

HEADROOM: Final = 1.2  # above the highest step, for labels
HATCH: Final = "////"
MOST_NAMED: Final = 8  # movements; more would leave no picture


def draw(history: History, *, ax: Axes | None = None, theme: str = "light") -> Figure:
    """Stacked steps by channel; what belongs to customers is hatched."""
    steps, moved = money(history), tuple(movements(history))
    axis = times([one.at for one in steps])
    with sheet("Where the money is", history.title, ax=ax, theme=theme) as page:
        page.ax.set_ylim(0, HEADROOM * max(one.total for one in steps) or 1)
        page.ax.yaxis.set_major_formatter(
            lambda minor, _: Money(round(minor), history.currency).display if moved else ""
        )
        page.ax.set_ylabel("held by the channels")
        axis.label(page.ax)
        _areas(page, steps, axis, history)
        if not moved:
            page.note("no money moved in this run")
        elif len(moved) <= MOST_NAMED:
            _name(page, moved, steps, axis, history)
        page.legend()
    return page.figure


def _stairs(steps: tuple[Step, ...], axis: Times, values: list[int]) -> tuple[list[float], list[int]]:
    """The corners of a curve that keeps each value until the next step, up to the end of the axis."""
    return [*(axis.x(one.at) for one in steps), axis.right], [*values, values[-1]]


def _areas(page: Sheet, steps: tuple[Step, ...], axis: Times, history: History) -> None:
    """Stack the channels, and hatch the upper part of each: what of it must go back."""
    colours = page.palette.of(history.channels)
    hatched: dict[str, Any] = {"edgecolor": page.palette.paper, "hatch": HATCH}
    low = [0] * len(steps)
    for name in history.channels:
        if not any(one.held[name] for one in steps):
            continue
        high = [below + one.held[name] for below, one in zip(low, steps, strict=True)]
        own = [top - one.owed[name] for top, one in zip(high, steps, strict=True)]
        _fill(page, steps, axis, low, high, facecolor=colours[name], label=title_of(name), zorder=2)
        if own != high:
            _fill(page, steps, axis, own, high, facecolor="none", zorder=3, **hatched)
        low = high
    if any(one.total_owed for one in steps):
        grey = page.palette.closed
        page.ax.fill_between([], [], [], facecolor=grey, lw=0, label="owed to customers", **hatched)


def _fill(
    page: Sheet, steps: tuple[Step, ...], axis: Times, low: list[int], high: list[int], **look: Any
) -> None:
    xs, bottom = _stairs(steps, axis, low)
    _, top = _stairs(steps, axis, high)
    page.ax.fill_between(xs, bottom, top, step="post", lw=0, **look)


def _name(
    page: Sheet, moved: tuple[Movement, ...], steps: tuple[Step, ...], axis: Times, history: History
) -> None:
    """Write each payment and return above the step that it makes."""
    colours, labels = page.palette.of(history.channels), Labels(page)
    heights = {after.at: max(before.total, after.total) for before, after in pairwise(steps)}
    for one in moved:
        sign = "+" if one.amount > 0 else "−"
        text = f"{sign}{Money(abs(one.amount), history.currency).display} {one.number}"
        labels.write(axis.x(one.at), heights.get(one.at, 0), text, colours[one.channel])
