"""Puts a picture on a page.

The trick is one pass down the page. Moments are taken in their order, and each is put as high as it can be:
below the moment before it, and so low that what is written there stands clear of all that is written above.
So time only ever goes down, nothing is moved twice, and no label stands on another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Final

import attrs

from paytwice.pictures.folding import Stretch, left_out_words, step, stretches
from paytwice.pictures.labels import Label, labels, repeated
from paytwice.pictures.languages import LANGUAGES
from paytwice.pictures.model import Ending, Message, Moment, Note, Picture, Span, Tone
from paytwice.pictures.page import CENTRED, DRIFT, LEFT, LINE, TAG, Box, Mark, Page, Written, blank_page
from paytwice.report.timeline import stamp

CLEAR: Final = 0.015  # between what is written
FOLD: Final = 0.065  # half the height of a fold
POINT: Final = 0.015  # half the height that an arrow takes where it meets a lane
CROSS: Final = 0.045  # half the height of a cross
TOP: Final = 0.12

Thing = Label | Note | Span


def layout(picture: Picture) -> Page:
    """Place a picture on a page that is as wide as its labels need and as long as its story."""
    say = LANGUAGES[picture.language]
    parts = stretches(picture)
    beside = [attrs.evolve(one, text=say(one.text)) for one in labels(picture, parts)]
    page = blank_page(picture, beside)
    things = _things(beside, repeated(picture, parts), picture.spans)
    _Pass(page, picture, things, _touches(picture, page)).go_down(parts)
    return page


@attrs.define
class _Pass:
    """The one pass down the page. `taken` are the boxes in which something stands already."""

    page: Page
    picture: Picture
    things: Mapping[Moment, list[Thing]]
    touches: Mapping[Moment, list[Box]]
    cursor: float = TOP
    taken: list[Box] = attrs.field(factory=list)
    stamped: str = ""
    group: int = -1

    def go_down(self, parts: Iterable[Stretch]) -> None:
        """Place all moments, one stretch after the other."""
        for left_out, some in groupby(parts, key=lambda part: part.left_out):
            if left_out:
                self._leave_out(list(some))
            else:
                for part in some:
                    self._stretch(part)
        self.page.bottom = self._lowest() + LINE

    def _stretch(self, part: Stretch) -> None:
        fresh = part.group != self.group
        self.group = part.group
        if part.quiet_before:
            self._fold(part.quiet_before, 1.0 if fresh else 0.5)
        before = part.begin.at
        for moment in part.moments:
            self.cursor += step(moment.at - before, dull=part.dull)
            before = moment.at
            self._place(moment, begins=fresh and moment == part.begin)

    def _fold(self, quiet: int, size: float) -> Mark:
        half = FOLD * size
        y = (self._lowest() if size == 1.0 else self.cursor) + half
        mark = Mark(y, quiet, size)
        self.page.folds.append(mark)
        if size == 1.0:
            self.taken.append(Box(0.0, y - half, self.page.width, y + half))
        self.cursor = y + half
        return mark

    def _leave_out(self, parts: list[Stretch]) -> None:
        """Put stretches that tell nothing new into one fold, which says how much it hides."""
        mark = self._fold(sum(part.quiet_before for part in parts), 1.0)
        moments = dict.fromkeys((moment for part in parts for moment in part.moments), mark.y)
        self.page.y |= moments
        self.page.left_out.update(moments)
        text = LANGUAGES[self.picture.language](left_out_words(self.picture, moments))
        first, second = list(self.page.lanes)[1:3]
        box = self.page.beside(first, second, text).moved(mark.y)
        self.page.written.append(Written(text, box, "left", mark))

    def _place(self, moment: Moment, *, begins: bool) -> None:
        """Find the height of a moment, and write there what there is to write."""
        things, broken = _apart(self.things.get(moment, []))
        boxes = [self.page.box(thing) for thing in things]
        clock = Box(0.0, -LINE / 2, LEFT, LINE / 2)
        all_boxes = [*boxes, *self.touches.get(moment, []), *([clock] if begins else [])]
        y = self.page.y[moment] = self.cursor = round(self._highest(all_boxes), 3)
        for thing, box in zip(things, boxes, strict=True):
            self._write(thing, box, y)
        self.taken += [box.moved(y) for box in all_boxes]
        time = stamp(moment.at)
        if begins or (time != self.stamped and self._is_free(clock.moved(y))):
            self.stamped = time
            self.page.written.append(Written(time, clock.moved(y), "right", moment))
            self.taken.append(clock.moved(y))
        for note in broken:
            box = self.page.box(note)
            self.cursor = self._highest([box])
            self._write(note, box, self.cursor)
            self.taken.append(box.moved(self.cursor))
        self.taken = [box for box in self.taken if box.bottom > self.cursor - LINE - TAG]

    def _write(self, thing: Thing, box: Box, y: float) -> None:
        self.page.written.append(Written(thing.text, box.moved(y), self._align(thing, box), thing))

    def _align(self, thing: Thing, box: Box) -> str:
        if isinstance(thing, Span) or (isinstance(thing, Note) and thing.tone in CENTRED):
            return "center"
        return "left" if box.left > self.page.lanes[thing.lane] else "right"

    def _highest(self, boxes: Iterable[Box]) -> float:
        """The highest place at or below the cursor where no box stands on another."""
        y = self.cursor
        for box in boxes:
            for other in self.taken:
                if box.stands_over(other):
                    y = max(y, other.bottom + CLEAR - box.top)
        return y

    def _is_free(self, box: Box) -> bool:
        return not any(box.overlaps(other) for other in self.taken)

    def _lowest(self) -> float:
        return max([self.cursor, *(box.bottom for box in self.taken)])


def _apart(things: Iterable[Thing]) -> tuple[list[Thing], list[Note]]:
    """What is written at a moment, and what is written below it: the promises that it broke."""
    found: list[Thing] = []
    broken: list[Note] = []
    for thing in things:
        if isinstance(thing, Note) and thing.tone is Tone.BROKEN:
            broken.append(thing)
        else:
            found.append(thing)
    return found, broken


def _things(
    beside: Iterable[Label], notes: Iterable[Note], spans: Iterable[Span]
) -> Mapping[Moment, list[Thing]]:
    """What is written at each moment."""
    found: dict[Moment, list[Thing]] = {}
    for label in beside:
        found.setdefault(label.moment, []).append(label)
    for note in notes:
        found.setdefault(note.moment, []).append(note)
    for span in spans:
        found.setdefault(span.begin, []).append(span)
    return found


def _touches(picture: Picture, page: Page) -> Mapping[Moment, list[Box]]:
    """Where arrows leave lanes and reach them; one that arrives keeps some of its way free of labels."""
    found: dict[Moment, list[Box]] = {}
    for message in picture.messages:
        found.setdefault(message.sent, []).append(_point(page.lanes[message.sender], 0.08, 0.08))
        at, origin = page.lanes[message.receiver], page.lanes[message.sender]
        for copy in message.copies:
            if copy.ending is Ending.LOST:
                found.setdefault(copy.end, []).append(_cross(page, message))
                continue
            reach = 0.6 * min(abs(at - origin), 1.5)
            left, right = (reach, 0.08) if origin < at else (0.08, reach)
            found.setdefault(copy.end, []).append(_point(at, left, right))
    return found


def _cross(page: Page, message: Message) -> Box:
    """Where the cross of a lost message may stand: on the half of its way that it does not finish."""
    left, right = page.way(message.sender, message.receiver)
    middle, at = (left + right) / 2, page.lanes[message.receiver]
    return Box(min(middle, at), -CROSS, max(middle, at), CROSS + DRIFT)


def _point(x: float, left: float, right: float) -> Box:
    return Box(x - left, -POINT, x + right, POINT)
