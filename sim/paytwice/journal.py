"""What happened when, and what caused it: the one record that reports, pictures and digests are made of.

A run appends thousands of entries and mostly nobody reads them, so an entry is kept as a bare tuple of
numbers and names, and becomes an `Entry` when it is read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from enum import Enum, StrEnum
from hashlib import sha256
from typing import Final

import attrs


class What(StrEnum):
    """The kinds of things that happen."""

    SENT = "sent"
    ARRIVED = "arrived"
    LOST = "lost"
    COPIED = "copied"
    HELD = "held"
    UNHEARD = "unheard"  # delivered to a process that is down
    TIMED_OUT = "timed out"
    MONEY = "money"
    REFUND = "refund"  # a refund at a desk is in another state
    ACKED = "acked"  # the answer to a notification leaves the merchant: positive or negative, HTTP status
    DESK = "desk"  # what a desk did with a request
    SHOP = "shop"
    VIEW = "view"  # what the merchant says of an order has changed
    ATTEMPT = "attempt"  # what the merchant says of an attempt has changed
    CLAIM = "claim"  # what the merchant says of a refund has changed
    TOLD = "told"  # the customer reads an answer
    DID = "did"  # the customer did something
    ALARM = "alarm"
    FAULT = "fault"
    CRASHED = "crashed"
    RESTARTED = "restarted"
    RAISED = "raised"
    STORY = "story"  # the story began, ended, was healed


Row = tuple[int, int, str, str, str, str, str, int]
NOBODY: Final = -1
_CANONICAL: Final = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"))


@attrs.frozen
class Entry:
    """One thing that happened. `cause` is the index of the entry that led to it, or -1."""

    index: int
    at: int
    cause: int
    what: What
    who: str
    whom: str
    subject: str
    key: str
    number: int
    text: str = ""


class Journal:
    """An append-only list of entries: numbers, names and enum values only; no repr, float or error text.

    What a merchant says in words of its own is kept beside its entry, in `texts`, and is no part of the
    digest: there may be anything in it. Words that somebody would have to find first are found when they are
    read, for mostly nobody does.
    """

    __slots__ = ("rows", "texts")

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.texts: dict[int, str | Callable[[], str]] = {}

    def note(
        self,
        at: int,
        cause: int,
        what: What,
        who: str,
        whom: str = "",
        subject: str = "",
        key: str = "",
        number: int = 0,
        text: str = "",
    ) -> int:
        """Append an entry and return its index, which later entries can give as their cause."""
        index = len(self.rows)
        self.rows.append((at, cause, what, who, whom, subject, key, number))
        if text:
            self.texts[index] = text
        return index

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> Entry:
        at, cause, what, who, whom, subject, key, number = self.rows[index]
        text = self.texts.get(index, "")
        if not isinstance(text, str):
            text = self.texts[index] = text()
        return Entry(index, at, cause, What(what), who, whom, subject, key, number, text)

    def __iter__(self) -> Iterator[Entry]:
        return (self[index] for index in range(len(self.rows)))

    def chain(self, index: int) -> Iterator[int]:
        """An entry and all that led to it, the first cause last."""
        while index != NOBODY:
            yield index
            index = self.rows[index][1]

    def digest(self) -> str:
        """SHA-256 over all entries: equal digests are equal runs."""
        return sha256(_CANONICAL.encode(self.rows).encode()).hexdigest()

    def jsonl(self) -> Iterator[str]:
        """One JSON object a line."""
        for entry in self:
            yield json.dumps(attrs.asdict(entry, value_serializer=_plain), ensure_ascii=False)


def _plain(_instance: object, _field: object, value: object) -> object:
    return value.value if isinstance(value, Enum) else value
