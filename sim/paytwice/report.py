"""A run as text: the story as it unfolded, the orders, the ledgers, the verdict, and how to play it again."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from paytwice.oracle import INVARIANTS, Doubt, Violation
from paytwice.run import OrderResult, Run
from paytwice.timeline import Event, span, timeline
from paytwice_core import Money

STYLES = {
    "money": "bold green",
    "lost": "red",
    "late": "yellow",
    "crash": "bold red",
    "fault": "yellow",
    "alarm": "bold yellow",
    "view": "bold",
    "story": "dim",
    "desk": "cyan",
    "refund": "green",
}


def report(run: Run, title: str = "") -> Iterator[tuple[str, str]]:
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


def conclusion(run: Run) -> Iterator[tuple[str, str]]:
    """The verdict, what led to it, and how to play the run again."""
    yield from _errors(run)
    yield from _verdict(run)
    yield f"Replay:   {replay_command(run)}", ""
    yield (
        f"          digest {run.digest[:16]}, {run.steps} steps, {span(run.ended_at)} of virtual time",
        "dim",
    )


def explain(run: Run) -> str:
    """The conclusion and the chain of causes as plain text, for an assertion's message."""
    return "\n".join(line for line, _ in conclusion(run))


def replay_command(run: Run) -> str:
    """The command that plays this run again."""
    words = ["paytwice", "run", run.scenario]
    if run.seed is not None:
        words += ["--seed", str(run.seed)]
    for key, value in run.settings.items():
        words += ["--set", f"{key}={value}"]
    return shlex.join(words)


def _how(run: Run) -> str:
    return "calm" if run.seed is None else f"seed {run.seed}, faults {run.profile}"


def _story(run: Run) -> Iterator[tuple[str, str]]:
    for event, times in _folded(timeline(run.journal)):
        again = f"   (×{times})" if times > 1 else ""
        yield f"{_stamp(event.at):>12}  {event.actor:<9} {event.text}{again}", STYLES.get(event.mark, "")
    yield "", ""


def _folded(events: list[Event]) -> Iterator[tuple[Event, int]]:
    """Neighbours that say the same are one, with their number."""
    kept: Event | None = None
    times = 0
    for event in events:
        if kept is not None and (event.actor, event.text) == (kept.actor, kept.text):
            times += 1
            continue
        if kept is not None:
            yield kept, times
        kept, times = event, 1
    if kept is not None:
        yield kept, times


def _stamp(ms: int) -> str:
    return "+" + (f"{ms / 1000:.2f}s" if ms < 60_000 else span(ms))


def _order(order: OrderResult) -> Iterator[tuple[str, str]]:
    winner = order.view.winner if order.view is not None else None
    by = "" if winner is None else f" by {winner.channel} {winner.number}"
    yield f"Order {order.id}  {order.amount.display}  {order.state}{by}", "bold"
    if order.view is None:
        yield "  the merchant does not know it", "red"
        return
    for one in order.view.attempts or ():
        yield f"  attempt {one.out_trade_no:<9} {one.channel:<9} {one.state:<22} {one.number or ''}", ""
    for refund in order.view.refunds or ():
        state = refund.state or refund.standing.value
        yield (
            f"  refund  {refund.out_refund_no:<9} of {refund.out_trade_no:<9} {refund.amount.display:>10}  "
            f"{refund.reason:<10} {state}",
            "",
        )
    yield "", ""


def _ledgers(run: Run) -> Iterator[tuple[str, str]]:
    yield f"{'Channel':<12}{'captured':>12}{'returned':>12}{'kept':>12}", "bold"
    for channel, ledger in run.ledgers.items():
        if ledger.movements:
            sums = (ledger.total_captured, ledger.total_returned, ledger.total_kept)
            shown = "".join(f"{Money(minor, ledger.currency).display:>12}" for minor in sums)
            yield f"{channel:<12}{shown}", ""
    yield "", ""


def _errors(run: Run) -> Iterator[tuple[str, str]]:
    if run.failure is not None:
        yield (
            f"The run ended early: {type(run.failure).__name__}: {run.failure}{_place(run.failure)}",
            "bold red",
        )
    seen: dict[str, int] = {}
    for error in run.errors:
        text = f"{type(error).__name__}: {error}{_place(error)}"
        seen[text] = seen.get(text, 0) + 1
    for text, times in seen.items():
        yield f"The merchant raised {text}" + (f" (×{times})" if times > 1 else ""), "yellow"


def _place(error: BaseException) -> str:
    """Where an error was raised: the last line that is not the library's own."""
    trace, place = error.__traceback__, ""
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if "/paytwice/" not in name and "/trio/" not in name and "<attrs" not in name:
            place = f" ({name}:{trace.tb_lineno})"
        trace = trace.tb_next
    return place


def _verdict(run: Run) -> Iterator[tuple[str, str]]:
    style = {"ok": "bold green", "violated": "bold red"}.get(run.outcome, "bold yellow")
    yield f"Verdict:  {run.outcome}", style
    for violation in run.verdict.violations:
        yield from _finding(run, violation)
    for doubt in run.verdict.unknown:
        yield from _finding(run, doubt)
    if run.verdict.checked:
        yield f"          checked {' '.join(run.verdict.checked)}", ""
    if run.verdict.vacuous:
        yield f"          nothing to check for {' '.join(run.verdict.vacuous)}", "dim"


def _finding(run: Run, finding: Violation | Doubt) -> Iterator[tuple[str, str]]:
    invariant = INVARIANTS.get(finding.invariant)
    name = f"{finding.invariant} {invariant.title}" if invariant is not None else finding.invariant
    stake = f", {finding.at_stake.display} at stake" if finding.at_stake is not None else ""
    word = "broken" if isinstance(finding, Violation) else "open"
    yield f"  {name}: {word} at {_stamp(finding.at)}{stake}", "red" if word == "broken" else "yellow"
    yield f"    {finding.message}", ""
    chain = {entry.index for index in finding.entries if index >= 0 for entry in run.journal.chain(index)}
    for event in timeline(run.journal):
        if event.entry in chain:
            yield f"    {_stamp(event.at):>12}  {event.actor:<9} {event.text}", "dim"
