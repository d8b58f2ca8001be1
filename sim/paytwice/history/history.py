"""What a history is read from: a run, or a journal that somebody kept."""

from __future__ import annotations

from functools import cached_property

import attrs

from paytwice.journal import Entry, Journal, What
from paytwice.run import Run


@attrs.frozen
class History:
    """A journal and what there is to know beside it. Amounts are minor units of `currency`, times are ms.

    `broken` are the promises that were seen to break, each with its time; of a kept journal nobody knows.
    """

    title: str
    journal: Journal
    currency: str = "CNY"
    ended_at: int = 0
    broken: tuple[tuple[int, str], ...] = ()

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
    broken = dict.fromkeys((one.at, one.invariant) for one in run.verdict.violations)
    return History(
        title or run.scenario.replace("_", " "), run.journal, run.currency, run.ended_at, tuple(broken)
    )


def of_journal(journal: Journal, title: str, currency: str = "CNY") -> History:
    """The history that a journal tells by itself; it ends with its last entry."""
    return History(title, journal, currency, journal.rows[-1][0] if journal.rows else 0)
