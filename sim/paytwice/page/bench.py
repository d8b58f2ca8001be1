"""The page of a bench: what was caught how soon, by each way of testing, and what escaped."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Final

from paytwice.bench.reading import Made
from paytwice.bench.table import Figure, figures, in_buckets
from paytwice.bench.task import METHODS, WORLDS
from paytwice.page.detection import DetectionRow, MethodRow, detection, methods
from paytwice.page.document import Section, command, document, tiles, verdict
from paytwice.page.markup import Html, join, tag

LEADING: Final = "rough"  # what `paytwice chaos` does without being told otherwise


def page(made: Made, source: str) -> str:
    """The page of a bench whose trials were kept in the file `source`."""
    found = figures(made.trials)
    names = sorted({one.method: None for one in found}, key=lambda name: (name != LEADING, name))
    buckets = in_buckets(found)
    sections = [
        methods([MethodRow(name, buckets[name]) for name in names]),
        *(_method(name, [one for one in found if one.method == name], made) for name in names),
        _again(names, found, made),
    ]
    top = join(_verdict(names, found), _tiles(found, made))
    return document("paytwice bench", top, sections, source)


def _verdict(names: Sequence[str], found: Sequence[Figure]) -> Html:
    """What the first method caught, beside which the others stand for comparison."""
    name = next(iter(names), "")
    mine = [one for one in found if one.method == name]
    escaped = [one.exhibit for one in mine if one.caught < one.trials]
    said = f"{len(mine) - len(escaped)} of {len(mine)} mistakes were caught in every trial by {name}"
    more = f"Not in every trial: {', '.join(escaped)}." if escaped else ""
    return verdict("bad" if escaped else "good", said, more)


def _tiles(found: Sequence[Figure], made: Made) -> Html:
    merchants = len({one.exhibit for one in found})
    ways = len({one.method for one in found})
    seeds = sum(one.seeds for one in made.trials)
    return tiles(
        [
            ("Faulty merchants", merchants, "each with one mistake"),
            ("Ways of testing", ways, "in the same process"),
            ("Trials", len(made.trials), "each with seeds of its own"),
            ("Seeds", seeds, "played in all trials"),
        ]
    )


def _method(name: str, found: Sequence[Figure], made: Made) -> Section:
    section = detection([_row(one) for one in found], method=name, limit=made.limits[name])
    about = tag("p", f"{name}: {METHODS[name].about}.", class_="faint") if name in METHODS else None
    return Section(section.anchor, section.title, join(about, section.body))


def _row(one: Figure) -> DetectionRow:
    return DetectionRow(
        one.exhibit,
        one.invariant,
        one.caught,
        one.trials,
        one.median_seeds,
        one.worst_seeds,
        one.per_thousand,
        one.low,
        one.high,
        one.first,
        one.shrunk,
    )


def _again(names: Sequence[str], found: Sequence[Figure], made: Made) -> Section:
    said = (
        "A task is a merchant with one mistake and the promise it breaks. A trial plays seeds of its own in "
        f"{', '.join(WORLDS)}, until that promise is seen to break or the limit is met."
    )
    commands = (
        command(shlex.join(["paytwice", "bench", "--method", name, *_extent(name, found, made)]))
        for name in names
    )
    return Section("again", "How to play it again", join(tag("p", said), *commands))


def _extent(name: str, found: Sequence[Figure], made: Made) -> list[str]:
    trials = max(one.trials for one in found if one.method == name)
    return ["--trials", str(trials), "--limit", str(made.limits[name])]
