"""The page of a campaign: what its results say, in the sections that a reader looks for."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Final

from paytwice.chaos.census import Signature, by_count
from paytwice.chaos.reading import Kept
from paytwice.chaos.telling import what_follows
from paytwice.oracle import INVARIANTS
from paytwice.page.believing import belief, caveats
from paytwice.page.document import Section, command, document, tiles, verdict
from paytwice.page.found import Failure, FoundRow, found, worst
from paytwice.page.markup import Content, Html, join, tag
from paytwice.page.tables import Column, Row, table
from paytwice.page.tried import tried
from paytwice.report.findings import named
from paytwice.story.plot import origin_text
from paytwice.story.scenario import options_of
from paytwice_core import Money

OUTCOMES: Final = ("ok", "violated", "unknown", "failed")
MANY: Final = 3  # stories that a title names


def page(
    kept: Kept, source: str, failure: Failure | None = None, why_not: str = "", currency: str = "CNY"
) -> str:
    """The page of a campaign that was kept in the file `source`.

    `failure` is shown in full; where there is none though something broke, `why_not` says why.
    """
    census = kept.census
    sections = [
        *([found([_row(one, kept, currency) for one in census.ranked])] if census.signatures else []),
        *([worst(failure, why_not)] if census.signatures else []),
        *tried(census),
        belief(kept),
        _again(kept),
    ]
    names = [plot.source for plot in kept.plots]
    title = f"paytwice chaos {' '.join(names[:MANY])}{f' and {len(names) - MANY} more' * (len(names) > MANY)}"
    return document(title, join(_verdict(kept, currency), _tiles(kept, currency)), sections, source)


def _verdict(kept: Kept, currency: str) -> Html:
    census = kept.census
    runs = f"{census.violated:,} of {census.runs:,} run{'s' * (census.runs != 1)} broke a promise"
    word = "bad" if census.signatures else "warn" if any(caveats(kept)) else "good"
    follows = what_follows(census)
    return verdict(word, runs, _worst(kept, currency), f"{follows}." if follows else "", *caveats(kept))


def _worst(kept: Kept, currency: str) -> str:
    if not kept.census.signatures:
        return ""
    one = kept.census.ranked[0]
    money = Money(one.at_stake, currency).display
    return f"The worst is {named(one.invariant)} in {one.plot}: {money} in a single run. {_called(one)}."


def _called(one: Signature) -> str:
    run = "seed" if len(one.first) == 1 else "the mutated run"
    return f"It was first seen with {run} {origin_text(one.first)}"


def _tiles(kept: Kept, currency: str) -> Html:
    census = kept.census
    most = max((one.at_stake for one in census.ranked), default=0)
    promises = len({one.invariant for one in census.ranked})
    lost = census.outcomes["unknown"] + census.outcomes["failed"]
    figures: list[tuple[str, Content, str]] = [
        ("Runs", census.runs, f"{census.distinct:,} of them distinct"),
        ("Broke a promise", census.violated, f"{promises} different promise{'s' * (promises != 1)}"),
        ("Most at stake in a run", Money(most, currency).display, "of what one promise protects"),
        ("No verdict", lost, _lost(kept)),
    ]
    return tiles(figures)


def _lost(kept: Kept) -> str:
    return f"{kept.census.outcomes['unknown']:,} unknown, {kept.census.outcomes['failed']:,} ended early"


def _row(one: Signature, kept: Kept, currency: str) -> FoundRow:
    census, invariant = kept.census, INVARIANTS.get(one.invariant)
    plot = next((plot for plot in kept.plots if plot.source == one.plot), None)
    is_seed = len(one.first) == 1
    shares = [f"{how} ×{count} of {census.schedules[how]}" for how, count in by_count(one.schedules)]
    return FoundRow(
        one.invariant,
        "" if invariant is None else invariant.title,
        "" if invariant is None else invariant.protects,
        one.plot,
        one.count,
        sum(kept.outcomes[one.plot, outcome] for outcome in OUTCOMES),
        Money(one.at_stake, currency).display,
        "" if one.worst is None else one.worst.says,
        f"{'seed' if is_seed else 'the mutated run'} {origin_text(one.first)}",
        ", ".join(shares) if len(census.schedules) > 1 else "",
        shlex.join(plot.command(one.first[0])) if is_seed and plot is not None else "",
    )


def _again(kept: Kept) -> Section:
    """What was played, by which commands it is played again, and what of it came out how."""
    counted = (Column(one, is_number=True) for one in OUTCOMES)
    columns = (Column("story"), Column("seeds", is_thin=True), *counted)
    rows = (
        Row((plot.source, _seeds(kept, plot.source), *(kept.outcomes[plot.source, one] for one in OUTCOMES)))
        for plot in kept.plots
    )
    body = join(table(columns, rows), *_commands(kept))
    return Section("again", "How to play it again", body)


def _seeds(kept: Kept, plot: str) -> str:
    first, last = kept.seeds.get(plot, (0, -1))
    return f"{first:,} to {last:,}" if last >= first else "none yet"


def _commands(kept: Kept) -> Iterator[Html]:
    """The campaign again; the plots of one share settings and merchant."""
    if not kept.plots or not kept.seeds:
        return
    begin, end = min(first for first, _ in kept.seeds.values()), max(last for _, last in kept.seeds.values())
    words = ["paytwice", "chaos", *(plot.source for plot in kept.plots)]
    words += ["--seeds", str(end - begin + 1), *(["--from", str(begin)] if begin else [])]
    words += options_of(kept.plots[0].changes, kept.plots[0].merchant)
    yield tag("p", "All of it, with a folder for each failure:")
    yield command(shlex.join([*words, "--out", "failures"]))
    if kept.mutated:
        yield tag("p", f"{kept.mutated:,} of the runs are mutations of such as came to something new.")
    yield tag("p", "The same seed is the same run, to the digest, in any process and on any machine.")
