"""What chance did in a run: its deviations from calm, counted by kind or listed by name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from paytwice.choices import AFTER, Deviation
from paytwice.report.findings import hanging
from paytwice.report.timeline import stamp
from paytwice.run import Run

KINDS: Final = (
    "lost",
    "duplicated",
    "outage",
    "crash",
    "store failed or slow",
    "trouble at a channel",
    "coupon",
    "work at a console",
    "end of the faults",
    "latency",
    "order of what happens at once",
    "other",
)
KIND_OF_PLACE: Final = {  # the last word of a choice's name
    "mishap": "trouble at a channel",
    "lag": "trouble at a channel",
    "fate": "trouble at a channel",
    "coupon": "coupon",
    "linger": "end of the faults",
}


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
    value, place = deviation.value, deviation.name.rpartition(" ")[2]
    if place in KIND_OF_PLACE:
        return KIND_OF_PLACE[place]
    if " console " in deviation.name:
        return "work at a console"
    if " outage " in f"{deviation.name} ":
        return "outage"
    if deviation.name.startswith("batch "):
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
        case str() if value.startswith(("slow", "fail")):
            return "store failed or slow"
        case int() if "→" in deviation.name:
            return "latency"
        case _:
            return "other"
