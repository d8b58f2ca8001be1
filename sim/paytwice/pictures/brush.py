"""What a swimlane chart is drawn with: lines, boxes and texts on matplotlib's axes, in inches."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

import attrs
from matplotlib.axes import Axes
from matplotlib.font_manager import fontManager
from matplotlib.patches import FancyBboxPatch, Polygon, Rectangle

from paytwice.pictures.metrics import WIDTHS
from paytwice.pictures.page import SIZE, Box

Point = tuple[float, float]

FONT: Final = "DejaVu Sans"
CHINESE: Final = (
    *("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "Hiragino Sans GB"),
    *("Microsoft YaHei", "SimHei", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Arial Unicode MS"),
)

SOLID: Final = "-"
DASHED: Final = (0, (4, 2))
DASH_DOTTED: Final = (0, (5, 1.5, 1, 1.5))
DOTTED: Final = (0, (1, 1.5))
HEAD: Final = 0.1  # inches of an arrow's head
HALF_HEAD: Final = 0.035

# What lies on what.
GROUND, LANES, BREAKS, ARROWS, HALO, TEXTS, TAGS, TAG_TEXTS = range(1, 9)


def families(text: str) -> list[str]:
    """The fonts that a text is drawn in: the one that matplotlib brings along, where that has its letters.

    It has no Chinese; so a story told in Chinese is drawn in what this machine has.
    """
    if all(char in WIDTHS for char in text):
        return [FONT]
    return [FONT, *(name for name in CHINESE if name in _installed())]


@cache
def _installed() -> frozenset[str]:
    return frozenset(font.name for font in fontManager.ttflist)


@attrs.frozen
class Brush:
    """Draws on axes whose unit is an inch, downwards."""

    ax: Axes

    def line(
        self, points: Sequence[Point], colour: str, width: float, *, style: Any = SOLID, on: int = ARROWS
    ) -> None:
        """A line through points; `width` is in points."""
        xs, ys = zip(*points, strict=True)
        self.ax.plot(xs, ys, color=colour, linewidth=width, linestyle=style, zorder=on, solid_capstyle="butt")

    def head(self, before: Point, tip: Point, colour: str) -> None:
        """The head of an arrow that comes from `before`."""
        dx, dy = tip[0] - before[0], tip[1] - before[1]
        length = (dx * dx + dy * dy) ** 0.5 or 1.0
        ux, uy = dx / length, dy / length
        x, y = tip[0] - HEAD * ux, tip[1] - HEAD * uy
        corners = [
            tip,
            (x - HALF_HEAD * uy, y + HALF_HEAD * ux),
            (x + HALF_HEAD * uy, y - HALF_HEAD * ux),
        ]
        self.ax.add_patch(Polygon(corners, closed=True, color=colour, linewidth=0, zorder=TEXTS))

    def cross(self, at: Point, colour: str) -> None:
        """The mark of what was lost."""
        self._marker(at, "x", 6, colour, 1.8)

    def dot(self, at: Point, colour: str) -> None:
        """The mark of what waits."""
        self._marker(at, "o", 3.5, colour, 0.0)

    def _marker(self, at: Point, marker: str, size: float, colour: str, edge: float) -> None:
        self.ax.plot(
            [at[0]],
            [at[1]],
            marker=marker,
            markersize=size,
            markeredgewidth=edge,
            color=colour,
            linestyle="none",
            zorder=TEXTS,
        )

    def area(self, box: Box, face: str, *, edge: str = "none", hatch: str = "", on: int = GROUND) -> None:
        """A filled rectangle."""
        self.ax.add_patch(
            Rectangle(
                (box.left, box.top),
                box.right - box.left,
                box.bottom - box.top,
                facecolor=face,
                edgecolor=edge,
                linewidth=0.6 if edge != "none" and not hatch else 0.0,
                hatch=hatch or None,
                zorder=on,
            )
        )

    def pill(self, box: Box, face: str, edge: str) -> None:
        """A tag: a filled box with round corners."""
        self.ax.add_patch(
            FancyBboxPatch(
                (box.left + 0.03, box.top + 0.03),
                box.right - box.left - 0.06,
                box.bottom - box.top - 0.06,
                boxstyle="round,pad=0.03",
                facecolor=face,
                edgecolor=edge,
                linewidth=1.0,
                zorder=TAGS,
            )
        )

    def text(
        self,
        x: float,
        y: float,
        text: str,
        colour: str,
        *,
        align: str = "left",
        size: float = SIZE,
        bold: bool = False,
        on: int = TEXTS,
    ) -> None:
        """A line of text whose middle is at height `y`."""
        self.ax.text(
            x,
            y,
            text,
            color=colour,
            fontsize=size,
            fontfamily=families(text),
            fontweight="bold" if bold else "normal",
            horizontalalignment=align,
            verticalalignment="center_baseline",
            zorder=on,
            parse_math=False,
        )
