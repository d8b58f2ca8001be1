"""What an order still owes: while any order owes anything, a run is not at rest."""

from __future__ import annotations

from paytwice.merchant.port import RefundStanding, Standing
from paytwice.oracle.facts import Case
from paytwice.oracle.money import is_to_the_fen, reckon
from paytwice.oracle.progress import shows_captures
from paytwice.oracle.shop import is_fully_refunded, left_payable
from paytwice_core import Money


def owes(case: Case) -> bool:
    """Whether the order owes anything: what `debts` says, without the words and the cheap questions first."""
    view = case.view
    if case.is_no_order:
        return False
    if view is None or view.standing is Standing.OPEN:
        return True
    if view.standing is Standing.PAID:
        if not case.ships and not is_fully_refunded(case):
            return True
    elif case.stock > 0 or any(left_payable(case, trade, 0) for trade in case.trades.values()):
        return True
    if case.unshown and shows_captures(case):
        return True
    for refund in view.refunds or ():
        if refund.standing is RefundStanding.PENDING:
            return True
    return not (is_to_the_fen(case) or _is_with_people(case))


def _is_with_people(case: Case) -> bool:
    """Whether all that is not where it belongs waits for a person, and no desk is at work on it."""
    reckoning = reckon(case)
    if reckoning.is_right:
        return True
    return reckoning.explained and not any(trade.is_processing for trade in case.trades.values())


def debts(case: Case) -> list[str]:
    """What the order owes, in words."""
    found: list[str] = []
    if (case.standing is None and not case.is_no_order) or case.standing is Standing.OPEN:
        found.append("to become PAID or CLOSED")
    if case.unshown and shows_captures(case):
        found += [f"to notice {capture.name}" for capture in case.unshown]
    if not _is_with_people(case):
        wrong = [Money(minor, currency) for currency, minor in sorted(reckon(case).differences.items())]
        found += [f"to put {money.display} right" for money in wrong]
    found += [
        f"to finish refund {refund.out_refund_no}"
        for refund in case.refund_views()
        if refund.standing is RefundStanding.PENDING
    ]
    if case.standing is Standing.PAID and not case.ships and not is_fully_refunded(case):
        found.append("to ship")
    if case.standing is Standing.CLOSED:
        if case.stock > 0:
            found.append("to release its stock")
        found += [
            f"to close {trade.channel} trade {trade.out_trade_no}"
            for trade in case.trades.values()
            if left_payable(case, trade, 0)
        ]
    return found
