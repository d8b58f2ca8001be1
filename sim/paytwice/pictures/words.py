"""What to call a message: in the trade's words, short enough to stand beside an arrow.

A request is called by what it wants, a response by what it says. What it says is told by the entries that
caused it: what the desk answered, what the customer then read.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Final

import attrs

from paytwice.journal import NOBODY, Entry, Journal, What
from paytwice_core import Money

REPLY: Final = ".reply"
OWN_WORDS: Final = 36  # characters of what somebody says in words of their own
DONE: Final = {"trade.create": "created", "trade.close": "closed", "bill.fetch": "the bill"}
REQUESTS: Final = {
    "order.open": "orders",
    "pay.start": "wants to pay",
    "page.status": "looks at the pay page",
    "order.cancel": "cancels",
    "customer.pay": "confirms",
    "customer.open": "opens the cashier",
    "trade.create": "create",
    "trade.query": "query",
    "trade.close": "close",
    "refund.ask": "refund",
    "refund.query": "query refund",
    "refund.reroute": "abnormal refund to another card:",
    "bill.fetch": "fetch bill of",
}


@attrs.define
class Words:
    """Calls the messages of one journal by name. `refunds` are amounts by refund number, as far as known."""

    journal: Journal
    currency: str
    refunds: Mapping[str, Money]
    several: bool = False  # orders, so that a customer's message has to say whose it is
    _told: dict[int, Entry] = attrs.field(init=False, factory=dict)
    _captured: dict[int, Entry] = attrs.field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        for entry in self.journal:
            if entry.what is What.TOLD:
                self._told[entry.cause] = entry
            elif entry.what is What.MONEY and entry.subject == "CAPTURED":
                self._captured[entry.cause] = entry

    def money(self, minor: int) -> str:
        """An amount as a customer reads it."""
        return Money(minor, self.currency).display

    def label(self, sent: Entry, arrival: int) -> str:
        """What to call a message; `arrival` is the entry of its first arrival, or NOBODY."""
        kind = sent.subject
        if kind.endswith(REPLY):
            return self._reply(sent, kind.removesuffix(REPLY), arrival)
        if kind.endswith(".notify"):
            return self._notice(sent)
        if sent.who == "customer":
            return self._wish(sent)
        amount = self.refunds.get(sent.key) if kind == "refund.ask" else None
        shown = "" if amount is None else f" {amount.display}"
        return f"{REQUESTS.get(kind, kind)} {sent.key}{shown}"

    def _notice(self, sent: Entry) -> str:
        """What a notification tells; Alipay tells of refunds as it tells of payments."""
        refund = sent.text.removeprefix("refund ")
        if sent.subject == "refund.notify":
            return f"refund-notify {refund or sent.key}"
        return f"notify {sent.key} {sent.text}".rstrip()

    def _wish(self, sent: Entry) -> str:
        """What the customer did, where that is what the message says; else what its kind is."""
        words = REQUESTS.get(sent.subject, sent.subject)
        cause = self.journal[sent.cause] if sent.cause != NOBODY else None
        if cause is not None and cause.what is What.DID and cause.who == "customer":
            channel = f" {cause.whom}" if cause.subject == "chooses" else ""
            amount = f" {self.money(cause.number)}" if cause.number else ""
            if sent.subject in OWN_DEEDS and cause.subject in OWN_DEEDS[sent.subject]:
                words = f"{cause.subject}{channel}{amount}"
                if cause.index != sent.index - 1:
                    words += ", again"
        return f"{self.whose(sent.key)}{words}"

    def whose(self, key: str) -> str:
        """Whose message it is, where there are several customers."""
        return f"{key}: " if self.several else ""

    def _reply(self, sent: Entry, kind: str, arrival: int) -> str:
        if kind.endswith(".notify"):
            return self._ack(sent)
        if sent.whom == "customer":
            return self.whose(sent.key) + self._to_customer(sent, kind, arrival)
        desk = self.journal[sent.cause] if sent.cause != NOBODY else None
        if desk is None or desk.what is not What.DESK:
            return "answer"
        return DONE.get(kind, desk.text) if desk.whom == "OK" else desk.text or desk.whom

    def _ack(self, sent: Entry) -> str:
        cause = self.journal[sent.cause] if sent.cause != NOBODY else None
        if cause is None or cause.what is not What.ACKED:
            return "answer"
        return "ack" if cause.subject == "positive" else f"no ack, HTTP {cause.number}"

    def _to_customer(self, sent: Entry, kind: str, arrival: int) -> str:
        told = self._told.get(arrival)
        if kind == "customer.pay":
            return "paid" if sent.cause in self._captured else "cannot be paid"
        if kind in ("order.open", "customer.open"):
            return "ok" if told is None else f"refused: {shortened(told.text)}"
        if told is None:
            return "answer"
        match told.subject:
            case "credential":
                return f"can pay now: {told.whom}"
            case "refusal":
                return f"cannot pay: {shortened(told.text)}"
            case said:
                return f"is told {said}"


def shortened(text: str) -> str:
    """A merchant's own words, as many as fit beside an arrow."""
    return textwrap.shorten(text, OWN_WORDS, placeholder=" …")


OWN_DEEDS: Final = {
    "order.open": ("orders",),
    "pay.start": ("chooses",),
    "order.cancel": ("cancels",),
    "customer.pay": ("confirms",),
    "refund.ask": ("asks for money back",),
}
