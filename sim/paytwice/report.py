"""A run as text: the story as it unfolded, the orders, the ledgers, the verdict, and how to play it again."""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Iterable, Iterator
from typing import Final

from paytwice.oracle import INVARIANTS, Doubt, Violation
from paytwice.places import place_of
from paytwice.run import OrderResult, Run
from paytwice.timeline import folded, stamp, timeline
from paytwice.wording import one_line, span
from paytwice_core import Money

STYLES: Final = {
    "money": "bold green",
    "lost": "red",
    "late": "yellow",
    "crash": "bold red",
    "fault": "yellow",
    "alarm": "bold yellow",
    "raised": "red",
    "view": "bold",
    "story": "dim",
    "refund": "green",
}
VERDICTS: Final = {"ok": "bold green", "violated": "bold red", "unknown": "bold yellow"}
WIDTH: Final = 100  # of what is prose; a line of the story is as long as it is
CAUSES: Final = 40  # lines of a chain of causes that are shown

Lines = Iterator[tuple[str, str]]


def report(run: Run, title: str = "") -> Lines:
    """The whole report as lines with a style each (rich's words; empty for none)."""
    yield f"{run.scenario}, {_how(run)}", "bold"
    if title:
        yield title, ""
    yield "", ""
    yield from _story(run)
    for order in run.orders:
        yield from _order(order)
    yield from _ledgers(run)
    yield from conclusion(run)


def conclusion(run: Run) -> Lines:
    """The verdict, what led to it, and how to play the run again."""
    yield from _errors(run)
    yield from _verdict(run)
    yield f"Replay:   {replay_command(run)}", ""
    yield (
        f"          digest {run.digest[:16]}, {len(run.journal)} events, "
        f"{span(run.ended_at)} of virtual time",
        "dim",
    )


def explain(run: Run) -> str:
    """The conclusion and the chain of causes as plain text, for an assertion's message."""
    return "\n".join(line for line, _ in conclusion(run))


def replay_command(run: Run) -> str:
    """The command that plays this run again; where no scenario was played, the call that does."""
    if run.command:
        return shlex.join(run.command)
    words = ["story"] if run.seed is None else ["story", f"seed={run.seed}"]
    if run.settings:
        words.append(f"settings=Settings().changed({dict(run.settings)!r})")
    return f"simulate({', '.join([*words, *run.arguments])})"


def _how(run: Run) -> str:
    if run.seed is not None:
        return f"seed {run.seed}, profile {run.profile}"
    idle = f" (the profile {run.profile} needs a --seed to draw from)" if run.profile != "calm" else ""
    return f"calm{idle}"


def _story(run: Run) -> Lines:
    for line in folded(timeline(run.journal, _currency(run))):
        yield (
            f"{stamp(line.event.at):>12}  {line.event.actor:<9} {line.text}",
            STYLES.get(line.event.mark, ""),
        )
    yield "", ""


def _currency(run: Run) -> str:
    return run.orders[0].amount.currency if run.orders else "CNY"


def _order(order: OrderResult) -> Lines:
    winner = order.view.winner if order.view is not None else None
    by = "" if winner is None else f" by {winner.channel}, payment {winner.number}"
    yield f"Order {order.id}  {order.amount.display}  {order.state}{by}", "bold"
    if order.view is None:
        yield "  the merchant does not know it", "red"
        yield "", ""
        return
    for one in order.view.attempts or ():
        yield (
            f"  attempt {one.out_trade_no:<9} {one.channel:<9} {one.state:<22} {one.number or ''}".rstrip(),
            "",
        )
    for refund in order.view.refunds or ():
        state = refund.state or refund.standing.value
        yield (
            f"  refund  {refund.out_refund_no:<9} of {refund.out_trade_no:<9} {refund.amount.display:>10}  "
            f"{refund.reason:<10} {state}",
            "",
        )
    yield "", ""


def _ledgers(run: Run) -> Lines:
    moved = {name: ledger for name, ledger in run.ledgers.items() if ledger.movements}
    if not moved:
        yield "No channel moved any money.", ""
        yield "", ""
        return
    yield f"{'Channel':<12}{'captured':>12}{'returned':>12}{'kept':>12}", "bold"
    for channel, ledger in moved.items():
        sums = (ledger.total_captured, ledger.total_returned, ledger.total_kept)
        shown = "".join(f"{Money(minor, ledger.currency).display:>12}" for minor in sums)
        yield f"{channel:<12}{shown}", ""
    yield "", ""


