"""Rows that stand below each other, each with its name at the left: for what several things did over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import attrs

from paytwice.drawing.sheet import LEGEND, SMALL, Margins, Sheet
from paytwice.pictures.brush import families
from paytwice.pictures.metrics import POINTS, width

WIDE: Final = 9.0  # inches of a page
ROW: Final = 0.25  # inches of a row, where there are not many
LEAST_ROW: Final = 0.155
LEAST: Final = 2.5  # rows, that a page has room for
MANY: Final = 40
READABLE: Final = 4.5  # points
ABOVE: Final = 0.75  # inches for title, story and names
BELOW: Final = 0.55


@attrs.frozen
class Row:
    """A row: its name, the colour of that, and how much room there is above it, in rows."""

    name: str
    colour: str
    bold: bool = False
    gap: float = 0.0


@attrs.frozen
class Rows:
    """Rows on a sheet: `y` is where each has its middle, downwards, in rows."""

    rows: tuple[Row, ...]
    y: tuple[float, ...]

    @property
    def bottom(self) -> float:
        """Where the last row ends."""
        return (self.y[-1] if self.y else 0.0) + 0.7

    def size(self, lines: int = 1) -> tuple[float, float]:
        """The inches of a page on which all of them can be read, below a legend of so many lines."""
        high = ROW if len(self.rows) <= MANY else LEAST_ROW
        return WIDE, max(self.bottom * high, LEAST * ROW) + self.margins(lines).top + BELOW

    def margins(self, lines: int = 1) -> Margins:
        """The inches around the axes of such a page: the names stand left of them."""
        longest = max((width(one.name, SMALL, bold=one.bold) for one in self.rows), default=0.0)
        return Margins(
            left=max(longest, 0.4) + 0.2, right=0.25, top=ABOVE + LEGEND * (lines - 1) / POINTS, bottom=BELOW
        )

    def points(self, page: Sheet) -> float:
        """The size of letters that fits into a row here."""
        return min(SMALL, page.inches[1] / self.bottom * POINTS * 0.62)

    def write(self, page: Sheet) -> None:
        """Write the names, and let the axes have room for all rows."""
        page.ax.set_ylim(self.bottom, -0.7)
        page.ax.grid(visible=False)
        page.ax.spines["left"].set_visible(False)
        page.ax.tick_params(axis="y", length=0)
        points = self.points(page)
        named = [(y, one) for y, one in zip(self.y, self.rows, strict=True) if points >= READABLE or one.bold]
        page.ax.set_yticks([])
        for y, one in named:
            page.ax.annotate(
                one.name,
                (0.0, y),
                xycoords=("axes fraction", "data"),
                xytext=(-5, 0),
                textcoords="offset points",
                ha="right",
                va="center_baseline",
                color=one.colour,
                fontsize=max(points, READABLE),
                fontweight="bold" if one.bold else "normal",
                fontfamily=families(one.name),
                annotation_clip=False,
                parse_math=False,
            )

    def text(
        self, page: Sheet, x: float, y: float, text: str, room: float, *, indent: float = 0.0, **look: Any
    ) -> bool:
        """Write into a row, some inches right of x; False where there is no room, in the axes' own units."""
        points = self.points(page) * 0.94
        if points < READABLE or across(page, width(text, points, bold=True) + indent + 0.06) > room:
            return False
        page.ax.text(
            x + across(page, 0.04 + indent),
            y,
            text,
            fontsize=points,
            fontfamily=families(text),
            va="center_baseline",
            parse_math=False,
            zorder=6,
            **look,
        )
        return True


def rows(them: Sequence[Row]) -> Rows:
    """Put rows below each other."""
    places: list[float] = []
    at = 0.0
    for n, one in enumerate(them):
        at += one.gap + (1.0 if n else 0.0)
        places.append(at)
    return Rows(tuple(them), tuple(places))


def across(page: Sheet, inches: float) -> float:
    """Inches in the units of the axes' x."""
    left, right = page.ax.get_xlim()
    return inches / page.inches[0] * (right - left)
