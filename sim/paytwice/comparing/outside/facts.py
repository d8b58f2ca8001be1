"""What the outside saw of a run: the merchant's view, acks, answers, money, refunds, stock and shipping.

Each fact belongs to a thread, such as the answers to one customer's look at the pay page or the money under
one attempt. Facts of one thread have an order that means something; which of two threads is ahead is a
matter of milliseconds. So two merchants are compared thread by thread, and times are told, not compared.

How often a notification comes again depends on milliseconds too, so the acks of an attempt's payment (and
those of its refunds) are one thread, in which an ack that is given again says nothing new.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final

import attrs

from paytwice.comparing.outside.naming import Names, chosen, entries
from paytwice.journal import NOBODY, Entry, Journal, Row, What
from paytwice.report.phrasing import deed
from paytwice.run import Run


class Kind(StrEnum):
    """What merchants can differ in. DEED is the customer's doing: it is told, and not compared."""

    VIEW = "view"
    ACK = "ack"
    MONEY = "money"
    REFUND = "refund"
    ANSWER = "answer"
    SHIPPING = "shipping"
    VERDICT = "verdict"
    DEED = "deed"


KINDS: Final = tuple(one for one in Kind if one is not Kind.DEED)
ONCE: Final = (Kind.VIEW, Kind.ACK, Kind.ANSWER, Kind.REFUND)  # said again, these say nothing new
INNER: Final = ("SET_ASIDE", "RELEASED")  # money that no customer sees move
TROUBLE: Final = ("OK", "SYSTEM_ERROR", "BUSY")  # no refusals: a channel that is in trouble is asked again
SEEN: Final = (What.VIEW, What.CLAIM, What.MONEY, What.REFUND, What.SHOP, What.TOLD, What.DID)
SAYS: Final = {
    What.VIEW: "{who} says: {said}",
    What.CLAIM: "{who} says: {said}",
    What.REFUND: "{who} says: {said}",
    What.SHOP: "{said}",
}
NOTIFY: Final = ".notify"
REPLY: Final = ".reply"
NO_ACK: Final = "none"

Thread = tuple[Kind, str, str]  # of which kind, whose order, and which of its kind


@attrs.frozen
class Fact:
    """One thing that was to be seen from outside; `at` is in milliseconds of the run.

    `what` is the same for two merchants that do the same. `text` has each one's own numbers.
    """

    at: int
    kind: Kind
    order: str  # empty where it is nobody's
    where: str
    what: tuple[str | int, ...]
    text: str

    @property
    def thread(self) -> Thread:
        """With which facts it stands in an order."""
        return self.kind, self.order, self.where

    @property
    def happening(self) -> tuple[object, ...]:
        """What happened, whenever it was and whatever the merchant calls it."""
        return *self.thread, self.what


def facts(run: Run) -> tuple[Fact, ...]:
    """All that was to be seen of a run, in the order in which it happened."""
    return tuple(_Reader(run.journal, run.currency, Names.of(run), _acks(run.journal)).facts())


def payment(n: int | str) -> str:
    """Which payment of an attempt it is, where it is not the only one."""
    return "" if n == 1 else f" (payment {n})"


def _acks(journal: Journal) -> Mapping[int, Entry]:
    """The acks, each by the arrival of the notification that it answers."""
    return {entry.cause: entry for entry in entries(journal, What.ACKED)}


def _is_seen(row: Row) -> bool:
    """Whether an entry is of any interest; mostly it is not, and is not even made."""
    _, _, what, who, whom, subject, _, _ = row
    match what:
        case What.ARRIVED:
            return who == "merchant" and subject.endswith(NOTIFY)
        case What.DESK:
            return subject == "refund.ask" and whom not in TROUBLE
        case What.MONEY:
            return subject not in INNER
        case _:
            return what in SEEN


