"""A run's journal as a timeline: one event a line, in the words of a payment engineer.

A message is one event at its sending, with what became of it and how it was answered; a copy that came
late, or as the second one, gets an event of its own at its arrival. What goes as it should is left out: a
customer's request stands in what the customer did, a positive response in what the request led to. `in_full`
leaves nothing out.

`folded` makes a timeline short: within a stretch in which nothing but messages went to and fro, those that
say the same are one line with their number, so that polling, and what arrives all at once after an outage,
do not drown the story. `nested` says how far to indent each line under the one that led to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import attrs

from paytwice.journal import NOBODY, Entry, Journal, What
from paytwice.report.fates import REPLY, TOOK, Fate, fates
from paytwice.report.phrasing import actor_of, chapter, deed, message, news
from paytwice.wording import span

BILLS: Final = ("bill.fetch", "fund-bill.fetch")
MESSAGES: Final = ("message", "lost", "late", "raised")  # the marks of events that may be folded
ROOTS: Final = ("did", "fault", "story", "up")  # the marks of what stands at the margin, whatever led to it
DEEPEST: Final = 3


@attrs.frozen
class Event:
    """One line of a timeline.

    `mark` says what kind of event it is, for colours: money, lost, late, crash, told …  What may differ
    between events that are alike stands apart: `send` counts the sends of a notification, `after` is how many
    milliseconds a late message was on its way, `day` the day of a bill.
    """

    at: int
    actor: str
    text: str
    mark: str
    entry: int
    send: int = 0
    after: int = 0
    day: str = ""


@attrs.define
class Line:
    """An event, and how many like it were folded into it."""

    event: Event
    times: int = 1
    until: int = 0
    last_send: int = 0
    last_day: str = ""
    after: int = 0
    entries: list[int] = attrs.field(factory=list)  # of all that were folded into it

    @property
    def text(self) -> str:
        """The event's text with its numbers: sends, days, age, and how often until when."""
        event = self.event
        text, _, fate = event.text.partition("   ")
        if event.send > 1 or self.last_send > 1:
            first = max(event.send, 1)
            text += f" (send {first})" if self.last_send <= first else f" (sends {first} to {self.last_send})"
        if event.day:
            text += f" {event.day}" + (f" to {self.last_day}" if self.last_day > event.day else "")
        took = f"{'up to ' if self.times > 1 else ''}{span(self.after)}"
        if self.after and TOOK not in fate:
            text += f", sent {took} before"
        notes = [fate.replace(TOOK, took)] if fate else []
        if self.times > 1:
            last = f", the last at {stamp(self.until)}" if stamp(self.until) != stamp(event.at) else ""
            notes.append(f"(×{self.times}{last})" if not self.last_send else f"({last[2:]})" if last else "")
        return "   ".join([text, " ".join(filter(None, notes))]).rstrip()


def timeline(journal: Journal, currency: str = "CNY", *, in_full: bool = False) -> list[Event]:
    """The events of a run in the order in which they happened; amounts are in `currency`."""
    return list(_Reader(journal, currency, in_full, fates(journal)).events())


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
            known.last_day = max(known.last_day, event.day)
            known.after = max(known.after, event.after)
            known.entries.append(event.entry)
            continue
        if event.mark not in MESSAGES:
            stretch.clear()
        line = unfolded(event)
        lines.append(line)
        stretch[key] = line
    return lines


def unfolded(event: Event) -> Line:
    """An event as a line of its own."""
    return Line(
        event,
        until=event.at,
        last_send=event.send,
        last_day=event.day,
        after=event.after,
        entries=[event.entry],
    )


def nested(lines: Sequence[Line], journal: Journal) -> list[int]:
    """How deep each line stands under what led to it, as long as that is still the thread being told."""
    depths: list[int] = []
    thread: list[int] = []  # the entries of the lines above, each the cause of the next
    for line in lines:
        causes = {*journal.chain(line.event.entry)} - {line.event.entry}
        while thread and thread[-1] not in causes:
            thread.pop()
        if line.event.mark in ROOTS:
            thread.clear()
        depths.append(min(len(thread), DEEPEST))
        thread.append(line.event.entry)
    return depths


