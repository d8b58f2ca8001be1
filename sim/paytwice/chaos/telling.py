"""A campaign told in words and as JSON: what was found, and what was tried."""

from __future__ import annotations

import math
import shlex
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any, Final

from paytwice.chaos.campaign import name
from paytwice.chaos.canary import Canary
from paytwice.chaos.census import Census, Signature, by_count
from paytwice.chaos.coverage import PAIRS, by_state
from paytwice.chaos.result import MUTATED
from paytwice.oracle import INVARIANTS
from paytwice.story.plot import Plot, origin_text
from paytwice_core import Money

WIDTH: Final = 110
MOST: Final = 5  # runs without a verdict that are told one by one
STYLES: Final = {True: "bold green", False: "bold red"}
Lines = Iterator[tuple[str, str]]


def told(census: Census, seconds: float, plots: Iterable[Plot], currency: str = "CNY") -> Lines:
    """The report of a campaign as lines with a style each."""
    yield from found(census, plots, currency)
    if follows := what_follows(census):
        yield follows, ""
    if mutated := census.schedules[MUTATED]:
        yield f"{mutated:,} more runs were mutated from such as reached something new: they are no draws", ""
    yield from _tried(census)
    if census.canary is not None:
        yield from _canary(census.canary)
    before = f", {census.of_before} of them played before" if census.of_before else ""
    yield f"{seconds:.1f} s, {census.rate(seconds):.0f} seeds a second{before}", "dim"


def what_follows(census: Census) -> str:
    """What is known of the seeds that were not played, in a sentence; none where something broke."""
    lost, bound = census.not_judged, census.bound
    if bound is None:
        return f"No draw of {lost:,} was judged, so nothing follows" if lost and not census.signatures else ""
    draws = f"{census.drawn:,} independent draws, {census.drawn_distinct:,} of them distinct"
    below = f"0 violations in {draws}: below {percent_up(bound)} of"
    if not lost:
        return f"{below} this distribution, at 95 %"
    said = f"{below} what can be judged of this distribution, at 95 %"
    return f"{said}; {lost:,} more {'was' if lost == 1 else 'were'} not judged"


def percent_up(rate: float) -> str:
    """A rate as per cent with two digits that count, rounded up: "below 0.00 %" would be a lie."""
    places = 1 - math.floor(math.log10(100 * rate))
    return f"{math.ceil(100 * rate * 10**places) / 10**places:.{max(0, places)}f}%"


def found(census: Census, plots: Iterable[Plot] = (), currency: str = "CNY") -> Lines:
    """What broke, and what has no verdict; how to see it where it is a seed of the `plots`."""
    known = {name(plot): plot for plot in plots}
    violated = census.violated
    said = f"{violated} run{'s' * (violated != 1)} with violations" if census.signatures else "no violation"
    good = not census.signatures and census.is_believable
    runs = f"{census.runs} run{'s' * (census.runs != 1)}"
    yield f"{runs}, {census.distinct} of them distinct: {said}{_others(census)}", STYLES[good]
    for one in census.ranked:
        yield from _signature(one, census, currency, "seed" if known else "run")
        if one.plot in known and len(one.first) == 1:
            yield f"      see it with: {shlex.join(known[one.plot].command(one.first[0]))}", ""
    lost = sorted(census.failures.items(), key=lambda one: (one[0][0], len(one[0][1]), one[0][1]))
    for (plot, run), why in lost[:MOST]:
        yield f"  {plot} {'run' if '+' in run or not known else 'seed'} {run} has no verdict: {why}", "red"
    if len(lost) > MOST:
        yield f"  and {len(lost) - MOST} more without a verdict", "red"
    if lost and lost[0][0][0] in known and lost[0][0][1].isdecimal():
        (plot, run), _ = lost[0]
        yield f"      see the first with: {shlex.join(known[plot].command(int(run)))}", ""


