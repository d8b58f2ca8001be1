"""The lines of messages on a page: from the sending, past what became of them, to the arrival."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import attrs

from paytwice.pictures.endings import is_late
from paytwice.pictures.labels import Label
from paytwice.pictures.model import Copy, Ending, Message, Moment, Picture
from paytwice.pictures.page import DRIFT, SLOT, SLOTS, Box, Page

HOP: Final = 0.02  # how much the last way of a message that was held goes down
BESIDE: Final = 0.06  # of a lane, where a mark stands for what reached it in vain

Point = tuple[float, float]
Way = tuple[str, str]  # from one lane to another


@attrs.frozen
class Arrow:
    """One copy of a message on the page.

    `shafts` is its way in one or two parts, `waiting` where it was held in between; it ends in a head, or in
    a cross where it was lost, or in nothing where the run ended before.
    """

    message: Message
    shafts: tuple[tuple[Point, ...], ...]
    waiting: tuple[Point, Point] | None
    head: bool
    cross: Point | None
    late: bool
    again: bool  # a copy that the network made


def arrows(picture: Picture, page: Page) -> Iterator[Arrow]:
    """The arrows of a picture in the order in which the messages were sent."""
    level = {
        written.about.message.sent: written.box
        for written in page.written
        if isinstance(written.about, Label) and written.about.moment == written.about.message.sent
    }
    waiting = _Waiting(page, _beyond(level, picture, page))
    for message in picture.messages:
        for number, copy in enumerate(message.copies):
            if page.left_out.issuperset((message.sent, copy.end)):
                continue
            yield _arrow(page, message, copy, number > 0, level, waiting)


@attrs.define
class _Waiting:
    """Who waits where in the network: each in a place of its own, as long as there are places."""

    page: Page
    begin: Mapping[Way, float]
    until: dict[Way, list[float]] = attrs.field(factory=dict)

    def place(self, message: Message, begin: float, end: float) -> float:
        """How far across the page a message waits, from one height to another."""
        way = message.sender, message.receiver
        ends = self.until.setdefault(way, [])
        slot = next((number for number, taken in enumerate(ends) if taken <= begin), len(ends))
        ends[slot : slot + 1] = [end]
        return self.begin[way] + _toward(self.page, message) * SLOT * (2 + slot % SLOTS)


def _beyond(level: Mapping[Moment, Box], picture: Picture, page: Page) -> Mapping[Way, float]:
    """Where messages that are held begin to stand, for each way: past all of their labels."""
    found: dict[Way, float] = {}
    for message in picture.messages:
        if all(copy.held is None for copy in message.copies):
            continue
        way, toward = (message.sender, message.receiver), _toward(page, message)
        left, right = page.way(*way)
        places = [found.get(way, left), left] if toward > 0 else [found.get(way, right), right]
        label = level.get(message.sent)
        if label is not None:
            places.append(label.right if toward > 0 else label.left)
        found[way] = max(places) if toward > 0 else min(places)
    return found


def _arrow(
    page: Page,
    message: Message,
    copy: Copy,
    again: bool,
    level: Mapping[Moment, Box],
    waits: _Waiting,
) -> Arrow:
    toward = _toward(page, message)
    begin = page.lanes[message.sender] + toward * page.edge(message.sender), page.y[message.sent]
    end = page.lanes[message.receiver] - toward * page.edge(message.receiver), page.y[copy.end]
    start = (begin, *_past_label(begin, toward, None if again else level.get(message.sent)))
    waiting = None
    if copy.held is not None:
        x, held, until = waits.place(message, begin[1], end[1]), page.y[copy.held], end[1] - HOP
        waiting = (x, held), (x, max(held, until))
        shafts: tuple[tuple[Point, ...], ...] = ((*start, waiting[0]), (waiting[1], end))
        if copy.ending is Ending.UNDERWAY:
            shafts = shafts[:1]
    else:
        end = _end(page, message, copy, start[-1], end)
        shafts = ((*start, end),)
    cross = {Ending.LOST: end, Ending.UNHEARD: (end[0] - toward * BESIDE, end[1])}.get(copy.ending)
    head = copy.ending is Ending.ARRIVED
    return Arrow(message, shafts, waiting, head, cross, is_late(message, copy), again)


def _end(page: Page, message: Message, copy: Copy, last: Point, arrival: Point) -> Point:
    """Where an arrow ends: at the lane, unless it does not get there."""
    match copy.ending:
        case Ending.LOST:
            return _midway(page, message, last[0]), max(arrival[1], last[1] + DRIFT)
        case Ending.UNDERWAY:
            return _midway(page, message, last[0]), arrival[1]
        case _:
            return arrival


def _midway(page: Page, message: Message, after: float) -> float:
    """How far across a message comes that does not arrive: well past its label."""
    left, right = page.way(message.sender, message.receiver)
    toward = _toward(page, message)
    places = (left + right) / 2 + toward * (right - left) / 4, after + toward * 0.2
    return max(places) if toward > 0 else min(places)


def _toward(page: Page, message: Message) -> int:
    return 1 if page.lanes[message.receiver] > page.lanes[message.sender] else -1


def _past_label(begin: Point, toward: int, label: Box | None) -> tuple[Point, ...]:
    """An arrow runs level behind its label, and slants only after it."""
    if label is None:
        return ()
    return ((label.right if toward > 0 else label.left, begin[1]),)
