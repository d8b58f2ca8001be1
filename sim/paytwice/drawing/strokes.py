"""Marks and bars by the hundreds: those that look alike are one artist, or a large run would take minutes."""

from __future__ import annotations

from typing import Any

import attrs
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

Point = tuple[float, float]


@attrs.frozen
class Mark:
    """How a point is marked."""

    marker: str
    face: str
    edge: str
    size: float = 6.0  # points
    width: float = 1.0
    on: int = 6

    @property
    def look(self) -> dict[str, Any]:
        """The same in matplotlib's words, for a legend too."""
        return {
            "marker": self.marker,
            "markersize": self.size,
            "markerfacecolor": self.face,
            "markeredgecolor": self.edge,
            "markeredgewidth": self.width,
            "linestyle": "none",
            "zorder": self.on,
        }


@attrs.frozen
class Fill:
    """How a bar is filled."""

    face: str
    edge: str = "none"
    hatch: str = ""
    width: float = 0.7  # points, of the edge
    on: int = 3


@attrs.define
class Strokes:
    """What is to be drawn, by its look."""

    marks: dict[Mark, list[Point]] = attrs.field(factory=dict)
    bars: dict[Fill, list[list[Point]]] = attrs.field(factory=dict)

    def mark(self, x: float, y: float, mark: Mark) -> None:
        """Mark a point."""
        self.marks.setdefault(mark, []).append((x, y))

    def bar(self, left: float, right: float, y: float, high: float, fill: Fill) -> None:
        """Draw a bar whose middle is at the height y."""
        top, low = y - high / 2, y + high / 2
        corners = [(left, top), (right, top), (right, low), (left, low)]
        self.bars.setdefault(fill, []).append(corners)

    def draw(self, ax: Axes) -> None:
        """Draw all of it."""
        for fill, bars in self.bars.items():
            ax.add_collection(
                PolyCollection(
                    bars,
                    facecolors=fill.face,
                    edgecolors=fill.edge,
                    linewidths=fill.width,
                    hatch=fill.hatch or None,
                    zorder=fill.on,
                ),
                autolim=False,
            )
        for mark, points in self.marks.items():
            ax.plot([x for x, _ in points], [y for _, y in points], clip_on=False, **mark.look)
