"""What chance did in a run: its deviations from calm, counted by kind or listed by name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from paytwice.choices import AFTER, CHOOSE, SETTING, Deviation, Value
from paytwice.report.findings import hanging
from paytwice.report.timeline import stamp
from paytwice.run import Run

KINDS: Final = (
    "lost",
    "duplicated",
    "link outage",
    "channel outage",
    "clock off",
    "crash",
    "store failed",
    "store slow",
    "error at a channel",
    "rate limit",
    "refund not covered",
    "stale answer",
    "end of a refund",
    "coupon",
    "price edited",
    "booked twice",
    "work at a console",
    "false news",
    "end of the faults",
    "policy",
    "what a customer does",
    "latency",
    "order of what happens at once",
    "other",
)
KIND_OF_PLACE: Final = {  # the last word of a choice's name
    "lag": "stale answer",
    "fate": "end of a refund",
    "coupon": "coupon",
    "price": "price edited",
    "again": "booked twice",
    "linger": "end of the faults",
    "outage": "link outage",
    "down": "channel outage",
    "clock": "clock off",
}
MISHAPS: Final = {"BUSY": "rate limit", "SHORT": "refund not covered"}


def chance(run: Run, *, verbose: bool = False) -> Iterator[tuple[str, str]]:
    """One line that counts the deviations; with `verbose`, a line each. Nothing for a calm run."""
    if not run.deviations:
        return
    counts = dict.fromkeys(KINDS, 0)
    for deviation in run.deviations:
        counts[kind(deviation)] += 1
    told = ", ".join(f"{word} ×{count}" for word, count in counts.items() if count)
    yield from hanging("Chance:   ", f"{len(run.deviations)} deviations from calm: {told}")
    if verbose:
        for deviation in run.deviations:
            yield f"          {stamp(deviation.at):>12}  {deviation}", "dim"


def kind(deviation: Deviation) -> str:
    """What kind of thing chance did here."""
    return kind_of(deviation.name, deviation.value)


def kind_of(name: str, value: Value) -> str:
    """What kind of thing chance did, by the name of a choice and its value."""
    if name.startswith(SETTING):
        return "policy"
    if name.startswith(CHOOSE):  # in the story's own words
        return "what a customer does"
    place = name.rpartition(" ")[2]
    if place in KIND_OF_PLACE:
        return KIND_OF_PLACE[place]
    if " console " in name:
        return "work at a console"
    if place == "mishap":
        return MISHAPS.get(str(value), "error at a channel")
    if name.startswith("batch "):
        return "order of what happens at once"
    match value:
        case "lost":
            return "lost"
        case tuple():
            return "duplicated"
        case "first" | "last":
            return "order of what happens at once"
        case str() if value.startswith(AFTER):
            return "order of what happens at once"
        case str() if value.startswith("crash"):
            return "crash"
        case "fail":
            return "store failed"
        case str() if value.startswith("slow"):
            return "store slow"
        case str() if value.startswith("news "):
            return "false news"
        case int() if "→" in name:
            return "latency"
        case _:
            return "other"
