"""A part of a picture: a stretch of time, some orders; and what in it is to catch the eye.

All of it is done to the picture, before anybody decides where things stand; so what draws it needs to know
nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final, TypeVar

import attrs

from paytwice.arguments import one_of
from paytwice.durations import duration_text
from paytwice.journal import Journal
from paytwice.oracle.verdict import Violation
from paytwice.pictures.model import Band, Message, Moment, Note, Picture, Role, Span, Tone
from paytwice.pictures.owners import owners
from paytwice.report.timeline import stamp
from paytwice.run import Run

FIRST: Final = "first"
Between = tuple[int, int]
Lasting = TypeVar("Lasting", Band, Span)


@attrs.frozen
class View:
    """What of a run is drawn, and how."""

    between: Between | None = None
    orders: tuple[str, ...] = ()
    folded: bool = True
    causes_of: str | None = None
    language: str = "en"

    def of(self, picture: Picture, run: Run | Journal) -> Picture:
        """The part of a run's picture; ValueError says what there is not in it."""
        if self.causes_of is not None:
            picture = causes_of(picture, run, self.causes_of)
        if self.orders:
            picture = of_orders(picture, run if isinstance(run, Journal) else run.journal, self.orders)
        if self.between is not None:
            picture = between(picture, self.between)
        return attrs.evolve(picture, folded=self.folded, language=self.language)


def between(picture: Picture, window: Between) -> Picture:
    """What happens from one time to another, in ms since the run began.

    A message that is under way at an edge is there with both of its ends. Raises ValueError where the times
    are not in order, or the second is before the run.
    """
    begin, end = window
    if not 0 <= begin < end:
        raise ValueError(
            f"a stretch is from one time in ms to a later one, not from {duration_text(begin)} "
            f"to {duration_text(end)}"
        )
    first, last = Moment(begin, -1), Moment(min(end, picture.ended.at), picture.ended.entry)
    if first > last:
        raise ValueError(
            f"a stretch from {duration_text(begin)} on is after the end of this run, "
            f"at {duration_text(picture.ended.at)}"
        )
    messages = tuple(one for one in picture.messages if _reaches_into(one, begin, end))
    cut = attrs.evolve(
        picture,
        messages=messages,
        notes=tuple(one for one in picture.notes if begin <= one.moment.at <= end),
        bands=tuple(_clipped(picture.bands, first, last)),
        spans=tuple(_clipped(picture.spans, first, last)),
        ended=last,
    )
    return _said(_with_lanes_of(cut), f"{stamp(begin)} to {stamp(last.at)}")


def _reaches_into(message: Message, begin: int, end: int) -> bool:
    last = max(copy.end.at for copy in message.copies)
    return message.sent.at <= end and last >= begin


def _clipped(lasting: Iterable[Lasting], first: Moment, last: Moment) -> Iterator[Lasting]:
    for one in lasting:
        if one.begin <= last and one.end >= first:
            yield attrs.evolve(one, begin=max(one.begin, first), end=min(one.end, last))


def of_orders(picture: Picture, journal: Journal, orders: Iterable[str]) -> Picture:
    """What is about some orders, and the trouble that all of them had.

    Raises ValueError where there is no such order.
    """
    owner = owners(journal)
    known = dict.fromkeys(owner.values())
    wanted = {one_of("order", one, known) for one in orders}
    part = attrs.evolve(
        picture,
        messages=tuple(one for one in picture.messages if owner.get(one.sent.entry) in wanted),
        notes=tuple(one for one in picture.notes if _is_about(one, owner.get(one.moment.entry), wanted)),
        bands=tuple(one for one in picture.bands if one.order in wanted),
    )
    names = [one for one in known if one in wanted]
    return _said(_with_lanes_of(part), f"order{'s' * (len(names) > 1)} {', '.join(names)}")


def _is_about(note: Note, order: str | None, wanted: set[str]) -> bool:
    if note.orders:
        return not wanted.isdisjoint(note.orders)
    return order in wanted or note.tone is Tone.TROUBLE


def causes_of(picture: Picture, run: Run | Journal, invariant: str) -> Picture:
    """Let what led to a broken promise stand out: the entries that broke it, and all that led to them.

    `invariant` is its id, or "first". Raises ValueError where that promise is not broken.
    """
    if isinstance(run, Journal):
        raise ValueError(f"causes_of={invariant!r}: a journal tells no verdict, so nothing is known to break")
    violation = _violation(run, invariant)
    entries = set(chain.from_iterable(run.journal.chain(entry) for entry in violation.entries))
    return attrs.evolve(picture, lit=frozenset(entries), lit_order=violation.order)


def _violation(run: Run, invariant: str) -> Violation:
    found = sorted(run.verdict.violations, key=lambda one: one.at)
    if not found:
        raise ValueError(f"causes_of={invariant!r}: no promise is broken in this run")
    if invariant == FIRST:
        return found[0]
    broken = {one.invariant: one for one in reversed(found)}
    return broken[one_of("broken promise", invariant, broken)]


def _with_lanes_of(picture: Picture) -> Picture:
    """Leave out the channels at which nothing is left to see."""
    met = {name for one in picture.messages for name in (one.sender, one.receiver)}
    met |= {one.lane for one in picture.notes}
    met |= {one.lane for one in picture.spans if not one.other}
    lanes = tuple(one for one in picture.lanes if one.role is not Role.CHANNEL or one.name in met)
    names = {"", *(lane.name for lane in lanes)}
    spans = tuple(one for one in picture.spans if {one.lane, one.other} <= names)
    return attrs.evolve(picture, lanes=lanes, spans=spans)


def _said(picture: Picture, part: str) -> Picture:
    nothing = "" if picture.messages or picture.notes else ", where nothing happens"
    said = f"{picture.conclusion} · shown: {part}{nothing}"
    return attrs.evolve(picture, conclusion=said)
