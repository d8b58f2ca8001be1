"""The states of orders, attempts and refunds over time: what the merchant says, beside what the money did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Final

import attrs

from paytwice.history.history import Broken, History
from paytwice.history.money import COMES
from paytwice.journal import Entry, What


class Of(Enum):
    """Whose states they are."""

    ORDER = "order"
    ATTEMPT = "attempt"
    REFUND = "refund"


class Tone(Enum):
    """What a state means, for how it is drawn."""

    LIVE = "live"  # something is still to come
    WON = "won"  # the order is paid, by this
    RETURNS = "returns"  # it was paid for nothing, and goes back
    OVER = "over"  # nothing more is to come


# What the states that the port knows mean, and the reference merchant's words for attempts. A merchant's own
# word for an attempt is live, as long as nobody here knows it.
TONES: Final[Mapping[Of, Mapping[str, Tone]]] = {
    Of.ORDER: {"PAID": Tone.WON, "CLOSED": Tone.OVER},
    Of.ATTEMPT: {
        "WINNER": Tone.WON,
        "DUPLICATE": Tone.RETURNS,
        "CLOSED": Tone.OVER,
        "FAILED": Tone.OVER,
        "RETURNED": Tone.OVER,
    },
    Of.REFUND: {
        "DONE": Tone.OVER,
        "VOID": Tone.OVER,
        "SUCCESS": Tone.OVER,
        "CLOSED": Tone.OVER,
        "PENDING": Tone.RETURNS,
        "PROCESSING": Tone.RETURNS,
        "NEEDS_PERSON": Tone.RETURNS,
        "ABNORMAL": Tone.RETURNS,
    },
}

TAKEN_BACK: Final = "GAVE_BACK"  # without a refund: a bank's payment that came too late
AGAIN: Final = " again"  # after the number of an attempt, for its second payment


@attrs.frozen
class Spell:
    """A state from one moment to another, in ms. `lasts` says that it was still so at the end."""

    state: str
    tone: Tone
    begin: int
    end: int
    channel: str = ""  # the winner's, of an order that is paid
    lasts: bool = False


@attrs.frozen
class Moved:
    """Money that came for an attempt, or went back by a refund, in minor units."""

    at: int
    amount: int
    returned: bool


@attrs.frozen
class Track:
    """One order, attempt or refund and its states in order; `channel` is empty for an order."""

    of: Of
    name: str
    order: str
    channel: str
    spells: tuple[Spell, ...]
    moved: tuple[Moved, ...] = ()
    broken: tuple[Broken, ...] = ()

    @property
    def moments(self) -> tuple[int, ...]:
        """Every time at which something happened to it."""
        spells = [at for one in self.spells for at in ((one.begin,) if one.lasts else (one.begin, one.end))]
        return (*spells, *(one.at for one in self.moved), *(one.at for one in self.broken))


def states(history: History) -> tuple[Track, ...]:
    """Every order, and after it its attempts and then its refunds, as the story meets them.

    What a bill has told of, and nobody else, is of no order that a journal names: it stands at the end.
    A refund that the merchant says nothing about, as one at a channel's console, has its channel's states.
    """
    book = _Book(history.order_of)
    for entry in history.entries:
        book.take(entry, history)
    return tuple(_rows(book, history))


def _rows(book: _Book, history: History) -> Iterator[Track]:
    end = max([history.ended_at, *(one.at for one in history.entries[-1:])])
    for order in (*book.orders, ""):
        for of in Of:
            for number in [name for name, its in book.whose[of].items() if its == order]:
                entries = book.said[of].get(number) or book.desk.get(number, [])
                yield Track(
                    of,
                    number,
                    order,
                    "" if of is Of.ORDER else book.channel.get((of, number), ""),
                    tuple(_spells(of, entries, end)),
                    tuple(book.moved.get((of, number), ())),
                    tuple(one for one in history.broken if of is Of.ORDER and one.order == order),
                )


def _spells(of: Of, entries: list[Entry], end: int) -> Iterator[Spell]:
    """Each state until the next one; what lasted no time at all is not seen."""
    changes: list[Entry] = []
    for entry in entries:
        if changes and changes[-1].at == entry.at:
            changes.pop()
        if not changes or _said(of, changes[-1]) != _said(of, entry):
            changes.append(entry)
    for n, entry in enumerate(changes):
        last = n + 1 == len(changes)
        word, until = _word(of, entry), end if last else changes[n + 1].at
        channel = entry.whom.partition(" ")[0] if of is Of.ORDER else ""
        yield Spell(word, _tone(of, word), entry.at, until, channel, last)


def _said(of: Of, entry: Entry) -> tuple[str, str]:
    """What is said anew: a state, or of an order that it is paid by something else."""
    return _word(of, entry), entry.whom if of is Of.ORDER else ""


def _word(of: Of, entry: Entry) -> str:
    return (entry.text or "STARTED") if of is Of.ATTEMPT else entry.subject


def _tone(of: Of, word: str) -> Tone:
    return next((tone for part in reversed(word.split()) if (tone := TONES[of].get(part))), Tone.LIVE)


@attrs.define
class _Book:
    """What is known as the journal is read: of each number whose it is, and what was said of it."""

    order_of: Mapping[str, str]
    whose: dict[Of, dict[str, str]] = attrs.field(factory=lambda: {of: {} for of in Of})
    said: dict[Of, dict[str, list[Entry]]] = attrs.field(factory=lambda: {of: {} for of in Of})
    desk: dict[str, list[Entry]] = attrs.field(factory=dict)
    channel: dict[tuple[Of, str], str] = attrs.field(factory=dict)
    moved: dict[tuple[Of, str], list[Moved]] = attrs.field(factory=dict)

    @property
    def orders(self) -> dict[str, str]:
        """The orders, as they were placed."""
        return self.whose[Of.ORDER]

    def take(self, entry: Entry, history: History) -> None:
        """Read an entry."""
        match entry.what:
            case What.DID if entry.subject == "orders":
                self.orders.setdefault(entry.key, entry.key)
            case What.VIEW:
                self._say(Of.ORDER, entry, entry.key, entry.key)
            case What.ATTEMPT:
                self._attempt(entry, self._order(entry, history))
            case What.CLAIM:
                order = history.refund_of.get(entry.key) or self._order(entry, history)
                self._say(Of.REFUND, entry, entry.key, order)
            case What.REFUND:
                self._refund(entry)
            case What.MONEY if entry.subject in COMES:
                self._paid(entry)
            case What.MONEY if entry.subject == TAKEN_BACK:
                self.moved.setdefault((Of.ATTEMPT, entry.key), []).append(Moved(entry.at, entry.number, True))

    def _say(self, of: Of, entry: Entry, number: str, order: str) -> None:
        if not self.whose[of].get(number):
            self.whose[of][number] = order
        self.said[of].setdefault(number, []).append(entry)

    def _attempt(self, entry: Entry, order: str) -> None:
        """An attempt that was paid twice is two, under one number: one has won, and the other goes back."""
        of, number = Of.ATTEMPT, entry.key
        known, came = self.said[of].get(number, []), self.moved.get((of, number), [])
        if known and len(came) > 1:
            before, now = (_tone(of, _word(of, one)) for one in (known[-1], entry))
            if before in (Tone.WON, Tone.RETURNS) and now is Tone.RETURNS:
                number += AGAIN
        self.channel[of, number] = entry.whom
        self._say(of, entry, number, order)

    def _refund(self, entry: Entry) -> None:
        order = self.whose[Of.ATTEMPT].get(entry.whom) or self.order_of.get(entry.whom, "")
        self.whose[Of.REFUND][entry.key] = order
        self.channel[Of.REFUND, entry.key] = entry.who
        self.desk.setdefault(entry.key, []).append(entry)
        if entry.subject == "SUCCESS" and not entry.text:  # else it went to the merchant's own card
            self.moved.setdefault((Of.REFUND, entry.key), []).append(Moved(entry.at, entry.number, True))

    def _paid(self, entry: Entry) -> None:
        """Money comes for a trade; one that the merchant never spoke of gets a row of its own, for that."""
        if not self.whose[Of.ATTEMPT].get(entry.key):
            self.whose[Of.ATTEMPT][entry.key] = self.order_of.get(entry.key, "")
            self.channel[Of.ATTEMPT, entry.key] = entry.who
        self.moved.setdefault((Of.ATTEMPT, entry.key), []).append(Moved(entry.at, entry.number, False))

    def _order(self, entry: Entry, history: History) -> str:
        """Whose an attempt or a refund is: what led to it names an order or a trade."""
        for index in history.journal.chain(entry.index):
            key = history.entries[index].key
            known = key if key in self.orders else self.whose[Of.ATTEMPT].get(key) or self.order_of.get(key)
            if known:
                return known
        return next(iter(self.orders), "") if len(self.orders) == 1 else ""
