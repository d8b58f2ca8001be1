"""How far the results can be believed: the canary, what has no verdict, what was not played to its end."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Final

from paytwice.chaos.canary import Canary
from paytwice.chaos.reading import Kept
from paytwice.page.document import Section, command
from paytwice.page.markup import Html, join, tag
from paytwice.page.tables import Column, Row, long_table

MOST: Final = 200  # runs without a verdict that are listed


def caveats(kept: Kept) -> Iterator[str]:
    """What a reader has to know before the verdict is believed, a sentence each."""
    census = kept.census
    if kept.ended == "":
        asked = f" of {kept.asked} that were asked for" if kept.asked else ""
        yield (
            f"This campaign has not ended: it is being played still, or was killed. These are the first "
            f"{census.runs:,} runs{asked}; the same command goes on with the same file."
        )
    if census.canary is not None and not census.canary.is_caught:
        yield (
            f"The canary was NOT caught in {census.canary.seeds} seeds: "
            "that this campaign finds nothing means nothing."
        )
    if lost := census.outcomes["failed"]:
        yield f"{lost:,} run{'s' * (lost != 1)} ended early: of these nobody knows the verdict."


def belief(kept: Kept) -> Section:
    """What speaks for the figures above, and what against them."""
    census = kept.census
    body = join(
        *(tag("p", one, class_="note") for one in caveats(kept)),
        tag("p", _canary(census.canary)),
        tag("p", _ended(kept)) if kept.ended else None,
        tag(
            "p",
            "Each run is judged by what customers, channels and shop see, against the channels' own ledgers. "
            "No violation in many runs is no proof that there is none.",
        ),
        *_lost(kept),
    )
    return Section("belief", "How far to believe it", body)


def _canary(canary: Canary | None) -> str:
    """The canary is played first, with the settings of the campaign."""
    if canary is None:
        return "The file does not say whether the canary, a merchant that is known to lose money, was caught."
    what = f"The canary, a merchant that is known to lose money, was played first, in {canary.seeds} seeds"
    if canary.is_caught:
        return f"{what}: caught with seed {canary.caught_with}, so these workers see what they should."
    return f"{what}: it was not caught."


def _ended(kept: Kept) -> str:
    asked = f" {kept.asked} were asked for." if kept.asked else ""
    return f"The last command of the campaign: {kept.ended}.{asked}"


def _lost(kept: Kept) -> Iterator[Html]:
    lost = sorted(kept.census.failures.items(), key=lambda one: (one[0][0], len(one[0][1]), one[0][1]))
    if not lost:
        return
    yield tag("h3", f"{len(lost):,} without a verdict")
    rows = [Row((plot, run, why)) for (plot, run), why in lost[:MOST]]
    columns = (Column("story", is_thin=True), Column("run", is_number=True), Column("why"))
    yield long_table(columns, rows, few=5)
    if len(lost) > MOST:
        yield tag("p", f"… and {len(lost) - MOST:,} more")
    known = {plot.source: plot for plot in kept.plots}
    (first, run), _ = lost[0]
    if first in known and run.isdecimal():
        yield command(shlex.join(known[first].command(int(run))))