def stamp(ms: int) -> str:
    """A moment of a run: +0.28s, +3m15.04s, +2h05m00s, +7d02h05m; finer where a race may be told."""
    if ms < 60_000:
        return f"+{ms / 1000:.2f}s"
    if ms < 3_600_000:
        return f"+{ms // 60_000}m{ms % 60_000 / 1000:05.2f}s"
    if ms < 86_400_000:
        return f"+{ms // 3_600_000}h{ms // 60_000 % 60:02}m{ms // 1_000 % 60:02}s"
    return f"+{ms // 86_400_000}d{ms // 3_600_000 % 24:02}h{ms // 60_000 % 60:02}m"


@attrs.define
class _Reader:
    """Reads a journal once, with what became of each message at hand."""

    journal: Journal
    currency: str
    in_full: bool
    fates: Mapping[int, Fate]
    claims: dict[str, str] = attrs.field(factory=dict)
    causes: frozenset[int] = attrs.field(init=False)  # the entries that led to something

    several: bool = attrs.field(init=False)  # orders, and so customers

    @several.default
    def _find_several(self) -> bool:
        return (
            len({entry.key for entry in self.journal if entry.who == "customer" and entry.what is What.DID})
            > 1
        )

    @causes.default
    def _find_causes(self) -> frozenset[int]:
        return frozenset(entry.cause for entry in self.journal)

    def events(self) -> Iterator[Event]:
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
                yield Event(entry.at, "story", chapter(entry, over), "story", entry.index)
            case What.ATTEMPT if self.in_full:
                text = f"attempt {entry.key} at {entry.whom} is {entry.text}"
                yield Event(entry.at, entry.who, text, "view", entry.index)
            case What.CLAIM if self.claims.get(entry.key) == entry.subject:
                return
            case _:
                said = deed(entry, self.currency)
                if entry.what is What.CLAIM:
                    self.claims[entry.key] = entry.subject
                if said is not None:
                    text, mark = said
                    yield Event(entry.at, actor_of(entry), self._whose(entry) + text, mark, entry.index)

    def _whose(self, entry: Entry) -> str:
        """Whose customer it is, where there are several."""
        return f"{entry.key}: " if entry.who == "customer" and self.several else ""

    def _heals_next(self, entry: Entry) -> bool:
        following = entry.index + 1
        if following >= len(self.journal):
            return False
        after = self.journal[following]
        return after.what is What.STORY and after.at == entry.at

    def _sent(self, entry: Entry) -> Iterator[Event]:
        fate = self.fates[entry.index]
        words, mark = fate.in_words()
        plain = entry.subject.endswith(REPLY) or self._is_the_deed_itself(entry)
        if plain and not words and not self.in_full:
            return
        send = entry.number if "notify" in entry.subject and not entry.subject.endswith(REPLY) else 0
        day = entry.key if entry.subject in BILLS else ""
        what = entry.subject if day else f"{message(entry)}{news(entry)}"
        text = f"→ {entry.whom}: {what}   {', '.join(words)}".rstrip()
        took = fate.arrivals[0].at - entry.at if any(TOOK in word for word in words) else 0
        yield Event(entry.at, entry.who, text, mark, entry.index, send, took, day)

    def _is_the_deed_itself(self, entry: Entry) -> bool:
        """Whether a customer's message says no more than the line before it: what the customer did."""
        causes = entry.cause != NOBODY and entry.cause == entry.index - 1
        return causes and self.journal[entry.cause].what is What.DID

    def _arrived(self, entry: Entry) -> Iterator[Event]:
        fate = self.fates[entry.cause]
        again = fate.arrivals[0].index != entry.index
        late, answer = fate.is_late(entry), fate.answers.get(entry.index, "")
        held = any(one.what is What.HELD for one in fate.entries)
        followed = bool(held or answer or entry.index in self.causes)
        tells = not fate.is_as_good_twice if again else late and (followed or not fate.is_reply)
        if not (tells or self.in_full):
            return
        once_more = " once more" if again else ""
        text = f"← {entry.whom}: {message(entry)}{news(entry, fate.sent)}{once_more}   {answer}".rstrip()
        took = entry.at - fate.sent.at if late else 0
        yield Event(entry.at, entry.who, text, "late" if late else "message", entry.index, after=took)
