"""Where two runs part: the first entry of their journals that differs, and the first line of their stories.

Both are told, since they need not be the same. Two seeds differ in a latency at once, and mostly nothing
follows from it for a while: their stories part much later, where something else *happens*. So stories are
compared by what happens, and by when only where nothing else differs.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Protocol, TypeVar

import attrs

from paytwice.journal import Entry, Journal
from paytwice.report.timeline import Event, timeline, unfolded


@attrs.frozen
class Told:
    """One line of a run's story, with what became of it; `at` is in milliseconds of the run."""

    at: int
    actor: str
    text: str
    happening: tuple[str, str, int, str]  # what it tells, whenever it was and however long it took


@attrs.frozen
class Branch:
    """One of two runs where they part: its entry there, None if it is over, and its story from there on."""

    entry: Entry | None
    before: tuple[Told, ...]
    after: tuple[Told, ...]


Row = tuple[Told | None, Told | None]


class Happens(Protocol):
    """A line of a story."""

    @property
    def happening(self) -> Hashable:
        """What it tells, whenever it was."""


T = TypeVar("T", bound=Happens)


@attrs.frozen
class Parting:
    """Where two runs part. `before` of both branches tells the same, in places at other times."""

    entry: int  # the index of the first entry in which they differ, or which only one of them has
    in_time_only: bool  # that entry is the same but for its time
    a: Branch
    b: Branch

    def side_by_side(self, lines: int) -> list[Row]:
        """The next so many lines of both stories, what happens in both of them beside each other."""
        return aligned(self.a.after[:lines], self.b.after[:lines])


def aligned(a: Sequence[T], b: Sequence[T]) -> list[tuple[T | None, T | None]]:
    """Two stories line by line, what happens in both of them beside each other."""
    keys = [one.happening for one in a], [one.happening for one in b]
    rows: list[tuple[T | None, T | None]] = []
    for _, a_from, a_to, b_from, b_to in SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        rows += zip_longest(a[a_from:a_to], b[b_from:b_to])
    return rows


def part(a: Journal, b: Journal, currency: str = "CNY") -> Parting | None:
    """Say where two runs part; None if they are the same run, as equal digests are.

    Words of a merchant's own (`Journal.texts`) are no part of that. Amounts are told in `currency`.
    """
    entry = _first_difference(a.rows, b.rows)
    if entry is None:
        return None
    stories = _story(a, currency), _story(b, currency)
    here = [journal[entry] if entry < len(journal) else None for journal in (a, b)]
    split = _where_stories_part(*stories)
    branches = [Branch(one, story[:split], story[split:]) for one, story in zip(here, stories, strict=True)]
    timeless = [None if one is None else attrs.evolve(one, at=0, text="") for one in here]
    return Parting(entry, timeless[0] == timeless[1], *branches)


def _story(journal: Journal, currency: str) -> tuple[Told, ...]:
    return tuple(_told(event) for event in timeline(journal, currency))


def _told(event: Event) -> Told:
    happening = event.actor, event.text, event.send, event.day
    return Told(event.at, event.actor, unfolded(event).text, happening)


def _where_stories_part(a: tuple[Told, ...], b: tuple[Told, ...]) -> int:
    """The first line that tells something else; where there is none, the first at another time."""
    happenings = _first_difference([one.happening for one in a], [one.happening for one in b])
    if happenings is not None:
        return happenings
    times = _first_difference(a, b)
    return len(a) if times is None else times


def _first_difference(a: Sequence[object], b: Sequence[object]) -> int | None:
    """The first place where they differ, or where one of them is over; None if they are the same."""
    for index, (one, other) in enumerate(zip(a, b, strict=False)):
        if one != other:
            return index
    return None if len(a) == len(b) else min(len(a), len(b))
