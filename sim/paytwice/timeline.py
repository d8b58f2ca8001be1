"""A run's journal as a timeline: one event a line, in the words of a payment engineer.

A message is one event at its sending, with what became of it; only one that came late gets a second at its
arrival. Positive responses are left out: what they say stands in the event that the request led to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import attrs

from paytwice.journal import Entry, Journal, What
from paytwice_core import Money

LATE: Final = 2_000  # milliseconds on the way that are worth a word
REPLY: Final = ".reply"


@attrs.frozen
class Event:
    """One line of a timeline.

    `mark` says what kind of event it is, for colours: money, lost, late, crash, told …
    """

    at: int
    actor: str
    text: str
    mark: str
    entry: int


def timeline(journal: Journal, currency: str = "CNY") -> list[Event]:
    """The events of a run in the order in which they happened."""
    return list(_events(journal, _fates(journal), currency))


def _fates(journal: Journal) -> Mapping[int, list[Entry]]:
    """What became of each message, by the entry of its sending."""
    fates: dict[int, list[Entry]] = {}
    for entry in journal:
        if entry.what in (What.ARRIVED, What.LOST, What.HELD, What.COPIED):
            fates.setdefault(entry.cause, []).append(entry)
    return fates


def _events(journal: Journal, fates: Mapping[int, list[Entry]], currency: str) -> Iterator[Event]:
    for entry in journal:
        match entry.what:
            case What.SENT:
                yield from _sent(entry, fates.get(entry.index, []))
            case What.ARRIVED:
                yield from _arrived(entry, journal)
            case What.LOST | What.HELD | What.COPIED:
                pass
            case _:
                yield from _other(entry, currency)


def _sent(entry: Entry, fates: list[Entry]) -> Iterator[Event]:
    words, mark = [], "message"
    arrivals = [fate for fate in fates if fate.what is What.ARRIVED]
    if any(fate.what is What.COPIED for fate in fates):
        words.append("sent twice by the network")
    if any(fate.what is What.LOST for fate in fates):
        words.append("LOST")
        mark = "lost"
    elif not arrivals:
        words.append("never arrives")
        mark = "lost"
    elif (took := arrivals[0].at - entry.at) >= LATE:
        words.append(f"takes {span(took)}")
        mark = "late"
    if entry.subject.endswith(REPLY) and not words:
        return
    again = f" (send {entry.number})" if entry.number > 1 and "notify" in entry.subject else ""
    text = f"→ {entry.whom}: {_subject(entry.subject)} {entry.key}{again}"
    yield Event(entry.at, entry.who, f"{text}   {', '.join(words)}".rstrip(), mark, entry.index)


def _arrived(entry: Entry, journal: Journal) -> Iterator[Event]:
    took = entry.at - journal[entry.cause].at
    if took >= LATE:
        text = f"← {entry.whom}: {_subject(entry.subject)} {entry.key}   {span(took)} after it was sent"
        yield Event(entry.at, entry.who, text, "late", entry.index)


def _subject(kind: str) -> str:
    return f"response to {kind.removesuffix(REPLY)}" if kind.endswith(REPLY) else kind


def _other(entry: Entry, currency: str) -> Iterator[Event]:
    said = _words(entry, currency)
    if said is not None:
        yield Event(entry.at, entry.who, *said, entry.index)


def _words(entry: Entry, currency: str) -> tuple[str, str] | None:
    money = Money(entry.number, currency).display
    match entry.what:
        case What.MONEY:
            verb = {"CAPTURED": "takes", "RETURNED": "returns"}.get(entry.subject)
            return (f"{verb} {money} of {entry.key} ({entry.whom})", "money") if verb else None
        case What.DESK:
            return (f"{entry.subject} {entry.key}: {entry.whom}", "desk") if entry.whom != "OK" else None
        case What.REFUND:
            return f"refund {entry.key} of {entry.whom}, {money}: {entry.subject}", "refund"
        case What.SHOP:
            return f"shop: {entry.subject}s {entry.key}", "shop"
        case What.VIEW:
            by = f" by {entry.whom}" if entry.whom else ""
            return f"order {entry.key} is {entry.subject}{by}", "view"
        case What.CLAIM:
            return f"refund {entry.key} ({entry.whom}) is {entry.subject}", "view"
        case What.TOLD:
            return f"reads: {entry.subject} {entry.whom}".rstrip(), "told"
        case What.DID:
            amount = f" {money}" if entry.number else ""
            return f"{entry.subject} {entry.whom}".rstrip() + amount, "did"
        case What.ALARM:
            return f"ALARM about {entry.key}: {entry.subject}", "alarm"
        case What.FAULT:
            lasting = f" for {span(entry.number)}" if entry.number else ""
            return f"{entry.subject}: {entry.who} — {entry.whom}{lasting}", "fault"
        case What.CRASHED:
            return f"CRASHES, down for {span(entry.number)}", "crash"
        case What.RESTARTED:
            return "is up again", "crash"
        case What.RAISED:
            return f"{entry.key} raised {entry.subject}", "alarm"
        case What.UNHEARD:
            return f"is down: {entry.subject} {entry.key} is not heard", "lost"
        case What.STORY:
            return (
                f"--- the story has {entry.subject} ---" if entry.subject == "ended" else "--- healed ---",
                "story",
            )
        case _:
            return None


def span(ms: int) -> str:
    """A duration as people write it: 250ms, 41s, 3m15s, 2h05m, 7d02h."""
    if ms < 1_000:
        return f"{ms}ms"
    seconds, minutes, hours = ms // 1_000, ms // 60_000, ms // 3_600_000
    if minutes == 0:
        return f"{ms / 1000:.3g}s"
    if hours == 0:
        return f"{minutes}m{seconds % 60:02}s"
    if hours < 24:
        return f"{hours}h{minutes % 60:02}m"
    return f"{hours // 24}d{hours % 24:02}h"
