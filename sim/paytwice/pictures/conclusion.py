"""What became of the money, and what the oracle says of it, in a line."""

from __future__ import annotations

from collections.abc import Iterator

from paytwice.channels.ledger import Ledger
from paytwice.oracle import INVARIANTS
from paytwice.pictures.titles import title_of
from paytwice.run import Run
from paytwice_core import Money


def conclusion(run: Run) -> str:
    """The verdict and the money: `ok: Alipay captured ¥99.00 and keeps it`."""
    money = "; ".join(_moved(run)) or "nothing was captured"
    return f"{_verdict(run)}: {money}"


def _verdict(run: Run) -> str:
    violations = sorted(run.verdict.violations, key=lambda one: one.at)
    if run.failure is not None:
        return f"{run.outcome}, ended early by {type(run.failure).__name__}"
    broken = dict.fromkeys(one.invariant for one in violations or run.verdict.unknown)
    if not broken:
        return run.outcome
    names = ", ".join(f"{name} {INVARIANTS[name].title}" if name in INVARIANTS else name for name in broken)
    return f"{run.outcome} ({names})"


def _moved(run: Run) -> Iterator[str]:
    for channel, ledger in run.ledgers.items():
        if ledger.total_captured:
            yield f"{title_of(channel)} {_balance(ledger)}"


def _balance(ledger: Ledger) -> str:
    captured, returned, kept = (
        Money(minor, ledger.currency).display
        for minor in (ledger.total_captured, ledger.total_returned, ledger.total_kept)
    )
    if not ledger.total_returned:
        return f"captured {captured} and keeps it"
    if not ledger.total_kept:
        return f"captured {captured} and returned it"
    return f"captured {captured}, returned {returned}, keeps {kept}"
