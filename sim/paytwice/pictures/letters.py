"""Writes thousands of texts at the cost of hundreds.

matplotlib lays out every text anew, which takes a millisecond each. On a page whose unit is an inch there is
nothing to lay out: a letter stands where the widths of those before it put it. So each letter of the alphabet
becomes one mark with as many places as it has, and is drawn once. Only pairs are not kerned then.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final, NamedTuple, cast

import attrs
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import LoadFlags
from matplotlib.lines import Line2D
from matplotlib.path import Path
from matplotlib.textpath import TextPath

from paytwice.pictures.fonts import FONT
from paytwice.pictures.metrics import POINTS, WIDTHS

MANY: Final = 800  # texts on a page, from which on they are written letter by letter
EM: Final = 100.0  # points, in which outlines are read
MIDDLE: Final = 0.38  # of its size, from the base line of a text to what looks like its middle


class Letter(NamedTuple):
    """How a letter looks."""

    char: str
    colour: str
    size: float
    bold: bool
    on: int


@attrs.define
class Letters:
    """Gathers texts letter by letter, for axes whose unit is an inch."""

    ax: Axes
    _places: dict[Letter, tuple[list[float], list[float]]] = attrs.field(init=False, factory=dict)

    def take(
        self, x: float, y: float, text: str, colour: str, *, align: str, size: float, bold: bool, on: int
    ) -> bool:
        """Take a text; False where it has letters that need a font of their own."""
        if any(char not in WIDTHS for char in text):
            return False
        scale = size / POINTS
        long = scale * sum(_advance(char, bold) for char in text)
        at = x - {"left": 0.0, "center": long / 2, "right": long}[align]
        for char in text:
            if not char.isspace():
                xs, ys = self._places.setdefault(Letter(char, colour, size, bold, on), ([], []))
                xs.append(at)
                ys.append(y + MIDDLE * scale)
            at += scale * _advance(char, bold)
        return True

    def finish(self) -> None:
        """Draw all letters."""
        for letter, (xs, ys) in self._places.items():
            outline, reach = _outline(letter.char, letter.bold)
            self.ax.add_artist(
                Line2D(
                    xs,
                    ys,
                    linestyle="none",
                    marker=cast(Any, outline),
                    markersize=2 * reach * letter.size,  # a mark of one's own is made to fit half its size
                    markerfacecolor=letter.colour,
                    markeredgewidth=0.0,
                    zorder=letter.on,
                )
            )


@cache
def _face(bold: bool) -> FontProperties:
    return FontProperties(family=[FONT], weight="bold" if bold else "normal")


@cache
def _advance(char: str, bold: bool) -> float:
    """How far the next letter stands, in sizes of the font."""
    font = get_font(findfont(_face(bold)))
    font.set_size(EM, POINTS)
    return font.load_char(ord(char), flags=LoadFlags.NO_HINTING).linearHoriAdvance / 65536 / EM


@cache
def _outline(char: str, bold: bool) -> tuple[Path, float]:
    """A letter's outline, and how far it reaches from its origin at most, in sizes of the font."""
    path = TextPath((0, 0), char, size=EM, prop=_face(bold))
    return Path(path.vertices, path.codes), float(abs(cast(Any, path.vertices)).max()) / EM
