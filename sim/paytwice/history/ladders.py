"""Notifications and their retries: every send, and what became of it as its channel sees it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from itertools import accumulate
from typing import Final

import attrs

from paytwice.channels import CHANNELS
from paytwice.channels.profile import ChannelProfile
from paytwice.history.history import History
from paytwice.journal import Entry, Journal, What
from paytwice.report.fates import Fate, fates

NOTIFY: Final = ".notify"


class Came(Enum):
    """What came of a send within the time that its channel waits for an ack."""

    ACKED = "acked"
    REFUSED = "refused"  # the merchant answered, and not with an ack
    LOST = "lost"
    HELD = "held on its way"
    SLOW = "slow on its way"
    UNHEARD = "merchant down"
    ACK_LOST = "ack lost"
    ACK_LATE = "ack too late"
    NO_ACK = "no answer"
    OPEN = "under way at the end"


@attrs.frozen
class Send:
    """One rung: which send it is, when it left, what came of it, and when the channel knew. Times are ms."""

    number: int
    at: int
    came: Came
    known_at: int
    status: int = 0  # the merchant's HTTP status, if an answer came in time


@attrs.frozen
class Ladder:
    """One notification with all its sends. `due` are the times of sends as configured, as far as known."""

    channel: str
    trade: str
    news: str
    sends: tuple[Send, ...]
    due: tuple[int, ...] = ()

    @property
    def is_acked(self) -> bool:
        """Whether the channel has its ack."""
        return any(send.came is Came.ACKED for send in self.sends)


def ladders(history: History, profiles: Iterable[ChannelProfile] = CHANNELS.values()) -> tuple[Ladder, ...]:
    """Every notification of a run, in the order of their first sends.

    `profiles` say how long each channel waits for an ack, and its gaps; of a channel that is not among them,
    nothing is known to be due, and an answer counts whenever it comes.
    """
    known = {one.name: one for one in profiles}
    reading = _Reading(history.journal, fates(history.journal))
    return tuple(_ladder(sent, reading, known.get(sent[0].who)) for sent in _climbed(history, known))


def _ladder(sent: list[Entry], reading: _Reading, profile: ChannelProfile | None) -> Ladder:
    sends = tuple(reading.send(entry, profile) for entry in sent)
    return Ladder(sent[0].who, sent[0].key, sent[0].text, sends, _due(sends, profile))


def _climbed(history: History, known: Mapping[str, ChannelProfile]) -> list[list[Entry]]:
    """The sends of each ladder. A trade may have several of the same news, as one that was paid twice."""
    found: list[list[Entry]] = []
    standing: dict[tuple[str, str, str, str], list[list[Entry]]] = {}
    for entry in history.entries:
        if entry.what is not What.SENT or not entry.subject.endswith(NOTIFY):
            continue
        if entry.whom != "merchant" or entry.who not in history.channels:
            continue
        alike = standing.setdefault((entry.who, entry.subject, entry.key, entry.text), [])
        below = _below(entry, alike, known.get(entry.who))
        if below is None:
            below = []
            alike.append(below)
            found.append(below)
        below.append(entry)
    return found


def _below(entry: Entry, alike: list[list[Entry]], profile: ChannelProfile | None) -> list[Entry] | None:
    """The ladder that a send goes on with: it stands one rung below, and its gap is over just now."""

    def off(sent: list[Entry]) -> int:
        gaps = profile.gaps if profile is not None else ()
        gap = gaps[entry.number - 2] if entry.number - 2 < len(gaps) else 0
        return abs(entry.at - sent[-1].at - gap)

    return min((one for one in alike if one[-1].number == entry.number - 1), key=off, default=None)


def _due(sends: tuple[Send, ...], profile: ChannelProfile | None) -> tuple[int, ...]:
    """When the channel meant to send, counted from the first; empty where it did not climb this ladder."""
    if profile is None or sends[0].number != 1 or len(sends) > profile.sends:
        return ()
    due = tuple(accumulate(profile.gaps, initial=sends[0].at))
    early = any(send.at < planned for send, planned in zip(sends, due, strict=False))
    return () if early else due


@attrs.frozen
class _Reading:
    """Finds what came of a send, among all that became of messages."""

    journal: Journal
    fates: Mapping[int, Fate]
    replies: dict[int, list[Fate]] = attrs.field(init=False)  # by the entry of the ack that they carry

    @replies.default
    def _by_ack(self) -> dict[int, list[Fate]]:
        found: dict[int, list[Fate]] = {}
        for fate in self.fates.values():
            if fate.is_reply:
                found.setdefault(fate.sent.cause, []).append(fate)
        return found

    acks: dict[int, list[Entry]] = attrs.field(init=False)  # by the arrival that they answer

    @acks.default
    def _by_arrival(self) -> dict[int, list[Entry]]:
        found: dict[int, list[Entry]] = {}
        for entry in self.journal:
            if entry.what is What.ACKED:
                found.setdefault(entry.cause, []).append(entry)
        return found

    def send(self, sent: Entry, profile: ChannelProfile | None) -> Send:
        """What came of one send."""
        fate = self.fates[sent.index]
        until = sent.at + profile.ack_timeout if profile is not None else None
        answers = sorted(self._answers(fate), key=lambda one: one[0])
        in_time = [one for one in answers if until is None or one[0] <= until]
        if in_time:
            at, ack = in_time[0]
            came = Came.ACKED if ack.subject == "positive" else Came.REFUSED
            return Send(sent.number, sent.at, came, at, ack.number)
        end = self.journal.rows[-1][0]
        came = self._why_not(fate, until, answers)
        if until is None or until > end:
            return Send(sent.number, sent.at, came if came is Came.LOST else Came.OPEN, end)
        return Send(sent.number, sent.at, came, until)

    def _answers(self, fate: Fate) -> Iterator[tuple[int, Entry]]:
        """The answers that reached the channel while it served, each with its time."""
        for arrival in fate.arrivals:
            for ack in self.acks.get(arrival.index, []):
                for reply in self.replies.get(ack.index, []):
                    deaf = {one.cause for one in reply.entries if one.what is What.UNHEARD}
                    yield from ((one.at, ack) for one in reply.arrivals if one.index not in deaf)

    def _why_not(self, fate: Fate, until: int | None, answers: list[tuple[int, Entry]]) -> Came:
        """Why no answer came in time: the first thing on the way that went wrong."""
        kinds = {one.what for one in fate.entries}
        arrived = [one for one in fate.arrivals if until is None or one.at <= until]
        if not arrived:
            if What.HELD in kinds:
                return Came.HELD
            return Came.SLOW if fate.arrivals else Came.LOST if What.LOST in kinds else Came.OPEN
        deaf = {one.cause for one in fate.entries if one.what is What.UNHEARD}
        if all(one.index in deaf for one in arrived):
            return Came.UNHEARD
        if not any(self.acks.get(one.index) for one in arrived):
            return Came.NO_ACK
        return Came.ACK_LATE if answers else Came.ACK_LOST
