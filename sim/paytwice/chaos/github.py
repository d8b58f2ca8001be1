"""A campaign told where GitHub shows it: annotations of the job, and a page in its summary.

An annotation is a line that a job prints, `::error title=…::…`. A percent sign, a carriage return and a line
feed would end or change it, and in a property a colon and a comma too, so they are written as %25, %0D, %0A,
%3A and %2C (GitHub, "Workflow commands for GitHub Actions", and what actions/toolkit does).
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from paytwice.chaos.census import Census, Signature
from paytwice.chaos.telling import what_follows
from paytwice.report.findings import named
from paytwice.story.plot import Plot, origin_text
from paytwice.wording import one_line
from paytwice_core import Money

MOST: Final = 10  # of the errors of a step GitHub shows ten
DATA: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
PROPERTY: Final = {**DATA, **str.maketrans({":": "%3A", ",": "%2C"})}


def annotation(title: str, message: str) -> str:
    """One error, as a line that GitHub shows with the job."""
    return f"::error title={title.translate(PROPERTY)}::{message.translate(DATA)}"


def errors(census: Census, plots: Iterable[Plot], currency: str = "CNY") -> list[str]:
    """A line for each kind of violation, the most money first, then for seeds without a verdict."""
    known = {plot.source: plot for plot in plots}
    broken = [
        annotation(
            f"{named(one.invariant)}: {one.plot}",
            f"{_says(one)}\n{_counted(one, currency)}. See it with: {_first(one, known)}",
        )
        for one in census.ranked
    ]
    failed = [
        annotation(f"no verdict: {plot} seed {run}", f"{why}\nSee it with: {_see(known[plot], run)}")
        for (plot, run), why in sorted(census.failures.items())
    ]
    return [*broken, *failed][:MOST]


def summary(census: Census, plots: Iterable[Plot], seconds: float, currency: str = "CNY") -> Iterator[str]:
    """The campaign as lines of Markdown: what was tried, what broke, what has no verdict."""
    known = {plot.source: plot for plot in plots}
    found = f"{census.violated} runs with violations" if census.signatures else "no violation"
    mark = "❌" if census.signatures or census.failures else "✅"
    yield f"### {mark} paytwice chaos {_cell(' '.join(known))}"
    yield ""
    yield f"{census.runs} runs, {census.distinct} of them distinct, in {seconds:.0f} s: {found}."
    if follows := what_follows(census):
        yield f"{follows}."
    yield ""
    if census.signatures:
        yield "| promise | story | runs | most at stake | see it with |"
        yield "| --- | --- | ---: | ---: | --- |"
        for one in census.ranked:
            money = Money(one.at_stake, currency).display
            cells = (named(one.invariant), one.plot, str(one.count), money, _first(one, known))
            yield f"| {' | '.join(map(_cell, cells))} |"
        yield ""
    for (plot, run), why in sorted(census.failures.items())[:MOST]:
        yield f"- no verdict: {_see(known[plot], run)}: {_cell(why)}"
    if len(census.failures) > MOST:
        yield f"- and {len(census.failures) - MOST} more seeds without a verdict"


def story(title: str, lines: Iterable[str]) -> Iterator[str]:
    """A shrunk failure as lines of Markdown that unfold."""
    yield ""
    yield f"<details><summary>{_cell(title)}</summary>"
    yield ""
    yield from (f"    {line}" for line in lines)
    yield ""
    yield "</details>"
    yield ""


def _says(one: Signature) -> str:
    return "" if one.worst is None else one_line(one.worst.says)


def _counted(one: Signature, currency: str) -> str:
    runs = f"{one.count} run{'s' * (one.count != 1)} of {one.plot}"
    return f"{runs}, up to {Money(one.at_stake, currency).display} at stake"


def _first(one: Signature, known: Mapping[str, Plot]) -> str:
    return _see(known[one.plot], origin_text(one.first))


def _see(plot: Plot, run: str) -> str:
    """How to look at a run: a command, unless mutations made it."""
    if not run.isdecimal():
        return f"the folder that `paytwice chaos {plot.source} --out` writes of run {run}"
    return f"`{shlex.join(plot.command(int(run)))}`"


def _cell(text: str) -> str:
    """Text that ends no cell and begins no tag."""
    return one_line(text).replace("|", "\\|").replace("<", "&lt;")
