"""A verdict in words: what was promised, what happened instead, what it costs, and how it came about."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from paytwice.journal import Journal
from paytwice.oracle import INVARIANTS, Doubt, Violation
from paytwice.report.timeline import Event, Line, folded, stamp, timeline, unfolded
from paytwice.run import Run

WIDTH: Final = 110  # of what is prose; a line of a story is as long as it is
CAUSES: Final = 6  # lines of a chain of causes that are shown, if not all are asked for
MISHAPS: Final = ("crash", "lost", "raised", "alarm")  # the marks of what makes a cause end badly
IN_FULL: Final = 1  # findings that are told with promise and causes; of the others it is said what happened

# Of breaches seen at the same moment these come first: a second refund number for one wish (S8) asks back
# too much as well (S6, S7), and it is the number that explains the others.
TOLD_FIRST: Final = ("S8",)

Lines = Iterator[tuple[str, str]]
Finding = Violation | Doubt


def findings(run: Run, *, verbose: bool = False) -> Lines:
    """Every violation and doubt, what was seen first at the head."""
    for number, violation in enumerate(by_time(run.verdict.violations)):
        yield from _finding(run, violation, brief=number >= IN_FULL and not verbose, verbose=verbose)
    for doubt in run.verdict.unknown:
        yield from _finding(run, doubt, brief=bool(run.verdict.violations) and not verbose, verbose=verbose)


def by_time(found: Iterable[Violation]) -> list[Violation]:
    """Violations in the order in which they were seen, and of equals the one that explains the others."""
    return sorted(found, key=lambda one: (one.at, one.invariant not in TOLD_FIRST))


def named(invariant: str) -> str:
    """An invariant's name and title."""
    if invariant in INVARIANTS:
        return f"{invariant} {INVARIANTS[invariant].title}"
    from paytwice.trials import TRIALS  # which few reports are about

    return f"{invariant} {TRIALS[invariant].title}" if invariant in TRIALS else invariant


def when(finding: Finding) -> str:
    """When a breach was seen: what is asked of a run at rest, only at its end."""
    invariant = INVARIANTS.get(finding.invariant)
    at_rest = invariant is not None and invariant.at_rest is not None
    return f"at the end ({stamp(finding.at)})" if at_rest else f"at {stamp(finding.at)}"


def _finding(run: Run, finding: Finding, *, brief: bool, verbose: bool) -> Lines:
    broken = isinstance(finding, Violation)
    word, style = ("BROKEN", "red") if broken else ("OPEN", "yellow")
    order = f", order {finding.order}" if finding.order else ""
    stake = f", {finding.at_stake.display} at stake" if finding.at_stake is not None else ""
    yield f"  {named(finding.invariant)}: {word} {when(finding)}{order}{stake}", style
    if finding.invariant in INVARIANTS and not brief:
        yield f"    promise   protects {INVARIANTS[finding.invariant].protects}", ""
    yield from hanging("    instead   " if broken else "    but       ", finding.message)
    if not brief:
        yield from _causes(run, finding, verbose=verbose)


def hanging(head: str, prose: str) -> Lines:
    """Prose that begins behind a head and goes on below itself."""
    wrapped = textwrap.wrap(prose, WIDTH - len(head), break_long_words=False, break_on_hyphens=False)
    for number, line in enumerate(wrapped):
        yield (head if number == 0 else " " * len(head)) + line, ""


def _causes(run: Run, finding: Finding, *, verbose: bool) -> Lines:
    """The events that led to it, first causes first, and how many more there are."""
    steps = _steps_away(run, finding)
    events = [event for event in timeline(run.journal, run.currency) if _tells(event, steps, run.journal)]
    lines = [unfolded(event) for event in events] if verbose else folded(events)
    shown = lines if verbose else _nearest(lines, steps)
    word = "because"
    for line in shown:
        yield f"    {word:<10}{stamp(line.event.at):>10}  {line.event.actor:<9} {line.text}", "dim"
        word = ""
    if len(shown) < len(lines):
        yield f"{'':14}… and {len(lines) - len(shown)} more, with --verbose", "dim"


def _tells(event: Event, steps: dict[int, int], journal: Journal) -> bool:
    """Whether an event led to a finding, or is a mishap that befell a cause, and so further away."""
    cause = journal.rows[event.entry][1]
    if event.mark in MISHAPS and cause in steps:
        steps.setdefault(event.entry, steps[cause] + 1)
    return event.entry in steps


def _steps_away(run: Run, finding: Finding) -> dict[int, int]:
    """All that led to the facts that a finding names, and how many causes lie in between."""
    steps: dict[int, int] = {}
    for fact in finding.entries:
        for away, entry in enumerate(run.journal.chain(fact)):
            steps[entry] = min(away, steps.get(entry, away))
    return steps


def _nearest(lines: Sequence[Line], steps: Mapping[int, int]) -> list[Line]:
    """The few lines that say most: the facts themselves, then what led to them most directly."""

    def away(number: int) -> tuple[int, int]:
        return min(steps[entry] for entry in lines[number].entries), -number

    return [lines[number] for number in sorted(sorted(range(len(lines)), key=away)[:CAUSES])]
