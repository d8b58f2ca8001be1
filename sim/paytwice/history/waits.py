"""How long somebody waits: a customer for money that is theirs, and everybody until a payment is known."""

from __future__ import annotations

from collections.abc import Iterator

from paytwice.history.history import History
from paytwice.history.money import COMES, GOES, Book, Payment
from paytwice.journal import What

PAID = "PAID"


def refund_waits(history: History) -> Iterator[int]:
    """For each payment that went back: ms from when it, or a part, was the customer's until the last return.

    It is theirs from when it is too much: a second payment is that at once, the one that did not win when the
    merchant has said who won, and what the merchant returns on demand when the channel has taken the refund.
    """
    book = Book(history.order_of)
    since: dict[Payment, int] = {}
    returned: dict[Payment, int] = {}
    for entry in history.entries:
        if not book.take(entry):
            continue
        if entry.what is What.MONEY and entry.subject in GOES:
            returned[entry.who, entry.whom] = entry.at
        for payment, owed in book.owed().items():
            if owed:
                since.setdefault(payment, entry.at)
            elif (began := since.pop(payment, None)) is not None and payment in returned:
                yield returned.pop(payment) - began


def waits_until_known(history: History) -> Iterator[int]:
    """For each order that the merchant came to call paid: ms since its first payment was captured."""
    captured: dict[str, int] = {}
    known: set[str] = set()
    for entry in history.entries:
        if entry.what is What.MONEY and entry.subject in COMES:
            captured.setdefault(history.order_of.get(entry.key, entry.key), entry.at)
        elif entry.what is What.VIEW and entry.subject == PAID and entry.key not in known:
            known.add(entry.key)
            if entry.key in captured:
                yield entry.at - captured[entry.key]


def payments_of_orders(history: History) -> dict[str, int]:
    """How many payments were captured for each order: more than one is a duplicate payment."""
    numbers: dict[str, set[str]] = {}
    for entry in history.entries:
        if entry.what is What.MONEY and entry.subject in COMES:
            order = history.order_of.get(entry.key, entry.key)
            numbers.setdefault(order, set()).add(f"{entry.who} {entry.whom}")
    return {order: len(some) for order, some in numbers.items()}
