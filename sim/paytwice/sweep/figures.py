"""The figures of a cell that charts and tables show: what each is called, and how it is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import attrs

from paytwice.sweep.cells import Cell, Share, Spread
from paytwice.sweep.grid import SweepError
from paytwice.wording import nearest, span
from paytwice_core import Money


@attrs.frozen
class Number:
    """A value, with its 95 % interval where it has one; None where the cell has none of it."""

    value: float | None
    low: float | None = None
    high: float | None = None


@attrs.frozen
class Shown:
    """One figure. `write` makes text of a value, in a currency where it is money; `most` is its largest."""

    name: str
    title: str
    read: Callable[[Cell], Number]
    write: Callable[[float, str], str]
    most: float | None = None
    is_time: bool = False


def _share(title: str, name: str) -> Shown:
    def read(one: Cell) -> Number:
        share: Share = getattr(one, name)
        return Number(share.share, share.low, share.high) if one.runs > one.failed else Number(None)

    return Shown(name, title, read, lambda value, _: percent(value), most=1.0)


def _spread(field: str, part: str) -> Callable[[Cell], Number]:
    def read(one: Cell) -> Number:
        spread: Spread = getattr(one, field)
        if part == "median":
            return Number(spread.median, spread.low, spread.high)
        return Number(getattr(spread, part))

    return read


def _wait(name: str, title: str, field: str, part: str) -> Shown:
    return Shown(name, title, _spread(field, part), lambda ms, _: span(round(ms)), is_time=True)


def _sum(name: str, title: str, read: Callable[[Cell], Number]) -> Shown:
    return Shown(name, title, read, lambda minor, currency: Money(round(minor), currency).display)


def _count(name: str, title: str) -> Shown:
    return Shown(name, title, lambda one: Number(getattr(one, name)), lambda value, _: f"{value:.3g}")


def percent(share: float) -> str:
    """A share in per cent: a small one is not rounded to nothing."""
    hundred = 100 * share
    return f"{hundred:.0f} %" if hundred >= 10 or hundred == round(hundred) else f"{hundred:.2g} %"


FIGURES: Final = {
    one.name: one
    for one in (
        _share("runs with a duplicate payment", "duplicate"),
        _share("runs that break a promise", "violated"),
        _wait("refund", "how long a customer waits for a refund: the median", "refund_ms", "median"),
        _wait(
            "refund_p99", "how long a customer waits for a refund: the 99th percentile", "refund_ms", "p99"
        ),
        _wait("known", "how long until a payment is known: the median", "known_ms", "median"),
        _wait("known_p99", "how long until a payment is known: the 99th percentile", "known_ms", "p99"),
        _sum(
            "owed",
            "owed to customers at the worst moment: the median of runs",
            _spread("owed_peak", "median"),
        ),
        _sum("owed_most", "owed to customers at the worst moment of all runs", _spread("owed_peak", "most")),
        _sum("captured", "captured in a run, on average", lambda one: Number(one.captured)),
        _sum("returned", "returned in a run, on average", lambda one: Number(one.returned)),
        _count("messages_per_order", "messages per order"),
        _count("queries_per_order", "queries per order"),
    )
}


def figure(name: str) -> Shown:
    """The figure of a name. Raises SweepError that names the nearest, or all there are."""
    if name not in FIGURES:
        raise SweepError(f"a sweep has no figure {name!r}{nearest(name, FIGURES)}")
    return FIGURES[name]
