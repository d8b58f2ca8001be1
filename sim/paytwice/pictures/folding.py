"""The time axis: what happens close together is drawn to scale, as it were; quiet stretches are folded.

A step of some milliseconds and one of a second must both be seen, so within a stretch the way down the page
grows with the logarithm of the time. Where nothing happens for longer than `QUIET` the page is folded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import accumulate, groupby
from math import log2
from typing import Final

import attrs

from paytwice.pictures.endings import Plot, core, is_late
from paytwice.pictures.model import Moment, Picture, Tone

QUIET: Final = 1_500  # milliseconds without anything to see
SCALE: Final = 0.035  # inches for each doubling of a step
FINEST: Final = 20  # milliseconds
TIGHT: Final = 0.035  # inches a step takes where nothing new is told
FIRST: Final = 30  # moments of dull stretches in a row that are drawn: a whole ladder of 16 sends is
FEW: Final = 8  # moments of them that are drawn where all in all there are more than MANY such stretches
MANY: Final = 60
LAST: Final = 2  # stretches of them that are drawn in the end
REPEATABLE: Final = (Tone.ALARM, Tone.RAISED)  # notes that may be told again and again
EVENTFUL: Final[Plot] = ("something new",)


@attrs.frozen
class Stretch:
    """Moments without a quiet time between them, and how long it was quiet before.

    A stretch in which somebody only tries again what was tried before is `dull`; one that follows another
    of the kind is in the same `group`, and is drawn close to it; of many, the middle is `left_out`.
    """

    group: int
    moments: tuple[Moment, ...]
    quiet_before: int
    dull: bool = False
    left_out: bool = False

    @property
    def begin(self) -> Moment:
        """Its first moment."""
        return self.moments[0]


def step(ms: int, *, dull: bool = False) -> float:
    """How many inches down the page a step in time takes, within a stretch."""
    inches = SCALE * log2(1 + min(ms, QUIET) / FINEST)
    return min(inches, TIGHT) if dull else inches


def stretches(picture: Picture) -> tuple[Stretch, ...]:
    """The moments of a picture, in order, cut where it is quiet."""
    found: list[Stretch] = []
    told: set[Plot] = set()
    plots = _plots(picture)
    for quiet, moments in _cut(picture.moments):
        new = {plot for moment in moments for plot in plots.get(moment, ())}
        dull = bool(found) and EVENTFUL not in new and new <= told
        told |= new
        follows = dull and found[-1].dull
        group = found[-1].group + (not follows) if found else 0
        found.append(Stretch(group, moments, quiet, dull))
    many = sum(part.dull for part in found) > MANY
    return tuple(_with_some_left_out(found, FEW if many else FIRST))


def _with_some_left_out(parts: Iterable[Stretch], most: int) -> Iterator[Stretch]:
    """Of stretches in which the same is tried again, `most` moments are drawn, and the last ones."""
    for _, group in groupby(parts, key=lambda part: part.group):
        found = list(group)
        drawn = accumulate(len(part.moments) for part in found)
        first = max(1, sum(moments <= most for moments in drawn))
        for number, part in enumerate(found):
            middle = first <= number < len(found) - LAST
            yield attrs.evolve(part, left_out=middle and len(found) > first + LAST + 1)


def _cut(moments: Iterable[Moment]) -> Iterator[tuple[int, tuple[Moment, ...]]]:
    part: list[Moment] = []
    quiet = 0
    for moment in moments:
        if part and moment.at - part[-1].at > QUIET:
            yield quiet, tuple(part)
            quiet, part = moment.at - part[-1].at, []
        part.append(moment)
    yield quiet, tuple(part)


def _plots(picture: Picture) -> dict[Moment, list[Plot]]:
    """What each moment tells, where that is more than the end of something short."""
    found: dict[Moment, list[Plot]] = {}
    for message in picture.messages:
        found.setdefault(message.sent, []).append(core(message))
        for copy in message.copies:
            if is_late(message, copy):
                found.setdefault(copy.end, []).append(EVENTFUL)
    for note in picture.notes:
        plot = (note.lane, note.text) if note.tone in REPEATABLE else EVENTFUL
        found.setdefault(note.moment, []).append(plot)
    for lasting in picture.lasting:
        for moment in (lasting.begin, lasting.end):
            if moment != picture.ended:
                found.setdefault(moment, []).append(EVENTFUL)
    return found