@attrs.define
class _Reader:
    journal: Journal
    currency: str
    names: Names
    acks: Mapping[int, Entry]
    _last: dict[Thread, tuple[str | int, ...]] = attrs.field(factory=dict)

    def facts(self) -> Iterator[Fact]:
        for index in (index for index, row in enumerate(self.journal.rows) if _is_seen(row)):
            fact = self._fact(self.journal[index])
            again = self._last.get(fact.thread) == fact.what
            self._last[fact.thread] = fact.what
            if not again or fact.kind is Kind.DEED:
                yield fact
            elif fact.kind not in ONCE:
                yield attrs.evolve(fact, text=f"{fact.text}, once more")

    def _fact(self, entry: Entry) -> Fact:
        match entry.what:
            case What.VIEW:
                return self._view(entry)
            case What.CLAIM:
                attempt, n = self.names.refund(entry.key)
                where = f"refund {n} of {attempt}"
                return self._one(entry, Kind.VIEW, attempt.order, where, entry.subject)
            case What.MONEY:
                attempt, n = self.names.payment(entry.who, entry.whom)
                where = f"{attempt}{payment(n)}"
                return self._one(entry, Kind.MONEY, attempt.order, where, entry.subject, entry.number)
            case What.REFUND:
                attempt, n = self.names.refund(entry.key)
                where = f"refund {n} of {attempt}"
                return self._one(entry, Kind.REFUND, attempt.order, where, entry.subject, entry.number)
            case What.DESK:
                attempt, n = self.names.refund(entry.key)
                text = f"{entry.who} refuses refund {entry.key}: {entry.whom}"
                where = f"refund {n} of {attempt}, refused"
                return Fact(entry.at, Kind.REFUND, attempt.order, where, (entry.whom,), text)
            case What.SHOP:
                return self._one(entry, Kind.SHIPPING, entry.key, entry.subject, entry.subject)
            case What.TOLD:
                return self._answer(entry)
            case What.ARRIVED:
                return self._ack(entry)
            case _:
                return self._one(entry, Kind.DEED, entry.key, "", entry.subject)

    def _one(self, entry: Entry, kind: Kind, order: str, where: str, *what: str | int) -> Fact:
        said = deed(entry, self.currency)
        text = SAYS.get(entry.what, "{who} {said}").format(
            who=entry.who, said=said[0] if said is not None else f"{entry.subject} {entry.key}"
        )
        return Fact(entry.at, kind, order, where, what, text)

    def _view(self, entry: Entry) -> Fact:
        channel, _, number = entry.whom.partition(" ")
        winner: tuple[str | int, ...] = ()
        if number:
            attempt, n = self.names.payment(channel, number)
            winner = str(attempt), n
        return self._one(entry, Kind.VIEW, entry.key, "order", entry.subject, *winner)

    def _answer(self, entry: Entry) -> Fact:
        """What a customer is told, by what was asked; a refusal's reason is in the merchant's own words."""
        asked = "" if entry.cause == NOBODY else self.journal[entry.cause].subject.removesuffix(REPLY)
        what: tuple[str | int, ...] = (entry.subject,)
        if asked == "pay.start":
            channel = chosen(entry, self.journal)
            asked += f" {channel}"
            if entry.subject == "credential":
                what = entry.subject, str(self.names.attempt(channel, entry.whom))
        return self._one(entry, Kind.ANSWER, entry.key, asked, *what)

    def _ack(self, entry: Entry) -> Fact:
        """The ack of a notification, in its place among the arrivals; none where nothing came back."""
        sent = self.journal[entry.cause]
        ack = self.acks.get(entry.index)
        said, at = (NO_ACK, entry.at) if ack is None else (ack.subject, ack.at)
        if entry.whom in self.names.channels:
            attempt = self.names.attempt(entry.whom, entry.key)
            order, where = attempt.order, f"{attempt}: {'refund' if 'refund ' in sent.text else 'payment'}"
        else:  # a stranger, who says in words what it pretends to be
            order, where = self.names.order_of(entry.key), f"{entry.whom}: {sent.text}"
        told = sent.text if entry.whom in self.names.channels else f"{sent.text}, of {entry.key}"
        text = f"merchant gives {'no' if ack is None else f'a {said}'} ack to {entry.whom}: {told}"
        return Fact(at, Kind.ACK, order, where, (said,), text)
