"""A run's journal as a timeline: one event a line, in the words of a payment engineer.

A message is one event at its sending, with what became of it and how it was answered; only one that came
late gets a second event at its arrival. What goes as it should is left out: a customer's request stands in
what the customer did, a positive response in what the request led to.

`folded` makes a timeline short: within a stretch in which nothing but messages went to and fro, those that
say the same are one line with their number, so that polling, and what arrives all at once after an outage,
do not drown the story.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import attrs

from paytwice.journal import NOBODY, Entry, Journal, What
from paytwice.wording import span as span
from paytwice_core import Money

LATE: Final = 2_000  # milliseconds on the way that are worth a word
REPLY: Final = ".reply"
MESSAGES: Final = ("message", "lost", "late", "raised")  # the marks of events that may be folded


@attrs.frozen
class Event:
    """One line of a timeline.

    `mark` says what kind of event it is, for colours: money, lost, late, crash, told …  `send` counts the
    sends of a notification, `after` is how many milliseconds a late message was on its way.
    """

    at: int
    actor: str
    text: str
    mark: str
    entry: int
    send: int = 0
    after: int = 0


@attrs.define
class Line:
    """An event, and how many like it were folded into it."""

    event: Event
    times: int = 1
    until: int = 0
    last_send: int = 0
    after: int = 0

    @property
    def text(self) -> str:
        """The event's text with its numbers: sends, age, and how often until when."""
        event = self.event
        text, _, fate = event.text.partition("   ")
        if event.send > 1 or self.last_send > 1:
            first = max(event.send, 1)
            text += f" (send {first})" if self.last_send <= first else f" (sends {first} to {self.last_send})"
        if self.after:
            text += f", sent {'up to ' if self.times > 1 else ''}{span(self.after)} before"
        notes = [fate] if fate else []
        if self.times > 1:
            last = f", the last at {stamp(self.until)}" if stamp(self.until) != stamp(event.at) else ""
            notes.append(f"(×{self.times}{last})")
        return "   ".join([text, " ".join(notes)]).rstrip()


def timeline(journal: Journal, currency: str = "CNY") -> list[Event]:
    """The events of a run in the order in which they happened; amounts are in `currency`."""
    return list(_Reader(journal, currency).events())


def folded(events: Iterable[Event]) -> list[Line]:
    """The events with equal ones made one, within each stretch of nothing but messages, or at one moment."""
    lines: list[Line] = []
    stretch: dict[tuple[str, str], Line] = {}
    for event in events:
        key = event.actor, event.text
        known = stretch.get(key)
        if known is not None:
            known.times += 1
            known.until = event.at
            known.last_send = max(known.last_send, event.send)
            known.after = max(known.after, event.after)
            continue
        if event.mark not in MESSAGES:
            stretch.clear()
        line = Line(event, until=event.at, last_send=event.send, after=event.after)
        lines.append(line)
        stretch[key] = line
    return lines


def stamp(ms: int) -> str:
    """A moment of a run: +0.28s, +3m15.04s, +2h05m00s; finer where a race may be told."""
    if ms < 60_000:
        return f"+{ms / 1000:.2f}s"
    if ms < 3_600_000:
        return f"+{ms // 60_000}m{ms % 60_000 / 1000:05.2f}s"
    return f"+{ms // 3_600_000}h{ms // 60_000 % 60:02}m{ms // 1_000 % 60:02}s"


