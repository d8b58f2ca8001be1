"""What can be seen on axes: bars and marks by colour, texts and where they stand."""

from __future__ import annotations

from typing import Any, cast

from matplotlib.axes import Axes
from matplotlib.collections import Collection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox


def colour(one: Collection) -> str:
    """What a collection is filled with, or nothing."""
    faces = cast(Any, one.get_facecolor())
    return to_hex(faces[0]) if len(faces) else ""


def bars(ax: Axes, *, hatched: bool | None = None) -> dict[str, int]:
    """How many bars there are of each colour."""
    found: dict[str, int] = {}
    for one in ax.collections:
        if hatched is not None and bool(one.get_hatch()) is not hatched:
            continue
        if one.get_paths() and len(cast(Any, one.get_paths()[0].vertices)):
            found[colour(one)] = found.get(colour(one), 0) + len(one.get_paths())
    return found


def marks(ax: Axes, marker: str) -> int:
    """How many points are marked so; what only a legend shows is none."""
    return sum(len(cast(Any, one.get_xdata())) for one in ax.lines if one.get_marker() == marker)


def texts(ax: Axes) -> list[str]:
    """Every text on the axes."""
    return [one.get_text() for one in ax.texts]


def named(ax: Axes) -> list[str]:
    """What the legend says."""
    legend = ax.get_legend()
    return [one.get_text() for one in legend.get_texts()] if legend is not None else []


def boxes(figure: Figure, ax: Axes) -> list[tuple[str, Bbox]]:
    """Where each text of the axes and of their legend stands, in pixels."""
    figure.draw_without_rendering()
    legend = ax.get_legend()
    every = [*ax.texts, *(legend.get_texts() if legend is not None else [])]
    every += [label for label in ax.get_xticklabels() if label.get_visible()]
    return [(one.get_text(), one.get_window_extent()) for one in every if one.get_text()]


def overlapping(found: list[tuple[str, Bbox]]) -> list[tuple[str, str]]:
    """The texts that stand on each other."""
    return [
        (text, other)
        for n, (text, box) in enumerate(found)
        for other, its in found[:n]
        if box.shrunk(0.97, 0.7).overlaps(its.shrunk(0.97, 0.7))
    ]
