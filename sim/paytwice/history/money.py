"""Where the money is at each moment: what channels hold for the merchant, and what of it must go back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import attrs

from paytwice.history.history import History
from paytwice.journal import Entry, What

COMES: Final = ("CAPTURED", "TOOK_LATE")
GOES: Final = ("RETURNED", "GAVE_BACK")
UNDER_WAY: Final = ("PROCESSING", "ABNORMAL")  # states of a refund that has yet to reach the customer


@attrs.frozen
class Step:
    """Where the money is from `at` on, in minor units.

    `held` is by channel what was captured and has not gone back to customers. `owed` is what of it belongs to
    customers: all of it where the order is closed, all but the winner's payment where it is paid, and what is
    on its way back. As long as an order is open, what it costs is not owed, and what came later is. `owing`
    is of how many payments anything is owed.
    """

    at: int
    held: Mapping[str, int]
    owed: Mapping[str, int]
    owing: Mapping[str, int] = attrs.field(factory=dict)

    @property
    def total(self) -> int:
        """What all channels hold together."""
        return sum(self.held.values())

    @property
    def total_owed(self) -> int:
        """What belongs to customers, at all channels together."""
        return sum(self.owed.values())


@attrs.frozen
class Movement:
    """Money that came from customers (positive) or went back to them (negative)."""

    at: int
    channel: str
    amount: int
    number: str  # the channel's own payment number


def movements(history: History) -> Iterator[Movement]:
    """Every payment and every return, in order."""
    for one in history.entries:
        if one.what is What.MONEY and one.subject in COMES + GOES:
            sign = 1 if one.subject in COMES else -1
            yield Movement(one.at, one.who, sign * one.number, one.whom)


def money(history: History) -> tuple[Step, ...]:
    """The steps, from the beginning on; each differs from the one before it."""
    book = Book(history.order_of)
    nothing = dict.fromkeys(history.channels, 0)
    steps = [Step(0, nothing, nothing, nothing)]
    for entry in history.entries:
        if not book.take(entry):
            continue
        owed = book.owed()
        step = Step(
            entry.at,
            nothing | book.held(),
            nothing | _by_channel(owed),
            nothing | _by_channel({payment: int(sum_ > 0) for payment, sum_ in owed.items()}),
        )
        if step.at == steps[-1].at and len(steps) > 1:
            steps.pop()
        if (step.held, step.owed) != (steps[-1].held, steps[-1].owed):
            steps.append(step)
    return tuple(steps)


Payment = tuple[str, str]  # the channel and its own number


@attrs.define
class Book:
    """What is known of payments, orders and refunds as the journal is read."""

    order_of: Mapping[str, str]
    kept: dict[Payment, int] = attrs.field(factory=dict)
    trade: dict[Payment, str] = attrs.field(factory=dict)
    price: dict[str, int] = attrs.field(factory=dict)
    standing: dict[str, tuple[str, str]] = attrs.field(factory=dict)  # of an order: its state, its winner
    under_way: dict[tuple[str, str], tuple[str, int]] = attrs.field(factory=dict)  # refunds: trade, amount

    def take(self, entry: Entry) -> bool:
        """Read an entry, and say whether it may have moved or allotted money."""
        match entry.what:
            case What.DID if entry.subject == "orders":
                self.price[entry.key] = entry.number
            case What.MONEY if entry.subject in COMES + GOES:
                payment = entry.who, entry.whom
                self.trade[payment] = entry.key
                sign = 1 if entry.subject in COMES else -1
                self.kept[payment] = self.kept.get(payment, 0) + sign * entry.number
            case What.VIEW:
                self.standing[entry.key] = entry.subject, entry.whom
            case What.REFUND if entry.subject in UNDER_WAY:
                self.under_way[entry.who, entry.key] = entry.whom, entry.number
            case What.REFUND:
                self.under_way.pop((entry.who, entry.key), None)
            case _:
                return False
        return True

    def held(self) -> dict[str, int]:
        """What each channel holds."""
        return _by_channel(self.kept)

    def owed(self) -> dict[Payment, int]:
        """What of it belongs to customers, by payment."""
        orders: dict[str, list[Payment]] = {}
        for payment, trade in self.trade.items():
            orders.setdefault(self.order_of.get(trade, trade), []).append(payment)
        return {one: owed for order, some in orders.items() for one, owed in self._owed_for(order, some)}

    def _owed_for(self, order: str, payments: list[Payment]) -> Iterator[tuple[Payment, int]]:
        state, winner = self.standing.get(order, ("", ""))
        left = self.price.get(order, 0)
        has_winner = state == "PAID" and any(" ".join(one) == winner for one in payments)
        for one in payments:
            kept = self.kept[one]
            if has_winner:
                yield one, min(self._on_its_way(one), kept) if " ".join(one) == winner else kept
            elif state == "CLOSED":
                yield one, kept
            else:
                yield one, max(0, kept - left)
                left = max(0, left - kept)

    def _on_its_way(self, payment: Payment) -> int:
        channel, trade = payment[0], self.trade[payment]
        return sum(sum_ for (name, _), (of, sum_) in self.under_way.items() if (name, of) == (channel, trade))


def _by_channel(sums: Mapping[Payment, int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for (channel, _), amount in sums.items():
        found[channel] = found.get(channel, 0) + amount
    return found
