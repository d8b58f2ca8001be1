"""The last judgement: what must hold at rest, what was put to the test at all, and the verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import attrs

from paytwice.channels.ledger import Ledger
from paytwice.oracle.bills import fund_bill_adds_up
from paytwice.oracle.facts import Rules, Trade
from paytwice.oracle.invariants import AT_REST, INVARIANTS
from paytwice.oracle.money import books_balance
from paytwice.oracle.progress import shows_captures
from paytwice.oracle.record import Record
from paytwice.oracle.scene import Scene
from paytwice.oracle.verdict import Broken, Conclusion, Doubt, Verdict, Violation
from paytwice_core import Money


def pass_judgement(
    record: Record,
    rules: Rules,
    broken: Sequence[Violation],
    scene: Scene,
    ledgers: Mapping[str, Ledger],
) -> Verdict:
    """Add to what was broken on the way what does not hold at rest."""
    violations, doubts = list(broken), []
    for finding in _at_rest(record, rules, scene, ledgers):
        if isinstance(finding, Violation):
            violations.append(finding)
        else:
            doubts.append(finding)
    checked, vacuous = _coverage(record, rules, scene, ledgers, [*violations, *doubts])
    outcome = Conclusion.OK if not doubts else Conclusion.UNKNOWN
    return Verdict(
        Conclusion.VIOLATED if violations else outcome,
        tuple(violations),
        tuple(doubts),
        checked,
        vacuous,
    )


def _at_rest(
    record: Record, rules: Rules, scene: Scene, ledgers: Mapping[str, Ledger]
) -> Iterator[Violation | Doubt]:
    for channel in sorted(ledgers):
        yield from _books(channel, ledgers[channel], record, rules, scene)
    for case in record.cases.values():
        for name, check in AT_REST:
            broken = check(case, scene) if name not in case.broken else None
            if broken is not None:
                yield _found(name, case.order_id, broken, scene.at)
    for trade in record.trades.values():
        if trade.case is None and trade.captured != trade.returned:
            yield _found("S4", "", _unowned(trade), scene.at)


def _books(
    channel: str, ledger: Ledger, record: Record, rules: Rules, scene: Scene
) -> Iterator[Violation | Doubt]:
    broken = books_balance(channel, ledger, record.trades)
    if broken is not None:
        yield _found("S18", "", broken, scene.at)
    billed = scene.billed.get(channel)
    if billed is not None:
        rate = rules.fee_rates.get(channel, 0)
        broken = fund_bill_adds_up(channel, ledger, billed.until, billed.funds, rate)
        if broken is not None:
            yield _found("C5", "", broken, scene.at)


def _coverage(
    record: Record,
    rules: Rules,
    scene: Scene,
    ledgers: Mapping[str, Ledger],
    found: Sequence[Violation | Doubt],
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    show_refunds = any(
        case.view is not None and case.view.refunds is not None for case in record.cases.values()
    )
    seen = attrs.evolve(record.tally, ledgers=bool(ledgers), stuck=record.tally.stuck and show_refunds)
    for trade in record.trades.values():
        until = scene.billed_until(trade.channel)
        seen.billed |= any(capture.at < until for capture in trade.captures.values())
        billed = scene.billed.get(trade.channel)
        seen.funds_billed |= billed is not None and trade.captured > 0
    for case in record.cases.values():
        captured = bool(next(case.captures(), None))
        seen.captures_visible |= captured and shows_captures(case)
        shows = case.view is not None and case.view.refunds is not None
        seen.losers_with_refunds |= shows and any(True for _ in case.losers())
    spoke = [one.invariant for one in found]
    checked = tuple(one.name for one in INVARIANTS.values() if one.name in spoke or one.needs(seen, rules))
    return checked, tuple(name for name in INVARIANTS if name not in checked)


def _unowned(trade: Trade) -> Broken:
    left = trade.captured - trade.returned
    capture = next(iter(trade.captures.values()), None)
    return Broken(
        f"{trade.channel} trade {trade.out_trade_no} captured money, and no customer was seen "
        "to get it to pay with: whose money it is cannot be told.",
        Money(left, capture.amount.currency) if capture is not None else None,
        tuple(capture.entry for capture in trade.captures.values()),
        sure=False,
    )


def _found(name: str, order_id: str, broken: Broken, at: int) -> Violation | Doubt:
    kind = Violation if broken.sure else Doubt
    entries = tuple(sorted(set(broken.entries) - {-1}))
    return kind(name, order_id, at, broken.message, broken.at_stake, entries)
