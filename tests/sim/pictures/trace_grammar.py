"""What ui.perfetto.dev asks of a trace: a grammar of the Trace Event Format, as far as we write it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Final

Event = dict[str, Any]

FIELDS: Final = {
    "M": {"name", "ph", "pid", "tid", "ts", "args"},
    "X": {"name", "cat", "ph", "ts", "dur", "pid", "tid", "args"},
    "s": {"name", "cat", "ph", "id", "pid", "tid", "ts"},
    "f": {"name", "cat", "ph", "id", "pid", "tid", "ts", "bp"},
    "i": {"name", "cat", "ph", "s", "pid", "tid", "ts"},
}
META: Final = {"process_name": {"name"}, "process_sort_index": {"sort_index"}, "thread_name": {"name"}}


def check(trace: Any) -> list[Event]:
    """Hold a trace against the grammar; its events, if they keep to it."""
    assert set(trace) == {"displayTimeUnit", "otherData", "traceEvents"}
    assert trace["displayTimeUnit"] in ("ms", "ns")
    events: list[Event] = trace["traceEvents"]
    for event in events:
        assert set(event) == FIELDS[event["ph"]], event
        assert all(type(event[name]) is int for name in ("pid", "tid", "ts"))
        assert event["ts"] >= 0
        assert event["name"]
    named = [event for event in events if event["ph"] == "M"]
    assert all(set(event["args"]) == META[event["name"]] for event in named)
    processes = {event["pid"] for event in named if event["name"] == "process_name"}
    tracks = {(event["pid"], event["tid"]) for event in named if event["name"] == "thread_name"}
    assert {event["pid"] for event in events} <= processes
    assert {(event["pid"], event["tid"]) for event in events if event["ph"] != "M"} <= tracks
    times = [event["ts"] for event in events if event["ph"] != "M"]
    assert times == sorted(times)
    slices = _slices(events)
    _check_flows(events, slices)
    return events


def _slices(events: list[Event]) -> dict[tuple[int, int], list[tuple[int, int]]]:
    """The slices of each track, none of which may reach into the next: Perfetto would drop it."""
    found: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for event in events:
        if event["ph"] == "X":
            assert type(event["dur"]) is int
            assert event["dur"] >= 0
            track = found[event["pid"], event["tid"]]
            assert not track or track[-1][1] <= event["ts"], event
            track.append((event["ts"], event["ts"] + event["dur"]))
    return found


def _check_flows(events: list[Event], slices: dict[tuple[int, int], list[tuple[int, int]]]) -> None:
    """A flow begins once and ends once, later, each time within a slice of its track."""
    begun: dict[int, Event] = {}
    for event in events:
        if event["ph"] not in ("s", "f"):
            continue
        track = slices[event["pid"], event["tid"]]
        assert any(begin <= event["ts"] <= end for begin, end in track), event
        if event["ph"] == "s":
            assert event["id"] not in begun
            begun[event["id"]] = event
        else:
            assert event["bp"] == "e"
            first = begun[event["id"]]
            assert first["ts"] <= event["ts"]
            assert (first["name"], first["cat"]) == (event["name"], event["cat"])
    ends = [event["id"] for event in events if event["ph"] == "f"]
    assert sorted(ends) == sorted(begun)
