"""A run as text: the story as it unfolded, the orders, the ledgers, the verdict, and how to play it again."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Final

from paytwice.channels.ledger import Ledger
from paytwice.places import place_of
from paytwice.report.chance import chance
from paytwice.report.findings import by_time, findings, hanging, named, when
from paytwice.report.timeline import folded, nested, stamp, timeline, unfolded
from paytwice.run import OrderResult, Run
from paytwice.wording import one_line, span
from paytwice_core import Money

STYLES: Final = {
    "money": "bold green",
    "lost": "red",
    "late": "yellow",
    "crash": "bold red",
    "up": "bold",
    "fault": "yellow",
    "alarm": "bold yellow",
    "raised": "red",
    "view": "bold",
    "story": "dim",
    "refund": "green",
}
VERDICTS: Final = {"ok": "bold green", "violated": "bold red", "unknown": "bold yellow"}

# A story that takes more lines than LONGEST goes round in circles: its beginning and its end are told.
LONGEST: Final = 600
HEAD: Final = 400
TAIL: Final = 100

Lines = Iterator[tuple[str, str]]


def report(run: Run, title: str = "", *, verbose: bool = False) -> Lines:
    """The whole report as lines with a style each (rich's words; empty for none).

    `verbose` leaves nothing out: every message, attempt, cause and deviation.
    """
    yield f"{run.scenario}, {how(run)}", "bold"
    if title:
        yield title, ""
    yield "", ""
    yield from story_of(run, verbose=verbose)
    for order in run.orders:
        yield from _order(order)
    yield from _ledgers(run)
    yield from conclusion(run, verbose=verbose)


def in_a_line(run: Run) -> Lines:
    """One line for a run that is as it should be, and the findings of one that is not."""
    yield f"{run.outcome:<9} {run.scenario}, {how(run)}{summary(run) or _sums(run)}", VERDICTS[run.outcome]
    if run.outcome != "ok":
        yield from _errors(run)
        yield from findings(run)
        yield f"  replay      {replay_command(run)}", ""


def conclusion(run: Run, *, verbose: bool = False) -> Lines:
    """The verdict, what led to it, and how to play the run again."""
    yield from _errors(run)
    yield from _verdict(run, verbose=verbose)
    yield from chance(run, verbose=verbose)
    yield f"Replay:   {replay_command(run)}", ""
    yield (
        f"          digest {run.digest[:16]}, {len(run.journal)} events, "
        f"{span(run.ended_at)} of virtual time from {run.begins:%Y-%m-%d %H:%M}",
        "dim",
    )


def explain(run: Run) -> str:
    """The conclusion and the chain of causes as plain text, for an assertion's message."""
    return "\n".join(line for line, _ in conclusion(run))


def replay_command(run: Run) -> str:
    """The command that plays this run again; where no scenario was played, the call that does."""
    if run.command:
        return shlex.join(run.command)
    words = [run.story] if run.seed is None else [run.story, f"seed={run.seed}"]
    if run.settings:
        words.append(f"settings=Settings().changed({dict(run.settings)!r})")
    return f"simulate({', '.join([*words, *run.arguments])})"


def how(run: Run) -> str:
    """How a run was played: calm, or with which seed, profile and settings."""
    chosen = "".join(f", {name}={value}" for name, value in run.chosen.items())
    if run.seed is not None:
        return f"seed {run.seed}, profile {run.profile}{chosen}"
    if run.deviations:
        return f"calm but for {len(run.deviations)} deviation{'s' * (len(run.deviations) > 1)}{chosen}"
    idle = f" (the profile {run.profile} needs a --seed to draw from)" if run.profile != "calm" else ""
    return f"calm{idle}"


def story_of(run: Run, *, verbose: bool) -> Lines:
    """The story as it unfolded, a line an event, those that belong together on one."""
    events = timeline(run.journal, run.currency, in_full=verbose)
    lines = [unfolded(event) for event in events] if verbose else folded(events)
    hidden = range(HEAD, len(lines) - TAIL) if not verbose and len(lines) > LONGEST else range(0)
    for number, (line, depth) in enumerate(zip(lines, nested(lines, run.journal), strict=True)):
        if number not in hidden:
            yield (
                f"{stamp(line.event.at):>12}  {line.event.actor:<9} {'  ' * depth}{line.text}",
                STYLES.get(line.event.mark, ""),
            )
        elif number == hidden.start:
            until = stamp(lines[hidden.stop - 1].event.at)
            yield f"{'…':>12}  {len(hidden)} lines until {until} are left out: --verbose has them all", "dim"
    yield "", ""


def _sums(run: Run) -> str:
    """What the channels took, gave back and kept, in a few words."""
    said = []
    for channel, ledger in run.ledgers.items():
        if ledger.movements:
            kept, returned = (Money(minor, ledger.currency) for minor in _kept_and_returned(ledger))
            back = f", returned {returned.display}" if returned.minor else ""
            said.append(f"{channel} kept {kept.display}{back}")
    return f": {'; '.join(said)}" if said else ": no money moved"


def _kept_and_returned(ledger: Ledger) -> tuple[int, int]:
    return ledger.total_kept, ledger.total_returned


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
        if coupons := ledger.total_coupons:
            by_coupon = (*coupons, ledger.total_coupons_kept)
            shown = "".join(f"{Money(minor, ledger.currency).display:>12}" for minor in by_coupon)
            yield f"  by coupon {shown}", ""
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


def _verdict(run: Run, *, verbose: bool) -> Lines:
    yield f"Verdict:  {run.outcome}{summary(run)}", VERDICTS[run.outcome]
    yield from findings(run, verbose=verbose)
    yield from _checked(run, verbose=verbose)


def summary(run: Run) -> str:
    """What went wrong first, how many promises broke, and what it costs at most."""
    violations = by_time(run.verdict.violations)
    if not violations:
        return ", because the run ended early" if run.failure is not None else _open(run)
    stake = " + ".join(money.display for money in run.verdict.at_stake)
    said = [f"{len(violations)} promise{'s' * (len(violations) > 1)} broken"]
    if stake:
        said.append(f"{stake} at stake")
    if len(violations) > 1:
        said.append(f"first {named(violations[0].invariant)} {when(violations[0])}")
    return f": {', '.join(said)}"


def _open(run: Run) -> str:
    """What nobody can know yet."""
    said = [
        f"{named(doubt.invariant)} is open" + (f", {stake.display} at stake" if stake is not None else "")
        for doubt in run.verdict.unknown
        for stake in (doubt.at_stake,)
    ]
    return f": {'; '.join(said)}" if said else ""


def _checked(run: Run, *, verbose: bool) -> Lines:
    """Which promises were put to the test, and which had nothing to say."""
    verdict = run.verdict
    if verbose:
        for name in verdict.checked:
            yield f"{'':10}checked {named(name)}", ""
    elif verdict.checked:
        yield from hanging(f"{'':10}checked ", " ".join(verdict.checked))
    if verdict.vacuous:
        yield from hanging(f"{'':10}", f"nothing happened that could break {' '.join(verdict.vacuous)}")
    if run.not_judged:
        said = f"not judged, for the run never came to rest: {' '.join(run.not_judged)}"
        yield from hanging(f"{'':10}", said)
    asked = next(iter((*(one.invariant for one in by_time(verdict.violations)), *verdict.checked)), None)
    if asked is not None and not verbose:
        yield f"{'':10}what they promise: paytwice invariants {asked}", "dim"
