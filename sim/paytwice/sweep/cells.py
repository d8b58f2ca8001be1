"""One combination of settings: what its runs come to, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, floor, sqrt
from typing import Any

import attrs

from paytwice.bench.table import Z95, wilson
from paytwice.sweep.measure import FAILED, Measured, pooled


@attrs.frozen
class Share:
    """A share of runs, with its 95 % interval (Wilson, 1927)."""

    share: float
    low: float
    high: float

    @classmethod
    def of(cls, hits: int, runs: int) -> Share:
        """So many of so many."""
        return cls(hits / runs if runs else 0.0, *wilson(hits, runs))


@attrs.frozen
class Spread:
    """Numbers in brief; `low` and `high` are the 95 % interval of the median, by order statistics.

    All are None where there is no number. Waits of one run are taken as if they were of several.
    """

    count: int
    median: int | None = None
    p99: int | None = None
    most: int | None = None
    low: int | None = None
    high: int | None = None

    @classmethod
    def of(cls, numbers: Sequence[int]) -> Spread:
        """Of sorted numbers."""
        n = len(numbers)
        if not n:
            return cls(0)
        half = Z95 * sqrt(n) / 2
        low, high = max(floor(n / 2 - half), 1), min(ceil(n / 2 + 1 + half), n)
        return cls(
            n,
            numbers[ceil(n / 2) - 1],
            numbers[ceil(0.99 * n) - 1],
            numbers[-1],
            numbers[low - 1],
            numbers[high - 1],
        )


@attrs.frozen
class Cell:
    """What all seeds of one combination come to.

    Amounts are minor units of `currency`: `captured`, `returned` and `owed_end` a run on average, `owed_peak`
    what belonged to customers at the worst moment of each run. `refund_ms` is how long customers waited for
    money that went back, `known_ms` how long after its first payment an order was known to be paid, in ms.
    `seed` is of the run to look at first: one that broke a promise, else the one with the longest wait.
    """

    settings: Mapping[str, str]
    runs: int
    failed: int
    violated: Share
    duplicate: Share  # runs in which some order was paid more than once
    currency: str
    captured: float
    returned: float
    owed_end: float
    owed_peak: Spread
    refund_ms: Spread
    known_ms: Spread
    messages_per_order: float
    queries_per_order: float
    seed: int
    command: str

    def row(self) -> dict[str, Any]:
        """The same as flat values: settings by their names, then `violated_share`, `refund_ms_median` …"""
        flat: dict[str, Any] = {}
        for field in attrs.fields(Cell):
            value = getattr(self, field.name)
            if isinstance(value, Share | Spread):
                flat |= {f"{field.name}_{part}": one for part, one in attrs.asdict(value).items()}
            elif field.name != "settings":
                flat[field.name] = value
        return {**self.settings, **flat}


def cell(settings: Mapping[str, str], runs: Sequence[Measured], command: str, seed: int) -> Cell:
    """Bring the runs of one combination together; what failed counts in `runs` and `failed` alone."""
    judged = [one for one in runs if one.outcome != FAILED]
    orders = sum(one.orders for one in judged)
    return Cell(
        settings,
        len(runs),
        len(runs) - len(judged),
        Share.of(sum(bool(one.broken) for one in judged), len(judged)),
        Share.of(sum(one.duplicates > 0 for one in judged), len(judged)),
        judged[0].currency if judged else "CNY",
        _each(sum(one.captured for one in judged), len(judged)),
        _each(sum(one.returned for one in judged), len(judged)),
        _each(sum(one.owed_end for one in judged), len(judged)),
        Spread.of(sorted(one.owed_peak for one in judged)),
        Spread.of(pooled(judged, "refund_ms")),
        Spread.of(pooled(judged, "known_ms")),
        _each(sum(one.messages for one in judged), orders),
        _each(sum(one.queries for one in judged), orders),
        seed,
        command,
    )


def to_look_at(runs: Sequence[Measured]) -> Measured:
    """The run that says most: one that failed or broke a promise, else the one with the longest wait."""
    return min(
        runs,
        key=lambda one: (one.outcome != FAILED, not one.broken, -max(one.refund_ms, default=-1), one.seed),
    )


def _each(total: int, of: int) -> float:
    return total / of if of else 0.0
