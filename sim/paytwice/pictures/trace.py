"""A picture as a trace that https://ui.perfetto.dev and chrome://tracing read: for runs too long for a page.

Whoever takes part is a process: what they say and hear are slices of one track, joined by flows, and states
and trouble are slices of tracks of their own. Virtual time is in milliseconds and a trace in microseconds; so
what happens within a millisecond is put into its order there. The format is the Trace Event Format, "JSON
object" (https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import attrs

from paytwice.pictures.endings import ending_words
from paytwice.pictures.model import Copy, Ending, Message, Moment, Picture, Tone

MICROS: Final = 1_000  # in a millisecond
MESSAGES: Final = 1  # the track of what is said and heard
LONGEST: Final = MICROS  # that a message takes on its track, to be seen at all
GLOBAL, TRACK = "g", "t"

Event = dict[str, Any]


def trace(picture: Picture) -> str:
    """The trace as JSON: one event a line, so that a difference can be read."""
    events = ",\n".join(json.dumps(one, ensure_ascii=False) for one in _Trace.of(picture).events())
    about = json.dumps({"title": picture.title, "verdict": picture.conclusion}, ensure_ascii=False)
    return f'{{"displayTimeUnit": "ms", "otherData": {about}, "traceEvents": [\n{events}\n]}}\n'


@attrs.define
class _Trace:
    """Writes the events of one picture, with a time of its own for each moment."""

    picture: Picture
    at: Mapping[Moment, int]
    process: Mapping[str, int]
    _tracks: dict[tuple[int, str], int] = attrs.field(init=False, factory=dict)

    @classmethod
    def of(cls, picture: Picture) -> _Trace:
        return cls(picture, _times(picture), {lane.name: n for n, lane in enumerate(picture.lanes, 1)})

    def events(self) -> Iterator[Event]:
        """All events by their time, after the names of processes and tracks."""
        found = [*self._states(), *self._trouble(), *self._messages(), *self._notes()]
        yield from self._names()
        yield from sorted(found, key=lambda one: (one["ts"], one["pid"], one["tid"]))

    def _names(self) -> Iterator[Event]:
        for lane in self.picture.lanes:
            pid = self.process[lane.name]
            yield _meta("process_name", pid, 0, name=lane.title)
            yield _meta("process_sort_index", pid, 0, sort_index=pid)
            yield _meta("thread_name", pid, MESSAGES, name="messages")
        for (pid, name), tid in self._tracks.items():
            yield _meta("thread_name", pid, tid, name=name)

    def _track(self, pid: int, name: str) -> int:
        known = sum(one == pid for one, _ in self._tracks)
        return self._tracks.setdefault((pid, name), MESSAGES + 1 + known)

    def _states(self) -> Iterator[Event]:
        pid = self.process["merchant"]
        for band in self.picture.bands:
            tid = self._track(pid, f"order {band.order}")
            said = {"order": band.order, "winner": band.channel} if band.channel else {"order": band.order}
            yield self._slice(pid, tid, band.state, "state", band.begin, band.end, said)

    def _trouble(self) -> Iterator[Event]:
        for span in self.picture.spans:
            pid = self.process[span.lane]
            tid = self._track(pid, f"trouble {span.fault.value} {span.other}".rstrip())
            yield self._slice(pid, tid, span.text, "trouble", span.begin, span.end, {})

    def _slice(
        self, pid: int, tid: int, name: str, kind: str, begin: Moment, end: Moment, said: Event
    ) -> Event:
        ts = self.at[begin]
        more = {"ph": "X", "ts": ts, "dur": self.at[end] - ts, "pid": pid, "tid": tid}
        return {"name": name, "cat": kind, **more, "args": said}

    def _messages(self) -> Iterator[Event]:
        """A slice where a message is sent and where it arrives, and a flow between them for each copy."""
        ends: list[tuple[int, int, Event]] = []
        flow = 0
        for message in self.picture.messages:
            sender, receiver = self.process[message.sender], self.process[message.receiver]
            said = _said(message)
            ends.append((sender, self.at[message.sent], _named(f"→ {message.title}", said)))
            for copy in message.copies:
                ts = self.at[copy.end]
                if copy.ending in (Ending.ARRIVED, Ending.UNHEARD):
                    flow += 1
                    ends.append((receiver, ts, _named(f"← {message.title}", said)))
                    yield _flow("s", flow, message, sender, self.at[message.sent])
                    yield {**_flow("f", flow, message, receiver, ts), "bp": "e"}
                if copy.ending is not Ending.ARRIVED:
                    yield self._missed(message, copy)
        yield from _short(ends)

    def _missed(self, message: Message, copy: Copy) -> Event:
        """What became of a copy that nobody took, told on the track of who misses it."""
        pid, words = self.process[message.receiver], copy.ending.value.upper()
        return _instant(f"{words}: {message.title}", "lost", pid, MESSAGES, self.at[copy.end], TRACK)

    def _notes(self) -> Iterator[Event]:
        for note in self.picture.notes:
            if note.tone is Tone.STATE:  # which the order's own track tells
                continue
            scope = GLOBAL if note.tone is Tone.BROKEN else TRACK
            name = " ".join(note.text.split())
            yield _instant(
                name, note.tone.value, self.process[note.lane], MESSAGES, self.at[note.moment], scope
            )


def _times(picture: Picture) -> Mapping[Moment, int]:
    """A microsecond for each moment: those of one millisecond share it out in their order."""
    moments = picture.moments
    crowd = Counter(moment.at for moment in moments)
    met: Counter[int] = Counter()
    found = {}
    for moment in moments:
        apart = max(1, min(MICROS // crowd[moment.at], MICROS // 10))
        found[moment] = moment.at * MICROS + min(met[moment.at] * apart, MICROS - 1)
        met[moment.at] += 1
    return found


def _short(ends: Iterable[tuple[int, int, Event]]) -> Iterator[Event]:
    """The slices of messages, none of which reaches into the next one of its track."""
    by_track: dict[int, list[tuple[int, Event]]] = {}
    for pid, ts, event in ends:
        by_track.setdefault(pid, []).append((ts, event))
    for pid, some in by_track.items():
        some.sort(key=lambda one: one[0])
        after = [ts for ts, _ in some[1:]] + [some[-1][0] + LONGEST]
        for (ts, event), then in zip(some, after, strict=True):
            more = {"ph": "X", "ts": ts, "dur": min(LONGEST, then - ts), "pid": pid, "tid": MESSAGES}
            yield {**event, **more}


def _said(message: Message) -> Event:
    """What there is to know of a message beside its name."""
    ending = ending_words(message)
    more = {"ending": ending} if ending else {}
    return {"kind": message.kind, "key": message.key, **more}


def _named(name: str, said: Event) -> Event:
    return {"name": name, "cat": "message", "args": said}


def _meta(what: str, pid: int, tid: int, **args: Any) -> Event:
    return {"name": what, "ph": "M", "pid": pid, "tid": tid, "ts": 0, "args": args}


def _flow(phase: str, number: int, message: Message, pid: int, ts: int) -> Event:
    return {
        "name": message.kind,
        "cat": "message",
        "ph": phase,
        "id": number,
        "pid": pid,
        "tid": MESSAGES,
        "ts": ts,
    }


def _instant(name: str, kind: str, pid: int, tid: int, ts: int, scope: str) -> Event:
    return {"name": name, "cat": kind, "ph": "i", "s": scope, "pid": pid, "tid": tid, "ts": ts}
