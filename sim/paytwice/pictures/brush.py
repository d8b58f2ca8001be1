"""What a swimlane chart is drawn with: lines, boxes and texts on matplotlib's axes, in inches.

A long story has thousands of lines, so what looks the same is gathered, and drawn as one by `finish`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import attrs
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.colors import to_rgb
from matplotlib.patches import BoxStyle, PathPatch
from matplotlib.path import Path

from paytwice.pictures.fonts import drawable, has_bold
from paytwice.pictures.fonts import families as families
from paytwice.pictures.letters import Letters
from paytwice.pictures.page import SIZE, Box

Point = tuple[float, float]
Outline = Sequence[Point]

SOLID: Final = "-"
DASHED: Final = (0, (4, 2))
DASH_DOTTED: Final = (0, (5, 1.5, 1, 1.5))
DOTTED: Final = (0, (1, 1.5))
HEAD: Final = 0.1  # inches of an arrow's head
HALF_HEAD: Final = 0.035
PALE: Final = 0.36  # of its colour, that is left of what is fainter than the rest

# What lies on what.
GROUND, LANES, BREAKS, ARROWS, HALO, TEXTS, TAGS, TAG_TEXTS = range(1, 9)


class Line(NamedTuple):
    """How a line looks."""

    colour: str
    width: float  # points
    style: Any
    on: float


class Fill(NamedTuple):
    """How an area looks."""

    face: str
    edge: str
    hatch: str
    width: float
    on: int


class Mark(NamedTuple):
    """How a mark looks."""

    marker: str
    size: float
    colour: str
    edge: float


def pale(colour: str, paper: str) -> str:
    """A colour as it is where it should not draw the eye; nothing stays nothing."""
    if colour == "none":
        return colour
    mixed = zip(to_rgb(colour), to_rgb(paper), strict=True)
    return "#" + "".join(f"{round(255 * (PALE * own + (1 - PALE) * below)):02x}" for own, below in mixed)


@attrs.define
class Brush:
    """Draws on axes whose unit is an inch, downwards; nothing is there before `finish`.

    With `letters` texts are drawn by them, letter by letter, which a page of thousands needs.
    """

    ax: Axes
    letters: Letters | None = None
    _lines: dict[Line, list[Outline]] = attrs.field(init=False, factory=dict)
    _areas: dict[Fill, list[Outline]] = attrs.field(init=False, factory=dict)
    _pills: dict[Fill, list[Path]] = attrs.field(init=False, factory=dict)
    _marks: dict[Mark, list[Point]] = attrs.field(init=False, factory=dict)

    def finish(self) -> None:
        """Draw all that was gathered."""
        for fill, outlines in self._areas.items():
            if fill.edge == "none":
                self._draw_as_one(fill, outlines)
            else:
                self.ax.add_collection(PolyCollection(outlines, closed=True, **_look(fill)), autolim=False)
        for fill, paths in self._pills.items():
            self.ax.add_collection(PathCollection(paths, **_look(fill)), autolim=False)
        for line, lines in self._lines.items():
            self.ax.add_collection(
                LineCollection(
                    lines,
                    colors=line.colour,
                    linewidths=line.width,
                    linestyles=[line.style],
                    zorder=line.on,
                    capstyle="butt",
                ),
                autolim=False,
            )
        for mark, points in self._marks.items():
            self._draw_marks(mark, points)
        if self.letters is not None:
            self.letters.finish()

    def _draw_as_one(self, fill: Fill, outlines: Sequence[Outline]) -> None:
        """Fill areas that have no border, thousands at the cost of one."""
        path = Path.make_compound_path(*(Path([*one, one[0]], closed=True) for one in outlines))
        self.ax.add_artist(PathPatch(path, facecolor=fill.face, linewidth=0.0, zorder=fill.on))

    def line(
        self, points: Sequence[Point], colour: str, width: float, *, style: Any = SOLID, on: float = ARROWS
    ) -> None:
        """A line through points; `width` is in points."""
        self._lines.setdefault(Line(colour, width, style, on), []).append(points)

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
        self._areas.setdefault(Fill(colour, "none", "", 0.0, TEXTS), []).append(corners)

    def cross(self, at: Point, colour: str) -> None:
        """The mark of what was lost."""
        self._marks.setdefault(Mark("x", 6, colour, 1.8), []).append(at)

    def dot(self, at: Point, colour: str) -> None:
        """The mark of what waits."""
        self._marks.setdefault(Mark("o", 3.5, colour, 0.0), []).append(at)

    def _draw_marks(self, mark: Mark, points: Sequence[Point]) -> None:
        xs, ys = zip(*points, strict=True)
        self.ax.plot(
            xs,
            ys,
            marker=mark.marker,
            markersize=mark.size,
            markeredgewidth=mark.edge,
            color=mark.colour,
            linestyle="none",
            zorder=TEXTS,
        )

    def area(self, box: Box, face: str, *, edge: str = "none", hatch: str = "", on: int = GROUND) -> None:
        """A filled rectangle."""
        fill = Fill(face, edge, hatch, 0.6 if edge != "none" and not hatch else 0.0, on)
        corners = [
            (box.left, box.top),
            (box.right, box.top),
            (box.right, box.bottom),
            (box.left, box.bottom),
        ]
        self._areas.setdefault(fill, []).append(corners)

    def pill(self, box: Box, face: str, edge: str) -> None:
        """A tag: a filled box with round corners."""
        inner = box.right - box.left - 0.06, box.bottom - box.top - 0.06
        path = BoxStyle.Round(pad=0.03)(box.left + 0.03, box.top + 0.03, *inner, 1.0)
        self._pills.setdefault(Fill(face, edge, "", 1.0, TAGS), []).append(path)

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
        text = drawable(text)
        if self.letters is not None and self.letters.take(
            x, y, text, colour, align=align, size=size, bold=bold, on=on
        ):
            return
        self.ax.text(
            x,
            y,
            text,
            color=colour,
            fontsize=size,
            fontfamily=families(text),
            fontweight="bold" if bold and has_bold(text) else "normal",
            horizontalalignment=align,
            verticalalignment="center_baseline",
            zorder=on,
            parse_math=False,
        )


def _look(fill: Fill) -> dict[str, Any]:
    return {
        "facecolors": fill.face,
        "edgecolors": fill.edge,
        "hatch": fill.hatch or None,
        "linewidths": fill.width,
        "zorder": fill.on,
    }
