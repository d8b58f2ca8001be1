"""Trouble that lasts: processes that are down, links that hang or are cut."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from paytwice.journal import Entry, Journal, What
from paytwice.pictures.model import Fault, Moment, Span
from paytwice.pictures.titles import title_of
from paytwice.wording import span as lasting

BEGINS: Final = {"hold": Fault.HANGS, "partition": Fault.CUT}
ENDS: Final = {"release": Fault.HANGS, "repair": Fault.CUT}
IS_DOWN, IS_UP = "is down", "is up"  # a channel

Key = tuple[Fault, str, str]


def spans(journal: Journal, ended: Moment) -> Iterator[Span]:
    """Every span of trouble, in the order in which they began; one that nobody ended lasts to the end."""
    open_ones: dict[Key, Entry] = {}
    found: list[Span] = []
    for entry in journal:
        begun, over = _begins(entry), _ends(entry)
        if begun is not None:
            open_ones.setdefault(begun, entry)
        elif over is not None and over in open_ones:
            found.append(_span(over, open_ones.pop(over), Moment(entry.at, entry.index)))
    found += [_span(key, entry, ended) for key, entry in open_ones.items()]
    yield from sorted(found, key=lambda one: one.begin)


def _begins(entry: Entry) -> Key | None:
    if entry.what is What.CRASHED or (entry.what is What.FAULT and entry.subject == IS_DOWN):
        return Fault.DOWN, entry.who, ""
    if entry.what is What.FAULT and entry.subject in BEGINS:
        return BEGINS[entry.subject], *_ends_of_link(entry)
    return None


def _ends(entry: Entry) -> Key | None:
    if entry.what is What.RESTARTED or (entry.what is What.FAULT and entry.subject == IS_UP):
        return Fault.DOWN, entry.who, ""
    if entry.what is What.FAULT and entry.subject in ENDS:
        return ENDS[entry.subject], *_ends_of_link(entry)
    return None


def _ends_of_link(entry: Entry) -> tuple[str, str]:
    """The two ends with the merchant or the customer first, whichever way the fault was stated."""
    first, second = sorted((entry.who, entry.whom), key=lambda name: (name != "customer", name != "merchant"))
    return first, second


def _span(key: Key, begun: Entry, end: Moment) -> Span:
    fault, lane, other = key
    how_long = lasting(end.at - begun.at)
    link = _link(begun, lane, other)
    text = {
        Fault.DOWN: f"{'process ' if begun.what is What.CRASHED else ''}down for {how_long}",
        Fault.HANGS: f"{link} hangs for {how_long}",
        Fault.CUT: f"{link} cut off for {how_long}",
    }[fault]
    return Span(fault, lane, other, text, Moment(begun.at, begun.index), end)


def _link(begun: Entry, lane: str, other: str) -> str:
    """Whose link it is, and which way of it where the other is free: `way to WeChat Pay`."""
    whose = "customer's " if lane == "customer" else ""
    if begun.key:  # one way
        return f"{whose}way {'to' if begun.who == lane else 'from'} {title_of(other)}"
    return f"{whose}link to {title_of(other)}" if whose else title_of(other)
