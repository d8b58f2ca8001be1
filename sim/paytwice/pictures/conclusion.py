"""What became of the money, and what the oracle says of it, in a line."""

from __future__ import annotations

from collections.abc import Iterator

from paytwice.channels.ledger import Ledger, MovementKind
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
        said = [*_balance(ledger), *_late(ledger)]
        if said:
            yield f"{title_of(channel)} {', '.join(said)}"


def _balance(ledger: Ledger) -> Iterator[str]:
    """What a channel captured, and where that is now; the merchant's own card is not the customer's hand."""
    captured, returned = ledger.total_captured, ledger.total_returned
    strayed = _total(ledger, MovementKind.TO_MERCHANT_CARD)
    kept = captured - returned - strayed
    if not captured:
        return
    if kept == captured:
        yield f"captured {_shown(captured, ledger)} and keeps it"
    elif returned == captured:
        yield f"captured {_shown(captured, ledger)} and returned it"
    else:
        yield f"captured {_shown(captured, ledger)}"
        if returned:
            yield f"returned {_shown(returned, ledger)}"
        if strayed:
            yield f"sent {_shown(strayed, ledger)} to the merchant's own card"
        if kept:
            yield f"keeps {_shown(kept, ledger)}"


def _late(ledger: Ledger) -> Iterator[str]:
    """What a bank paid too late, which the channel never captures."""
    took, gave = _total(ledger, MovementKind.TOOK_LATE), _total(ledger, MovementKind.GAVE_BACK)
    if took:
        yield f"took {_shown(took, ledger)} too late"
        yield f"gave {_shown(gave, ledger)} back" if gave else "has not given it back"


def _total(ledger: Ledger, kind: MovementKind) -> int:
    return sum(movement.amount.minor for movement in ledger.movements if movement.kind is kind)


def _shown(minor: int, ledger: Ledger) -> str:
    return Money(minor, ledger.currency).display
