"""What a history is read from: a run, or a journal that somebody kept."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

import attrs

from paytwice.journal import Entry, Journal, What
from paytwice.network.envelope import Link, Way
from paytwice.run import Run


class Broken(NamedTuple):
    """A promise that was seen to break: when, which one, and to which order."""

    at: int
    invariant: str
    order: str


@attrs.frozen
class History:
    """A journal and what there is to know beside it. Amounts are minor units of `currency`, times are ms.

    `broken` are the promises that were seen to break, `links` is how messages were to travel, `refund_of` the
    order of each refund, as the merchant says; of a kept journal nobody knows any of it.
    """

    title: str
    journal: Journal
    currency: str = "CNY"
    ended_at: int = 0
    broken: tuple[Broken, ...] = ()
    links: Mapping[Way, Link] = attrs.field(factory=dict)
    refund_of: Mapping[str, str] = attrs.field(factory=dict)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The journal's entries, in order."""
        return tuple(self.journal)

    @cached_property
    def order_of(self) -> dict[str, str]:
        """The order that each trade is for, by its out_trade_no: as the customer got it to pay with."""
        return {
            one.whom: one.key for one in self.entries if one.what is What.TOLD and one.subject == "credential"
        }

    @cached_property
    def channels(self) -> tuple[str, ...]:
        """The channels at which something happened, in the order in which the story meets them."""
        met: dict[str, None] = {}
        for one in self.entries:
            if one.what in (What.MONEY, What.DESK, What.REFUND):
                met.setdefault(one.who)
        return tuple(met)


def of_run(run: Run, title: str = "") -> History:
    """The history of a run; `title` is its story in a sentence."""
    broken = dict.fromkeys(Broken(one.at, one.invariant, one.order) for one in run.verdict.violations)
    title = title or run.scenario.replace("_", " ")
    refund_of = {
        refund.out_refund_no: order.id
        for order in run.orders
        for refund in (order.view.refunds if order.view is not None else None) or ()
    }
    return History(title, run.journal, run.currency, run.ended_at, tuple(broken), run.links, refund_of)


def of_journal(journal: Journal, title: str, currency: str = "CNY") -> History:
    """The history that a journal tells by itself; it ends with its last entry."""
    return History(title, journal, currency, journal.rows[-1][0] if journal.rows else 0)