@attrs.define
class _Reader:
    """Reads a journal once, with what became of each message and how it was answered at hand."""

    journal: Journal
    currency: str
    fates: Mapping[int, list[Entry]] = attrs.field(init=False, factory=dict)
    answers: Mapping[int, str] = attrs.field(init=False, factory=dict)
    claims: dict[str, str] = attrs.field(init=False, factory=dict)

    def events(self) -> Iterator[Event]:
        self.fates, self.answers = self._fates(), self._answers()
        over = False
        for entry in self.journal:
            if entry.what is What.STORY and entry.subject == "healed" and over:
                continue
            over = entry.what is What.STORY and self._heals_next(entry)
            yield from self._event(entry, over)

    def _event(self, entry: Entry, over: bool) -> Iterator[Event]:
        match entry.what:
            case What.SENT:
                yield from self._sent(entry)
            case What.ARRIVED:
                yield from self._arrived(entry)
            case What.STORY:
                yield Event(entry.at, "story", _story(entry, over), "story", entry.index)
            case _:
                said = self._words(entry)
                if said is not None:
                    actor = "network" if entry.what is What.FAULT else entry.who
                    yield Event(entry.at, actor, *said, entry.index)

    def _heals_next(self, entry: Entry) -> bool:
        following = entry.index + 1
        if following >= len(self.journal):
            return False
        after = self.journal[following]
        return after.what is What.STORY and after.at == entry.at

    def _fates(self) -> Mapping[int, list[Entry]]:
        found: dict[int, list[Entry]] = {}
        for entry in self.journal:
            if entry.what in (What.ARRIVED, What.LOST, What.HELD, What.COPIED, What.UNHEARD):
                sending = self.journal[entry.cause].cause if entry.what is What.UNHEARD else entry.cause
                found.setdefault(sending, []).append(entry)
        return found

    def _answers(self) -> Mapping[int, str]:
        """What desks made of requests, by the entry of the request's arrival."""
        return {
            entry.cause: entry.whom
            for entry in self.journal
            if entry.what is What.DESK and entry.whom != "OK" and entry.cause != NOBODY
        }

    def _sent(self, entry: Entry) -> Iterator[Event]:
        words, mark = self._fate(entry)
        plain = entry.subject.endswith(REPLY) or self._is_the_deed_itself(entry)
        if plain and not words:
            return
        send = entry.number if "notify" in entry.subject and not entry.subject.endswith(REPLY) else 0
        text = f"→ {entry.whom}: {_subject(entry.subject)} {entry.key}"
        yield Event(entry.at, entry.who, f"{text}   {', '.join(words)}".rstrip(), mark, entry.index, send)

    def _fate(self, entry: Entry) -> tuple[list[str], str]:
        fates = self.fates.get(entry.index, [])
        kinds = [fate.what for fate in fates]
        arrivals = [fate for fate in fates if fate.what is What.ARRIVED]
        words, mark = [], "message"
        if What.COPIED in kinds:
            words.append("sent twice by the network")
        if What.LOST in kinds:
            words.append("LOST" if not arrivals else "one copy LOST")
            mark = "lost"
        elif not arrivals:
            words.append("held" if What.HELD in kinds else "still on its way at the end")
            mark = "lost"
        elif What.HELD in kinds:
            words.append("held")
            mark = "late"
        elif arrivals[0].at - entry.at >= LATE:
            words.append(f"slow, takes {span(arrivals[0].at - entry.at)}")
            mark = "late"
        if What.UNHEARD in kinds:
            words.append(f"{entry.whom} is down")
            mark = "lost"
        answer = self.answers.get(arrivals[0].index) if arrivals else None
        if answer is not None and arrivals[0].at - entry.at < LATE:
            words.append(f"answer {answer}")
        return words, mark

    def _is_the_deed_itself(self, entry: Entry) -> bool:
        """Whether a customer's message says no more than the line before it: what the customer did."""
        return entry.cause == entry.index - 1 and self.journal[entry.cause].what is What.DID

    def _arrived(self, entry: Entry) -> Iterator[Event]:
        took = entry.at - self.journal[entry.cause].at
        answer = self.answers.get(entry.index)
        if took >= LATE:
            tail = f"   answer {answer}" if answer is not None else ""
            text = f"← {entry.whom}: {_subject(entry.subject)} {entry.key}{tail}"
            yield Event(entry.at, entry.who, text, "late", entry.index, after=took)

    def _words(self, entry: Entry) -> tuple[str, str] | None:
        money = Money(entry.number, self.currency).display
        match entry.what:
            case What.MONEY:
                verb = {"CAPTURED": "takes", "RETURNED": "gives back"}.get(entry.subject)
                return (f"{verb} {money} of {entry.key}, payment {entry.whom}", "money") if verb else None
            case What.REFUND:
                return f"refund {entry.key} of {entry.whom}, {money}: {entry.subject}", "refund"
            case What.SHOP:
                return f"shop: {entry.subject}s {entry.key}", "shop"
            case What.VIEW:
                by = f" by {entry.whom}" if entry.whom else ""
                return f"order {entry.key} is {entry.subject}{by}", "view"
            case What.CLAIM if self.claims.get(entry.key) != entry.subject:
                self.claims[entry.key] = entry.subject
                reason = f" ({entry.text})" if entry.text else ""
                return f"refund {entry.key}{reason} is {entry.subject}", "view"
            case What.TOLD:
                return _told(entry), "told"
            case What.DID:
                amount = f" {money}" if entry.number else ""
                return f"{entry.subject} {entry.whom}".rstrip() + amount, "did"
            case What.ALARM:
                return f"ALARM about {entry.key}: {entry.text}", "alarm"
            case What.FAULT:
                return _fault(entry), "fault"
            case What.CRASHED:
                before = f" before {entry.key.removeprefix('merchant ')}" if entry.key else ""
                return f"CRASHES{before}, down for {span(entry.number)}", "crash"
            case What.RESTARTED:
                return "is up again", "crash"
            case What.RAISED:
                return f"RAISES {entry.subject} in {entry.key.removeprefix('merchant ')}", "raised"
            case _:
                return None


def _subject(kind: str) -> str:
    return f"response to {kind.removesuffix(REPLY)}" if kind.endswith(REPLY) else kind


def _told(entry: Entry) -> str:
    match entry.subject:
        case "credential":
            return f"can pay now: {entry.whom}"
        case "refusal":
            return f"cannot pay: {entry.text}"
        case said:
            return f"is told {said} {entry.whom}".rstrip()


def _fault(entry: Entry) -> str:
    between = f"{entry.who} — {entry.whom}"
    lasting = f" for {span(entry.number)}" if entry.number else ""
    match entry.subject:
        case "hold":
            return f"{between} hangs{lasting}: messages are held"
        case "release":
            return f"{between} works again: held messages travel on"
        case "partition":
            return f"{between} is cut{lasting}: messages are lost"
        case "repair":
            return f"{between} is repaired"
        case other:
            return f"{between}: {other}{lasting}"


def _story(entry: Entry, heals_too: bool) -> str:
    if entry.subject != "ended":
        return f"--- {entry.subject}: from here on nothing goes wrong ---"
    return (
        "--- the story has ended, and from here on nothing goes wrong ---"
        if heals_too
        else "--- the story has ended ---"
    )
