"""A run as a trace: every message a flow, every state and trouble a slice, as Perfetto reads them."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from tests.sim.pictures.drawing import pictures, rough, seed_story, three_customers
from tests.sim.pictures.trace_grammar import Event, check

from paytwice import simulate
from paytwice.gallery.winner import LastWriterWins
from paytwice.pictures.model import Ending, Picture, Tone
from paytwice.pictures.reading import picture
from paytwice.pictures.trace import trace
from paytwice.story.scenario import load

ALL = tuple(pictures())


def events_of(part: Picture) -> list[Event]:
    """The events of a picture's trace, held against the grammar."""
    return check(json.loads(trace(part)))


@pytest.mark.parametrize("part", ALL, ids=lambda part: part.title[:40])
def test_every_picture_keeps_to_the_grammar_and_tells_all_there_is(part: Picture) -> None:
    events = events_of(part)
    kinds = Counter((event["ph"], event.get("cat")) for event in events)
    copies = [copy for message in part.messages for copy in message.copies]
    there = sum(copy.ending in (Ending.ARRIVED, Ending.UNHEARD) for copy in copies)
    assert kinds["s", "message"] == kinds["f", "message"] == there
    assert kinds["X", "message"] == len(part.messages) + there
    assert kinds["X", "state"] == len(part.bands)
    assert kinds["X", "trouble"] == len(part.spans)
    assert kinds["i", "lost"] == sum(copy.ending is not Ending.ARRIVED for copy in copies)
    assert sum(kinds["i", tone.value] for tone in Tone) == sum(
        note.tone is not Tone.STATE for note in part.notes
    )
    names = [event["args"]["name"] for event in events if event["name"] == "process_name"]
    assert names == [lane.title for lane in part.lanes]


def test_a_slice_stands_at_its_time_and_lasts_as_long() -> None:
    part = picture(seed_story())
    (hangs,) = (event for event in events_of(part) if event.get("cat") == "trouble")
    assert hangs["name"] == "WeChat Pay hangs for 3m00s"
    assert hangs["ts"] // 1_000 == part.spans[0].begin.at
    assert hangs["dur"] == pytest.approx(180_000_000, abs=1_000)
    states = [event["name"] for event in events_of(part) if event.get("cat") == "state"]
    assert states == ["OPEN", "PAID"]


def test_what_happens_within_a_millisecond_keeps_its_order() -> None:
    part = picture(simulate(three_customers))
    sent = [message.sent for message in part.messages]
    assert max(Counter(moment.at for moment in sent).values()) > 1
    flows = [event for event in events_of(part) if event["ph"] == "X" and event["name"].startswith("→")]
    merchant = [event["args"]["key"] for event in flows if event["pid"] == 2]
    assert merchant == [
        one.key for one in sorted(part.messages, key=lambda one: one.sent) if one.sender == "merchant"
    ]


def test_a_broken_promise_is_a_mark_across_all_tracks() -> None:
    run = load("late_wechat_after_alipay").play(merchant=LastWriterWins).run
    broken = [event for event in events_of(picture(run)) if event["ph"] == "i" and event["s"] == "g"]
    assert [event["name"].split()[1] for event in broken] == ["S1", "S4", "L3"]


def test_the_grammar_refuses_what_perfetto_would_drop() -> None:
    told = json.loads(trace(picture(rough("busy_shop", 3))))
    for event in told["traceEvents"]:
        if event["ph"] == "X" and event["cat"] == "message":
            event["dur"] += 10**9
    with pytest.raises(AssertionError):
        check(told)


def test_the_same_run_is_the_same_trace() -> None:
    assert trace(picture(seed_story())) == trace(picture(seed_story()))
