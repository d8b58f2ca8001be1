"""The time axis: what happens close together is drawn to scale, as it were; quiet stretches are folded.

A step of some milliseconds and one of a second must both be seen, so within a stretch the way down the page
grows with the logarithm of the time. Where nothing happens for longer than `QUIET` the page is folded.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, groupby
from math import log2
from typing import Final

import attrs

from paytwice.pictures.endings import Plot, core, is_late
from paytwice.pictures.model import Ending, Moment, Picture, Span, Tone

QUIET: Final = 1_500  # milliseconds without anything to see
SCALE: Final = 0.035  # inches for each doubling of a step
FINEST: Final = 20  # milliseconds
TIGHT: Final = 0.035  # inches a step takes where nothing new is told
FIRST: Final = 30  # moments of dull stretches in a row that are drawn: a whole ladder of 16 sends is
FEW: Final = 8  # moments of them that are drawn where all in all there are more than MANY such stretches
MANY: Final = 60
LAST: Final = 2  # stretches of them that are drawn in the end
LONG: Final = 600  # moments on a page; where there would be more, the weather is no news either
REPEATABLE: Final = (Tone.ALARM, Tone.RAISED)  # notes that may be told again and again
EVENTFUL: Final[Plot] = ("something new",)

Plots = Mapping[Moment, Sequence[Plot]]


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
    inches = SCALE * log2(1 + ms / FINEST)
    return min(inches, TIGHT) if dull else inches


def stretches(picture: Picture) -> tuple[Stretch, ...]:
    """The moments of a picture, in order, cut where it is quiet; of one that is not folded all of them."""
    if not picture.folded:
        return (Stretch(0, picture.moments, 0),)
    found = _folded(picture, _plots(picture))
    drawn = sum(len(part.moments) for part in found if not part.left_out)
    return found if drawn <= LONG else _folded(picture, _plots(picture, wearily=True))


def _folded(picture: Picture, plots: Plots) -> tuple[Stretch, ...]:
    """The stretches, where it is known what each moment tells."""
    found: list[Stretch] = []
    told: set[Plot] = set()
    for quiet, moments in _cut(picture.moments):
        new = {plot for moment in moments for plot in plots.get(moment, ())}
        dull = bool(found) and bool(new) and EVENTFUL not in new and new <= told
        told |= new
        follows = dull and found[-1].dull
        group = found[-1].group + (not follows) if found else 0
        found.append(Stretch(group, moments, quiet, dull))
    many = sum(part.dull for part in found) > MANY
    return tuple(_with_some_left_out(found, plots, FEW if many else FIRST))


def _with_some_left_out(parts: Iterable[Stretch], plots: Plots, most: int) -> Iterator[Stretch]:
    """Of stretches in which the same is tried again, `most` moments are drawn, and the last ones.

    So is each that has something in it which no stretch before it in its group has.
    """
    for _, group in groupby(parts, key=lambda part: part.group):
        found = list(group)
        drawn = accumulate(len(part.moments) for part in found)
        first = max(1, sum(moments <= most for moments in drawn))
        told: set[Plot] = set()
        for number, part in enumerate(found):
            plot = {plot for moment in part.moments for plot in plots.get(moment, ())}
            middle = first <= number < len(found) - LAST and plot <= told
            told |= plot
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


def _plots(picture: Picture, *, wearily: bool = False) -> Plots:
    """What each moment tells, where that is more than the end of something short.

    Who is weary asks no more what became of a message that is like others, and takes one outage for another.
    """
    found: dict[Moment, list[Plot]] = {}
    if picture.lit is not None:
        found |= {moment: [EVENTFUL] for moment in picture.moments if moment.entry in picture.lit}
    for message in picture.messages:
        plot = (message.sender, message.receiver, message.matter) if wearily else core(message)
        found.setdefault(message.sent, []).append(plot)
        for copy in message.copies:
            if is_late(message, copy):
                found.setdefault(copy.end, []).append(plot if wearily else EVENTFUL)
    for note in picture.notes:
        plot = (note.lane, note.text) if note.tone in REPEATABLE else EVENTFUL
        found.setdefault(note.moment, []).append(plot)
    for lasting in picture.lasting:
        plot = EVENTFUL
        if wearily and isinstance(lasting, Span):
            plot = lasting.fault.value, lasting.lane, lasting.other
        for moment in (lasting.begin, lasting.end):
            if moment != picture.ended:
                found.setdefault(moment, []).append(plot)
    return found


def left_out_words(picture: Picture, moments: Container[Moment]) -> str:
    """What a fold hides: how many messages, how many of them lost, and how many outages."""
    hidden = [
        message
        for message in picture.messages
        if message.sent in moments and all(copy.end in moments for copy in message.copies)
    ]
    lost = sum(copy.ending is Ending.LOST for message in hidden for copy in message.copies)
    outages = sum(span.begin in moments for span in picture.spans)
    words = [f"and {len(hidden)} more like these"]
    if lost:
        words.append(f"{lost} LOST")
    if outages:
        words.append(f"{outages} outage{'s' if outages > 1 else ''}")
    return ", ".join(words)