def _tried(census: Census) -> Lines:
    reached = [f"{one} ×{census.situations[one]}" for one in census.reached]
    yield from _listed("What happened, and in how many runs: ", reached)
    yield from _listed("What never happened: ", census.unreached)
    chance = [f"{one} ×{count}" for one, count in by_count(census.chance)]
    yield from _listed("What chance did, and in how many runs: ", chance)
    if len(census.schedules) > 1:
        drawn = [f"{one} ×{count}" for one, count in by_count(census.schedules)]
        yield from _listed("Who went first was drawn by: ", drawn)
    if census.core:
        unreached = census.unreached_pairs
        said = f"Of the core's {len(PAIRS)} pairs of state and evidence {len(PAIRS) - len(unreached)} came up"
        yield f"{said}{'; never:' * bool(unreached)}", "dim"
        for state in by_state(unreached):
            yield from _listed("  ", [state], indent="      ")
    yield from _listed("Promises that had nothing to check: ", census.never_checked)


def _others(census: Census) -> str:
    parts = [(census.outcomes["unknown"], "unknown"), (census.outcomes["failed"], "without a verdict")]
    return "".join(f", {count} {word}" for count, word in parts if count)


def _by_schedule(one: Signature, census: Census) -> str:
    """In how many of its runs each schedule found it: `pct ×3 of 250`."""
    found = by_count(one.schedules)
    return ", ".join(f"{how} ×{count} of {census.schedules[how]}" for how, count in found)


def _signature(one: Signature, census: Census, currency: str, drawn: str) -> Lines:
    title = INVARIANTS[one.invariant].title if one.invariant in INVARIANTS else ""
    money = Money(one.at_stake, currency).display
    runs = f"{one.count} run{'s' * (one.count != 1)}"
    yield f"  {one.invariant} {title}: {runs} of {one.plot}, up to {money} at stake", "bold red"
    if one.worst is not None:
        yield f"      {one.worst.says}", ""
    seed = drawn if len(one.first) == 1 else "the mutated run"
    by = "" if len(census.schedules) < 2 else f"; by {_by_schedule(one, census)}"
    yield f"      first seen with {seed} {origin_text(one.first)}{by}", "dim"


def _canary(canary: Canary) -> Lines:
    known = "The canary, a merchant that is known to be broken, was"
    if canary.is_caught:
        yield f"{known} caught with seed {canary.caught_with}", "dim"
    else:
        said = f"{known} NOT caught in {canary.seeds} seeds: that this campaign finds nothing means nothing"
        yield said, "bold red"


def _listed(head: str, names: list[str], indent: str = "  ") -> Lines:
    text = textwrap.fill(head + ", ".join(names), WIDTH, subsequent_indent=indent, break_long_words=False)
    yield from ((line, "dim") for line in text.splitlines() if names)


def as_json(census: Census, seconds: float) -> dict[str, Any]:
    """The report of a campaign as one object; money in minor units."""
    return {
        "runs": census.runs,
        "distinct": census.distinct,
        "draws": census.drawn,
        "draws_distinct": census.drawn_distinct,
        "draws_not_judged": census.not_judged,
        "violations": [
            {
                "invariant": one.invariant,
                "scenario": one.plot,
                "count": one.count,
                "first_seed": one.first[0],
                "first_run": origin_text(one.first),  # with what mutations made of that seed
                "at_stake": one.at_stake,
                "schedules": dict(sorted(one.schedules.items())),
                "says": "" if one.worst is None else one.worst.says,
            }
            for one in census.ranked
        ],
        "unknown": census.outcomes["unknown"],
        "failed": [
            {"scenario": plot, "run": run, "why": why} for (plot, run), why in sorted(census.failures.items())
        ],
        "seconds": round(seconds, 3),
        "seeds_per_second": round(census.rate(seconds), 1),
        "played_before": census.of_before,
        "bound_95": census.bound,
        "coverage": {
            "pairs": len(PAIRS),
            "reached": len(PAIRS) - len(census.unreached_pairs),
            "unreached": census.unreached_pairs,
        },
        "canary": None
        if census.canary is None
        else {
            "caught": census.canary.is_caught,
            "seed": census.canary.caught_with,
            "seeds": census.canary.seeds,
        },
        "situations": dict(sorted(census.situations.items())),
        "situations_unreached": census.unreached,
        "schedules": dict(sorted(census.schedules.items())),
        "chance": dict(sorted(census.chance.items())),
        "invariants_checked": dict(sorted(census.checked.items())),
        "invariants_never_checked": census.never_checked,
    }
