"""An exhibit in words: the mistake, what it does to the money, and what is done right in its place."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from paytwice.comparing.outside.comparison import compare_runs
from paytwice.comparing.outside.saying import how_they_end
from paytwice.gallery.exhibit import Exhibit
from paytwice.report.findings import findings, named
from paytwice.report.text import replay_command, story_of
from paytwice.run import Run
from paytwice_core import Money

WIDTH: Final = 110
Lines = Iterator[tuple[str, str]]


@attrs.frozen
class Shown:
    """An exhibit as it was played: with the mistake, and the same story with the reference merchant."""

    exhibit: Exhibit
    wrong: Run
    right: Run

    @classmethod
    def of(cls, exhibit: Exhibit) -> Shown:
        """Play an exhibit; LoadingError or ValueError if what it is shown by does not show it."""
        wrong = exhibit.showing.play(exhibit.merchant, exhibit.invariant)
        return cls(exhibit, wrong, exhibit.showing.play_right(wrong.deviations))

    @property
    def is_caught(self) -> bool:
        """Whether the promise breaks, and only the mistake breaks it."""
        broken = {one.invariant for one in self.wrong.verdict.violations}
        return self.exhibit.invariant in broken and self.is_kept

    @property
    def is_kept(self) -> bool:
        """Whether the reference merchant keeps all promises, if only by leaving it to a person."""
        return self.right.failure is None and not self.right.verdict.violations

    @property
    def cost(self) -> Money | None:
        """The largest sum at stake, over all orders."""
        sums = self.wrong.verdict.at_stake
        return max(sums, key=lambda money: money.minor) if sums else None


def listed(exhibits: Mapping[str, Exhibit], titles: Mapping[str, str]) -> Lines:
    """The gallery room by room, a line an exhibit."""
    width = max(map(len, exhibits), default=0)
    rooms = dict.fromkeys(one.room for one in exhibits.values())
    for number, room in enumerate(rooms):
        if number:
            yield "", ""
        yield titles[room], "bold"
        for one in exhibits.values():
            if one.room == room:
                yield f"  {one.name:<{width}}  {one.invariant:<4} {one.summary}", ""
    yield "", ""
    yield f"{len(exhibits)} merchants, each with one mistake. See one fail: paytwice gallery NAME", "dim"


def as_json(one: Exhibit) -> dict[str, Any]:
    """One exhibit as JSON."""
    return {
        "name": one.name,
        "summary": one.summary,
        "invariant": one.invariant,
        "seen_at": one.seen_at,
        "room": one.room,
        "schedule": one.schedule,
        "breaks": list(one.breaks),
        "instead": one.instead,
        "shown_by": str(one.showing),
        "merchant": one.merchant,
    }


def placard(one: Exhibit) -> Lines:
    """What hangs beside an exhibit."""
    yield one.name, "bold"
    yield from _prose("", one.summary)
    yield from _prose("seen in", one.seen_at)
    yield from _prose("schedule", one.schedule)
    yield from _prose("breaks", "; ".join(named(name) for name in one.breaks))


def told(shown: Shown, *, verbose: bool = False) -> Lines:
    """The whole exhibit: the placard, its code, the story, what breaks and what is right."""
    one = shown.exhibit
    yield from placard(one)
    yield "", ""
    yield "The mistake", "bold"
    yield from ((f"  {line}" if line else "", "cyan") for line in one.code.splitlines())
    yield "", ""
    yield f"What happens (scenario {one.showing})", "bold"
    yield from story_of(shown.wrong, verbose=verbose)
    yield "", ""
    yield "What breaks", "bold"
    yield from findings(shown.wrong, verbose=verbose)
    if shown.cost is not None:
        yield f"  It costs up to {shown.cost.display} an order.", "bold red"
    yield "", ""
    yield "What is right", "bold"
    yield from _prose("instead", one.instead)
    ends = how_they_end(compare_runs(shown.right, shown.wrong), a="the reference merchant", b="this one")
    for number, sentence in enumerate(ends):
        yield from _prose("so" if number == 0 else " ", f"{sentence[:1].upper()}{sentence[1:]}.")
    yield "", ""
    yield f"Try:  {replay_command(shown.wrong)}", ""
    if one.showing.trial is None:
        yield f"      paytwice chaos busy_shop --seeds 200 --profile rough --merchant {one.merchant}", ""


def _prose(word: str, text: str) -> Lines:
    head = f"  {word:<10}" if word else ""
    lines = textwrap.wrap(text, WIDTH - len(head), break_long_words=False, break_on_hyphens=False)
    for number, line in enumerate(lines):
        yield (head if number == 0 else " " * len(head)) + line, ""
