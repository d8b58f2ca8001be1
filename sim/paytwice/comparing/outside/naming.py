"""Names that two merchants have in common, whatever each calls its attempts, payments and refunds.

One numbers its attempts `P1-1` and the other `20260302-88-a`, and a channel counts its payments through all
orders, so that two customers who swap places swap numbers. Common are the customer's order, the channel, and
which attempt of the order at that channel it is, which payment of that attempt, which refund of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from paytwice.journal import Entry, Journal, What
from paytwice.run import Run

Key = tuple[str, str]  # a channel, and a number of the merchant's or the channel's


@attrs.frozen
class Attempt:
    """The n-th attempt of an order at a channel; of no order where nobody was handed anything to pay with."""

    order: str
    channel: str
    n: int

    def __str__(self) -> str:
        return self.channel if self.n == 1 else f"{self.channel} (attempt {self.n})"


@attrs.define
class Names:
    """What the numbers of one run mean, for all that the run tells of."""

    channels: frozenset[str] = frozenset()
    _attempts: dict[Key, Attempt] = attrs.field(factory=dict)
    _payments: dict[Key, tuple[Attempt, int]] = attrs.field(factory=dict)
    _refunds: dict[str, tuple[Attempt, int]] = attrs.field(factory=dict)

    @classmethod
    def of(cls, run: Run) -> Names:
        """Read the names of a run: attempts as they were handed out, payments and refunds as they came."""
        names = cls(frozenset(run.ledgers))
        for channel, number, order in _handed(run.journal):
            names._take_attempt(order, channel, number)
        for entry in entries(run.journal, What.MONEY):
            names._take_payment(entry.who, entry.key, entry.whom)
        refunded = {}  # the attempt of a refund, as the merchant says, unless a channel knows better
        for one in run.orders:
            for refund in (one.view.refunds or ()) if one.view is not None else ():
                refunded[refund.out_refund_no] = names._by_number(refund.out_trade_no, one.id)
        for entry in entries(run.journal, What.REFUND):
            refunded[entry.key] = names.attempt(entry.who, entry.whom)
        for entry in entries(run.journal, What.REFUND, What.CLAIM):
            if entry.key in refunded:
                names._take_refund(entry.key, refunded[entry.key])
        return names

    def attempt(self, channel: str, number: str) -> Attempt:
        """The attempt with a merchant's number at a channel."""
        return self._attempts.get((channel, number), Attempt("", f"{channel} {number}", 1))

    def payment(self, channel: str, number: str) -> tuple[Attempt, int | str]:
        """The payment with a channel's number: which of its attempt, or the number if no money ever moved."""
        return self._payments.get((channel, number), (Attempt("", channel, 1), number))

    def refund(self, number: str) -> tuple[Attempt, int | str]:
        """The refund with a merchant's number: which of its attempt."""
        return self._refunds.get(number, (Attempt("", "", 1), number))

    def order_of(self, number: str) -> str:
        """The order of an attempt's number, whatever the channel."""
        return next((one.order for (_, known), one in self._attempts.items() if known == number), "")

    def _take_attempt(self, order: str, channel: str, number: str) -> None:
        before = sum((one.order, one.channel) == (order, channel) for one in self._attempts.values())
        self._attempts.setdefault((channel, number), Attempt(order, channel, before + 1))

    def _take_payment(self, channel: str, attempt: str, number: str) -> None:
        one = self.attempt(channel, attempt)
        self._payments.setdefault((channel, number), (one, _next(one, self._payments.values())))

    def _take_refund(self, number: str, attempt: Attempt) -> None:
        self._refunds.setdefault(number, (attempt, _next(attempt, self._refunds.values())))

    def _by_number(self, number: str, order: str) -> Attempt:
        found = (one for (_, known), one in self._attempts.items() if (known, one.order) == (number, order))
        return next(found, Attempt(order, number, 1))


def entries(journal: Journal, *kinds: What) -> Iterator[Entry]:
    """The entries of some kinds; the others, which are most, are not even made."""
    return (journal[index] for index, row in enumerate(journal.rows) if row[2] in kinds)


def _next(attempt: Attempt, known: Iterable[tuple[Attempt, int]]) -> int:
    return 1 + sum(one == attempt for one, _ in known)


def _handed(journal: Journal) -> Iterator[tuple[str, str, str]]:
    """What customers were handed to pay with: channel, number and order, as the customer chose."""
    for entry in entries(journal, What.TOLD):
        if entry.subject == "credential":
            yield chosen(entry, journal), entry.whom, entry.key


def chosen(told: Entry, journal: Journal) -> str:
    """The channel that a customer had chosen who was told something of it."""
    led_here = (journal[index] for index in journal.chain(told.index))
    return next((one.whom for one in led_here if one.what is What.DID and one.subject == "chooses"), "")
