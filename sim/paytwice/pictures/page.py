"""The page of a swimlane chart: where lanes and texts are, in inches from the story's top left corner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

import attrs

from paytwice.pictures.labels import Label
from paytwice.pictures.metrics import width
from paytwice.pictures.model import Fault, Moment, Note, Picture, Span, Tone

SIZE: Final = 8.0  # points
NAMES: Final = 10.0  # points of the names of lanes
LINE: Final = 0.13  # from one line of text to the next
TAG: Final = 0.18  # the height of a tag on a lane
ASIDE: Final = 0.13  # between a lane and what is written beside it: the length of an arrow's head, and more
LEFT: Final = 0.9  # for the times
SHAFT: Final = 0.55  # of an arrow, that is seen beyond its label at least
GAP: Final = 1.5  # between two lanes, at least
DRIFT: Final = 0.04  # how much the way of a lost message goes down
SLOT: Final = 0.05  # between two messages that wait side by side
SLOTS: Final = 9  # places to wait for messages that go the same way
MARGIN: Final = 0.2
NARROWEST: Final = 6.5  # a page whose title is not broken too often
BAND: Final = 0.1  # the width of an order's band on the merchant's lane
BROADEST: Final = 0.6  # all bands together
LOUD: Final = (Tone.ALARM, Tone.RAISED)  # notes in bold
# Notes that stand on the lane as a tag.
CENTRED: Final = (
    *(Tone.STATE, Tone.CAPTURED, Tone.RETURNED, Tone.STRAYED),
    *(Tone.CONSOLE, Tone.TROUBLE, Tone.BROKEN),
)


@attrs.frozen
class Box:
    """A rectangle on the page."""

    left: float
    top: float
    right: float
    bottom: float

    def moved(self, y: float) -> Box:
        """The same box, so much further down."""
        return Box(self.left, self.top + y, self.right, self.bottom + y)

    def stands_over(self, other: Box) -> bool:
        """Whether two boxes share some of the page's width."""
        return self.left < other.right and other.left < self.right

    def lies_in(self, other: Box) -> bool:
        """Whether all of it is within another box."""
        across = other.left <= self.left and self.right <= other.right
        return across and other.top <= self.top and self.bottom <= other.bottom

    def overlaps(self, other: Box) -> bool:
        """Whether two boxes share more than an edge."""
        return self.stands_over(other) and self.top < other.bottom and other.top < self.bottom


@attrs.frozen
class Mark:
    """Where a quiet stretch is left out. `size` is 1, or less between things that are alike."""

    y: float
    quiet: int  # milliseconds
    size: float


About = Label | Note | Span | Moment | Mark


@attrs.frozen
class Written:
    """A text and the box it stands in; `about` is what it tells of, `align` is left, right or center."""

    text: str
    box: Box
    align: str
    about: About

    @property
    def lines(self) -> list[str]:
        """The text, line by line; the first one stands at the height of what it tells of."""
        return self.text.split("\n")


@attrs.define
class Page:
    """Where everything stands: lanes across, moments down, and what is written."""

    lanes: Mapping[str, float]
    width: float
    band: float = 0.0  # half the width of all bands on the merchant's lane
    y: dict[Moment, float] = attrs.field(factory=dict)
    written: list[Written] = attrs.field(factory=list)
    folds: list[Mark] = attrs.field(factory=list)
    left_out: set[Moment] = attrs.field(factory=set)
    bottom: float = 0.0

    def way(self, one: str, other: str) -> tuple[float, float]:
        """The left and the right of the part of a way between two lanes that no other way shares."""
        xs = list(self.lanes.values())
        right = max(self.lanes[one], self.lanes[other])
        return xs[xs.index(right) - 1], right

    def edge(self, lane: str) -> float:
        """How far from the middle of a lane arrows begin and end."""
        return self.band if lane == "merchant" else 0.0

    def box(self, about: Label | Note | Span) -> Box:
        """The box of a text, as if its moment were at height 0."""
        match about:
            case Label(lane=lane, toward=toward, text=text):
                return self.beside(lane, toward, text)
            case Note(lane=lane, tone=tone, text=text) if tone in CENTRED:
                return _tag(self.lanes[lane], text)
            case Note(lane=lane, tone=tone, text=text):
                return self.beside(lane, before(list(self.lanes), lane), text, loud=tone in LOUD)
            case Span(fault=Fault.DOWN, lane=lane, text=text):
                return _tag(self.lanes[lane], text)
            case Span(lane=lane, other=other, text=text):
                return _tag(sum(self.way(lane, other)) / 2, text)

    def beside(self, lane: str, toward: str, text: str, *, loud: bool = False) -> Box:
        """The box of a text beside a lane, on the side of another one."""
        x, inches, aside = self.lanes[lane], _broad(text, loud), ASIDE + self.edge(lane)
        left = x + aside if self.lanes[toward] > x else x - aside - inches
        return Box(left, -LINE / 2, left + inches, LINE * (text.count("\n") + 0.5))


