"""What a sweep keeps of one run: few numbers, since there are many runs."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any, Final

import attrs

from paytwice.history.history import of_run
from paytwice.history.money import money
from paytwice.history.waits import payments_of_orders, refund_waits, waits_until_known
from paytwice.journal import What
from paytwice.run import Run
from paytwice.wording import one_line

QUERIES: Final = ("trade.query", "refund.query")
FAILED: Final = "failed"
Changes = tuple[tuple[str, str], ...]


@attrs.frozen
class Measured:
    """One run. Amounts are minor units, times are ms; `outcome` is ok, violated, unknown or failed.

    `duplicates` are orders for which more than one payment was captured. `refund_ms` is how long customers
    waited for each payment that went back, `known_ms` how long after its first payment each order was known
    to be paid. `messages` are those that anybody sent, `queries` what the merchant asked of channels.
    """

    changes: Changes
    seed: int
    outcome: str
    digest: str = ""
    failure: str = ""
    broken: tuple[str, ...] = ()
    currency: str = "CNY"
    orders: int = 0
    duplicates: int = 0
    captured: int = 0
    returned: int = 0
    owed_peak: int = 0
    owed_end: int = 0
    refund_ms: tuple[int, ...] = ()
    known_ms: tuple[int, ...] = ()
    messages: int = 0
    queries: int = 0

    def row(self) -> dict[str, Any]:
        """The same as flat values: settings by their names, then what was measured."""
        told = attrs.asdict(self, filter=lambda field, _: field.name != "changes")
        told["broken"] = " ".join(self.broken)
        for name in ("refund_ms", "known_ms"):
            told[name] = max(told[name], default=None)
        return {**dict(self.changes), **told}


def measured(changes: Changes, run: Run) -> Measured:
    """Measure a run that was played from a seed."""
    assert run.seed is not None, "a sweep plays seeds"
    history = of_run(run)
    steps = money(history)
    sent = [one.subject for one in history.entries if one.what is What.SENT]
    return Measured(
        changes,
        run.seed,
        run.outcome if run.failure is None else FAILED,
        run.digest,
        "" if run.failure is None else f"{type(run.failure).__name__}: {one_line(run.failure)}",
        tuple(dict.fromkeys(one.invariant for one in run.verdict.violations)),
        run.currency,
        len(run.orders),
        sum(number > 1 for number in payments_of_orders(history).values()),
        sum(ledger.total_captured for ledger in run.ledgers.values()),
        sum(ledger.total_returned for ledger in run.ledgers.values()),
        max(step.total_owed for step in steps),
        steps[-1].total_owed,
        tuple(refund_waits(history)),
        tuple(waits_until_known(history)),
        len(sent),
        sum(kind in QUERIES for kind in sent),
    )


def failed(changes: Changes, seed: int, error: BaseException) -> Measured:
    """What is kept of a run that nobody can measure."""
    return Measured(changes, seed, FAILED, failure=f"{type(error).__name__}: {one_line(error)}")


def told(one: Measured) -> dict[str, Any]:
    """What is written down of it, beside its changes and seed."""
    return attrs.asdict(one, filter=lambda field, _: field.name not in ("changes", "seed"))


def untold(changes: Changes, seed: int, kept: Mapping[str, Any]) -> Measured:
    """What was written down. Raises TypeError or ValueError at what `told` has not written."""
    lists = ("broken", "refund_ms", "known_ms")
    values: dict[str, Any] = {name: tuple(one) if name in lists else one for name, one in kept.items()}
    return Measured(changes, seed, **values)


def pooled(runs: list[Measured], name: str) -> list[int]:
    """All waits of some runs, sorted."""
    return sorted(chain.from_iterable(getattr(one, name) for one in runs))
