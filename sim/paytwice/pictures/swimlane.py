"""Draws a picture as a swimlane chart with matplotlib.

Time runs down the page, since what is written beside an arrow runs across it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from paytwice.pictures.arrows import Arrow, arrows
from paytwice.pictures.brush import (
    ARROWS,
    BREAKS,
    DASH_DOTTED,
    DASHED,
    DOTTED,
    GROUND,
    HALO,
    LANES,
    SOLID,
    TAG_TEXTS,
    TEXTS,
    Brush,
    pale,
)
from paytwice.pictures.drawing import Drawing
from paytwice.pictures.heading import Heading, Sample, heading, legend
from paytwice.pictures.labels import Label
from paytwice.pictures.languages import translated
from paytwice.pictures.layout import layout
from paytwice.pictures.letters import MANY, Letters
from paytwice.pictures.model import Band, Fault, Message, Moment, Note, Picture, Span
from paytwice.pictures.page import LOUD, NAMES, About, Box, Mark, Page, Written
from paytwice.pictures.palette import LIGHT, Palette, colours
from paytwice.pictures.signs import draw_sign
from paytwice.pictures.style import DPI, style
from paytwice.pictures.tags import state, tag

TALLEST: Final = 60_000  # pixels that matplotlib can write
FOOT: Final = 0.25
PAPER: Final = 0  # lies under all the rest


@attrs.frozen
class Composition:
    """A picture that is laid out: all of it has its place, and nothing is drawn yet. In inches."""

    picture: Picture
    page: Page
    head: Heading
    lines: tuple[Arrow, ...]
    signs: tuple[Sample, ...]

    @property
    def width(self) -> float:
        """How wide it is."""
        return self.page.width

    @property
    def below(self) -> float:
        """How far it goes down, from where the story begins."""
        return self.page.bottom + FOOT + max((sign.y for sign in self.signs), default=0.0)

    @property
    def height(self) -> float:
        """How high it is."""
        return self.head.height + self.below


def compose(picture: Picture) -> Composition:
    """Lay a picture out."""
    picture = translated(picture)
    page = layout(picture)
    lines = tuple(arrows(picture, page))
    return Composition(picture, page, heading(picture, page), lines, legend(lines, page, picture.language))


def draw(picture: Picture, *, ax: Axes | None = None, palette: Palette = LIGHT) -> Figure:
    """Draw a picture on a page of its own, or into axes, where an inch of the page becomes a unit."""
    composed = compose(picture)
    with style():
        if ax is None:
            figure = blank(composed.width, composed.height, palette)
            put(composed, figure.add_axes((0, 0, 1, 1)), palette, is_page=True)
            return figure
        put(composed, ax, palette, is_page=False)
    found = ax.get_figure(root=True)
    assert found is not None
    return found


def blank(width: float, height: float, palette: Palette) -> Figure:
    """An empty page; one that would be too high to be written is written less fine."""
    return Drawing(figsize=(width, height), dpi=min(DPI, TALLEST / height), facecolor=palette.paper)


def put(composed: Composition, ax: Axes, palette: Palette, *, is_page: bool) -> Brush:
    """Draw what is composed into axes; `is_page` says that an inch of them is an inch."""
    top, width = composed.head.height, composed.width
    ax.set_xlim(0, width)
    ax.set_ylim(composed.below, -top)
    ax.set_axis_off()
    brush = Brush(ax, Letters(ax) if is_page and len(composed.page.written) > MANY else None)
    if not is_page:
        brush.area(Box(0, -top, width, composed.below), palette.paper, on=PAPER)
    colour = colours(composed.picture.lanes, palette)
    drawing = _Drawing(brush, composed.picture, composed.page, palette, colour)
    drawing.all(composed.head, composed.lines, composed.signs)
    brush.finish()
    return brush


@attrs.define
class _Drawing:
    """Draws what was laid out, from the ground up."""

    brush: Brush
    picture: Picture
    page: Page
    palette: Palette
    colour: Mapping[str, str]

    def all(self, head: Heading, lines: tuple[Arrow, ...], signs: tuple[Sample, ...]) -> None:
        """Draw everything."""
        self._head(head)
        for span in self.picture.spans:
            self._span(span)
        self._lanes()
        for fold in self.page.folds:
            self._fold(fold)
        for line in lines:
            self._arrow(line)
        for written in self.page.written:
            self._write(written)
        for sign in signs:
            draw_sign(self.brush, sign, self.page.bottom + 0.1, self.palette)

    # -- lanes ----------------------------------------------------------------------------------------------

    def _head(self, head: Heading) -> None:
        for row in head.rows:
            ink = self.palette.alarm if row.loud else self.palette.ink
            self.brush.text(0.2, row.y - head.height, row.text, ink, size=row.size, bold=row.bold)
        for lane in self.picture.lanes:
            x, y = self.page.lanes[lane.name], head.names - head.height
            self.brush.text(x, y, lane.title, self.colour[lane.name], align="center", size=NAMES, bold=True)

    def _lanes(self) -> None:
        for lane in self.picture.lanes:
            x = self.page.lanes[lane.name]
            self.brush.line([(x, 0.0), (x, self.page.bottom)], self.colour[lane.name], 1.2, on=LANES)
        orders = list(dict.fromkeys(band.order for band in self.picture.bands))
        broad = 2 * self.page.band / max(len(orders), 1)
        for band in self.picture.bands:
            self._band(band, broad, broad * (orders.index(band.order) - (len(orders) - 1) / 2))

    def _band(self, band: Band, broad: float, aside: float) -> None:
        x = self.page.lanes["merchant"] + aside
        face, hatch = state(band.state, band.channel, self.colour, self.palette)
        ink = self._shown(self.palette.ink, band)
        face = self._shown(face, band)
        box = Box(x - broad / 2, self.page.y[band.begin], x + broad / 2, self.page.y[band.end])
        self.brush.area(box, face, on=LANES)
        if hatch:
            self.brush.area(box, "none", edge=ink, hatch=hatch, on=LANES)
        self.brush.area(box, "none", edge=ink, on=LANES)

    def _fold(self, fold: Mark) -> None:
        half = 0.03 * fold.size
        for name, x in self.page.lanes.items():
            wide = self.page.edge(name) + 0.07
            box = Box(x - wide, fold.y - half, x + wide, fold.y + half)
            self.brush.area(box, self.palette.paper, on=BREAKS)
            for y in (fold.y - half, fold.y + half):
                ends = [(x - wide - 0.01, y + 0.02), (x + wide + 0.01, y - 0.02)]
                self.brush.line(ends, self.palette.ink, 0.8, on=BREAKS)

    def _span(self, span: Span) -> None:
        box = self._area(span)
        hatch = {Fault.DOWN: "xxxx", Fault.HANGS: "", Fault.CUT: "...."}[span.fault]
        self.brush.area(
            box, self.palette.trouble, edge=self.palette.edge if hatch else "none", hatch=hatch, on=GROUND
        )

    def _area(self, span: Span) -> Box:
        x, half = self.page.lanes[span.lane], self.page.band + 0.11
        left, right = x - half, x + half
        if span.fault is not Fault.DOWN:
            left, right = self.page.way(span.lane, span.other)
        return Box(left, self.page.y[span.begin], right, self.page.y[span.end])

    def _ground(self, box: Box) -> str:
        """The colour of the page behind a text."""
        links = (span for span in self.picture.spans if span.fault is Fault.HANGS)
        x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
        troubled = any(Box(x, y, x, y).lies_in(self._area(span)) for span in links)
        return self.palette.trouble if troubled else self.palette.paper

    # -- messages -------------------------------------------------------------------------------------------

    def _arrow(self, arrow: Arrow) -> None:
        colour = self._shown(self._colour(arrow.message), arrow.message)
        on = ARROWS + 0.5 * self.picture.is_lit(arrow.message)
        style: Any = DASHED if arrow.message.is_reply else SOLID
        if arrow.again:
            style = DASH_DOTTED
        for shaft in arrow.shafts:
            self.brush.line(shaft, colour, 1.5 if arrow.late else 1.0, style=style, on=on)
        if arrow.waiting is not None:
            self.brush.line(arrow.waiting, colour, 1.0, style=DOTTED, on=on)
            self.brush.dot(arrow.waiting[0], colour)
        if arrow.head:
            before, tip = arrow.shafts[-1][-2:]
            self.brush.head(before, tip, colour)
        if arrow.cross is not None:
            self.brush.cross(arrow.cross, self._shown(self.palette.ink, arrow.message))

    def _colour(self, message: Message) -> str:
        """The colour of the channel that takes part."""
        ends = (message.sender, message.receiver)
        return next(
            (self.colour[name] for name in ends if name not in ("customer", "merchant")), self.palette.ink
        )

    def _shown(self, colour: str, about: Message | Note | Band | Span) -> str:
        """A colour as it is where something else is to catch the eye."""
        return colour if self.picture.is_lit(about) else pale(colour, self.palette.paper)

    # -- texts ----------------------------------------------------------------------------------------------

    def _write(self, written: Written) -> None:
        box, about = written.box, written.about
        x = {"left": box.left, "right": box.right}.get(written.align, (box.left + box.right) / 2)
        tagged = isinstance(about, Note | Span) and written.align == "center"
        if isinstance(about, Note | Span) and tagged:
            looks = tag(about, self.colour, self.palette)
            face, edge, colour = (self._shown(one, about) for one in looks)
            if self.picture.lit is not None and looks.ink == self.palette.paper:
                colour = self.palette.paper  # what is written on a pale ground must not be pale itself
            self.brush.pill(box, face, edge)
        else:
            around = Box(box.left - 0.02, box.top, box.right + 0.02, box.bottom)
            self.brush.area(around, self._ground(box), on=HALO)
            colour = self._ink(about)
        loud = isinstance(about, Note) and about.tone in LOUD
        if isinstance(about, Note) and loud:
            colour = self._shown(self.palette.alarm, about)
        height = (box.bottom - box.top) / len(written.lines)
        for number, line in enumerate(written.lines):
            self.brush.text(
                x,
                box.top + height * (number + 0.5),
                line,
                colour,
                align=written.align,
                bold=tagged or loud,
                on=TAG_TEXTS if tagged else TEXTS,
            )

    def _ink(self, about: About) -> str:
        """The colour of a text on no tag: a message's own, fainter where nothing happened."""
        match about:
            case Label(message=message):
                return self._shown(self._colour(message), message)
            case Moment() | Mark():
                return self.palette.faint
            case Note():
                return self._shown(self.palette.ink, about)
            case _:
                return self.palette.ink