def _tag(x: float, text: str) -> Box:
    half = width(text, SIZE, bold=True) / 2 + 0.05
    return Box(x - half, -TAG / 2, x + half, TAG / 2)


def _broad(text: str, loud: bool) -> float:
    return max(width(line, SIZE, bold=loud) for line in text.split("\n"))


def before(lanes: list[str], lane: str) -> str:
    """The lane on whose side a note about `lane` is written: the one before it."""
    at = lanes.index(lane)
    return lanes[at - 1] if at else lanes[1]


def blank_page(picture: Picture, labels: Iterable[Label]) -> Page:
    """A page with lanes so far apart that what is written between them finds room."""
    names = [lane.name for lane in picture.lanes]
    orders = dict.fromkeys(band.order for band in picture.bands)
    band = min(BAND * len(orders), BROADEST) / 2
    gaps = _gaps(picture, labels, names)
    spare = max(NARROWEST - LEFT - MARGIN - sum(gaps), 0.0) / len(gaps)
    x, lanes = LEFT + MARGIN, {}
    for name, gap in zip(names, [*gaps, 0.0], strict=True):
        lanes[name] = x
        x += gap + band + spare
    tags = [note.text for note in picture.notes if note.lane == names[-1] and note.tone in CENTRED]
    title = width(picture.lanes[-1].title, NAMES, bold=True)
    overhang = max(title, *(width(text, SIZE, bold=True) for text in tags), 0.6) / 2
    return Page(lanes, lanes[names[-1]] + overhang + MARGIN, band)


def _gaps(picture: Picture, labels: Iterable[Label], names: list[str]) -> list[float]:
    """How far apart neighbouring lanes must stand."""
    gaps = [GAP] * (len(names) - 1)

    def widen(lane: str, toward: str, inches: float) -> None:
        at = names.index(lane)
        gap = at if names.index(toward) > at else at - 1
        gaps[gap] = max(gaps[gap], inches + 2 * ASIDE)

    for label in labels:
        widen(label.lane, label.toward, width(label.text, SIZE) + SHAFT)
    for note in picture.notes:
        if note.tone not in CENTRED:
            widen(note.lane, before(names, note.lane), _broad(note.text, note.tone in LOUD))
    for span in picture.spans:
        if span.fault is not Fault.DOWN:
            further = max(names.index(span.lane), names.index(span.other))
            widen(names[further], names[further - 1], width(span.text, SIZE, bold=True))
    for further, inches in _waiting_rooms(picture, labels, names).items():
        widen(names[further], names[further - 1], inches)
    return gaps


def _waiting_rooms(picture: Picture, labels: Iterable[Label], names: list[str]) -> Mapping[int, float]:
    """How much room a gap needs where messages wait in it: for their labels, and side by side for themselves.

    A gap is told by the lane to its right, as the way that ends there is drawn in it.
    """
    told: dict[tuple[str, str], float] = {}
    for label in labels:
        if label.moment == label.message.sent:
            way = label.lane, label.toward
            told[way] = max(told.get(way, 0.0), width(label.text, SIZE) + SLOT)
    waiting = Counter(
        (message.sender, message.receiver)
        for message in picture.messages
        if any(copy.held is not None for copy in message.copies)
    )
    rooms: dict[int, float] = {}
    for (sender, receiver), number in waiting.items():
        further = max(names.index(sender), names.index(receiver))
        beside = sender in (names[further], names[further - 1])
        room = SLOT * (2 + min(number, SLOTS)) + (told.get((sender, receiver), 0.0) if beside else 0.0)
        rooms[further] = rooms.get(further, 0.0) + room
    return rooms
