"""The sheet that charts are drawn on: its own page or somebody's axes, in one visual language."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

import attrs
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from paytwice.arguments import one_of
from paytwice.pictures.brush import families
from paytwice.pictures.drawing import Drawing
from paytwice.pictures.metrics import POINTS
from paytwice.pictures.palette import THEMES, Palette
from paytwice.pictures.style import DPI, style

SMALL: Final = 8.0  # points
TEXT: Final = 9.0
TITLE: Final = 11.0
LETTER: Final = 0.56  # of its size: how wide a letter of running text is
LEGEND: Final = 20.0  # points that a line of names takes
STORY: Final = 13.0  # points that a line of the story takes


class Margins(NamedTuple):
    """Inches around the axes of a page."""

    left: float = 0.95
    right: float = 0.25
    top: float = 0.95
    bottom: float = 0.55


@attrs.define
class Sheet:
    """Axes to draw on, and the colours to draw with. `named` says how many lines of a legend stand above."""

    ax: Axes
    palette: Palette
    named: int = 0

    @property
    def figure(self) -> Figure:
        """The figure that the axes are in."""
        figure = self.ax.get_figure(root=True)
        assert figure is not None
        return figure

    @property
    def inches(self) -> tuple[float, float]:
        """How wide and how high the axes are."""
        box, (width, height) = self.ax.get_position(), self.figure.get_size_inches()
        return max(box.width * float(width), 0.1), max(box.height * float(height), 0.1)

    def legend(self, *, columns: int = 6) -> None:
        """Name what has a label, between the title and the axes, where nothing is drawn."""
        handles, names = self.ax.get_legend_handles_labels()
        if handles:
            self.named = -(-len(names) // columns)
            self.ax.legend(
                handles,
                names,
                loc="lower left",
                bbox_to_anchor=(-0.01, 1.0),
                ncols=min(columns, len(names)),
                frameon=False,
                fontsize=SMALL,
                labelcolor=self.palette.ink,
                borderaxespad=0.2,
                handlelength=1.6,
                handletextpad=0.5,
                columnspacing=1.5,
            )

    def note(self, text: str) -> None:
        """Say in the middle of the sheet why there is nothing to see."""
        self.ax.text(
            0.5, 0.5, text, transform=self.ax.transAxes, ha="center", va="center", color=self.palette.faint
        )

    def head(self, title: str, story: str) -> None:
        """Write the title, and below it the story in as many lines as it needs."""
        letters = int(self.inches[0] * POINTS / (LETTER * SMALL))
        lines = textwrap.wrap(story, max(letters, 20), max_lines=2, placeholder=" …")
        above = (LEGEND * self.named or 4.0) + STORY * max(len(lines) - 1, 0)
        for n, line in enumerate(lines):
            self._above(line, above - STORY * n, SMALL, self.palette.faint)
        self._above(title, above + (STORY if lines else 0.0), TITLE, self.palette.ink, bold=True)

    def _above(self, text: str, points: float, size: float, colour: str, *, bold: bool = False) -> None:
        self.ax.annotate(
            text,
            (0.0, 1.0),
            xycoords="axes fraction",
            xytext=(0.0, points),
            textcoords="offset points",
            fontsize=size,
            fontfamily=families(text),
            fontweight="bold" if bold else "normal",
            color=colour,
            annotation_clip=False,
            parse_math=False,
        )


@contextmanager
def sheet(
    title: str,
    story: str = "",
    *,
    ax: Axes | None,
    theme: str,
    size: tuple[float, float] = (8.0, 4.0),
    margins: Margins | None = None,
) -> Iterator[Sheet]:
    """A sheet with a title, and what it is about; `size` is in inches, of a page of its own without axes.

    Raises ValueError where there is no such theme.
    """
    palette = THEMES[one_of("theme", theme, THEMES)]
    with style():
        if ax is None:
            ax = _page(size, margins or Margins(), palette)
        dress(ax, palette)
        page = Sheet(ax, palette)
        yield page
        page.head(title, story)


def _page(size: tuple[float, float], margins: Margins, palette: Palette) -> Axes:
    wide, high = size
    page = Drawing(figsize=size, dpi=DPI, facecolor=palette.paper)
    inner = wide - margins.left - margins.right, high - margins.top - margins.bottom
    return page.add_axes((margins.left / wide, margins.bottom / high, inner[0] / wide, inner[1] / high))


def dress(ax: Axes, palette: Palette) -> None:
    ax.set_facecolor(palette.paper)
    ax.tick_params(colors=palette.ink, labelsize=SMALL, length=3)
    ax.xaxis.label.set(color=palette.ink, fontsize=TEXT)
    ax.yaxis.label.set(color=palette.ink, fontsize=TEXT)
    ax.grid(axis="y", color=palette.grid, linewidth=0.6)
    ax.set_axisbelow(True)
    for name, spine in ax.spines.items():
        spine.set_color(palette.faint)
        spine.set_visible(name in ("left", "bottom"))