def _errors(run: Run) -> Lines:
    if run.failure is not None:
        name, said = type(run.failure).__name__, str(run.failure).splitlines() or [""]
        yield f"The run ended early: {name}: {said[0]}{place_of(run.failure)}", "bold red"
        for more in said[1:]:
            yield f"  {more.strip()}", "red"
        if run.stood_at and not place_of(run.failure):
            yield f"  the story stood at {run.stood_at}", "red"
    seen: dict[str, int] = {}
    for error in run.errors:
        text = f"{type(error).__name__}: {one_line(error)}{place_of(error)}"
        seen[text] = seen.get(text, 0) + 1
    for text, times in seen.items():
        yield f"The merchant raised {text}" + (f" (×{times})" if times > 1 else ""), "yellow"


def _verdict(run: Run) -> Lines:
    verdict = run.verdict
    yield f"Verdict:  {run.outcome}{_summary(run)}", VERDICTS[run.outcome]
    violations = sorted(verdict.violations, key=lambda violation: violation.at)
    for number, violation in enumerate(violations):
        yield from _finding(run, violation, with_causes=number < 3)
    for doubt in verdict.unknown:
        yield from _finding(run, doubt)
    yield from _listed("checked", verdict.checked)
    if verdict.vacuous:
        yield f"          nothing happened that could break {' '.join(verdict.vacuous)}", "dim"
    if run.not_judged:
        yield f"          not judged, for the run never came to rest: {' '.join(run.not_judged)}", "dim"


def _summary(run: Run) -> str:
    """What went wrong first, how many promises broke, and what it costs at most."""
    violations = sorted(run.verdict.violations, key=lambda violation: violation.at)
    if not violations:
        return ", because the run ended early" if run.failure is not None else ""
    stake = " + ".join(money.display for money in run.verdict.at_stake)
    said = [f"{len(violations)} promise{'s' * (len(violations) > 1)} broken"]
    if stake:
        said.append(f"{stake} at stake")
    if len(violations) > 1:
        said.append(f"first {_name(violations[0].invariant)} {_when(violations[0])}")
    return f": {', '.join(said)}"


def _name(invariant: str) -> str:
    return f"{invariant} {INVARIANTS[invariant].title}" if invariant in INVARIANTS else invariant


def _when(finding: Violation | Doubt) -> str:
    """When a breach was seen: what is asked of a run at rest, only at its end."""
    invariant = INVARIANTS.get(finding.invariant)
    at_rest = invariant is not None and invariant.at_rest is not None
    return f"at the end ({stamp(finding.at)})" if at_rest else f"at {stamp(finding.at)}"


def _listed(word: str, invariants: Iterable[str]) -> Lines:
    names = ", ".join(_name(one).replace(" ", "\0") for one in invariants)
    if names:
        wrapped = textwrap.wrap(
            f"{word}: {names}", WIDTH - 10, break_long_words=False, break_on_hyphens=False
        )
        for line in wrapped:
            yield " " * 10 + line.replace("\0", " "), ""


def _finding(run: Run, finding: Violation | Doubt, *, with_causes: bool = True) -> Lines:
    broken = isinstance(finding, Violation)
    word, style = ("BROKEN", "red") if broken else ("OPEN", "yellow")
    order = f", order {finding.order}" if finding.order else ""
    stake = f", {finding.at_stake.display} at stake" if finding.at_stake is not None else ""
    yield f"  {_name(finding.invariant)}: {word} {_when(finding)}{order}{stake}", style
    if finding.invariant in INVARIANTS:
        yield f"    promise   protects {INVARIANTS[finding.invariant].protects}", ""
    yield f"    {'instead' if broken else 'but'}   ".ljust(14) + finding.message, ""
    if with_causes:
        yield from _causes(run, finding)


def _causes(run: Run, finding: Violation | Doubt) -> Lines:
    """The events that led to it, first causes first; the middle is left out where there are many."""
    chain = {entry.index for index in finding.entries if index >= 0 for entry in run.journal.chain(index)}
    lines = folded(event for event in timeline(run.journal, _currency(run)) if event.entry in chain)
    word = "because"
    for number, line in enumerate(lines):
        if len(lines) > CAUSES and number == CAUSES // 2:
            yield f"{'':14}… {len(lines) - CAUSES} more …", "dim"
        if CAUSES // 2 <= number < len(lines) - CAUSES // 2:
            continue
        yield f"    {word:<10}{stamp(line.event.at):>10}  {line.event.actor:<9} {line.text}", "dim"
        word = ""
