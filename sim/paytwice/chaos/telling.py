"""A campaign told in words and as JSON: what was found, and what was tried."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any, Final

from paytwice.chaos.census import Census, Signature
from paytwice.oracle import INVARIANTS
from paytwice_core import Money

WIDTH: Final = 110
STYLES: Final = {True: "bold green", False: "bold red"}
Lines = Iterator[tuple[str, str]]


def told(census: Census, seconds: float, currency: str = "CNY") -> Lines:
    """The report of a campaign as lines with a style each."""
    failed = census.outcomes["failed"]
    found = "no violation" if not census.signatures else f"{census.outcomes['violated']} runs with violations"
    good = not census.signatures and not failed
    yield f"{census.runs} runs, {census.distinct} of them distinct: {found}{_others(census)}", STYLES[good]
    for one in census.ranked:
        yield from _signature(one, currency)
    for (plot, seed), why in sorted(census.failures.items())[:5]:
        yield f"  {plot} seed {seed} has no verdict: {why}", "red"
    if (bound := census.bound) is not None:
        yield (
            f"0 violations in {census.runs - failed} independent draws: such a draw violates a promise in "
            f"less than {bound:.2%} of cases, at 95 %",
            "",
        )
    reached = [f"{name} ×{census.situations[name]}" for name in census.reached]
    yield from _listed("What happened, and in how many runs: ", reached)
    yield from _listed("What never happened: ", census.unreached)
    yield from _listed("Promises that had nothing to check: ", census.never_checked)
    before = f", {census.of_before} of them played before" if census.of_before else ""
    yield f"{seconds:.1f} s, {census.rate(seconds):.0f} seeds a second{before}", "dim"


def _others(census: Census) -> str:
    parts = [(census.outcomes["unknown"], "unknown"), (census.outcomes["failed"], "without a verdict")]
    return "".join(f", {count} {word}" for count, word in parts if count)


def _signature(one: Signature, currency: str) -> Lines:
    title = INVARIANTS[one.invariant].title if one.invariant in INVARIANTS else ""
    money = Money(one.at_stake, currency).display
    yield f"  {one.invariant} {title}: {one.count} runs of {one.plot}, up to {money} at stake", "bold red"
    if one.worst is not None:
        yield f"      {one.worst.says}", ""
    yield f"      first seen with seed {one.first}", "dim"


def _listed(head: str, names: list[str]) -> Lines:
    text = textwrap.fill(head + ", ".join(names), WIDTH, subsequent_indent="  ", break_long_words=False)
    yield from ((line, "dim") for line in text.splitlines() if names)


def as_json(census: Census, seconds: float) -> dict[str, Any]:
    """The report of a campaign as one object; money in minor units."""
    return {
        "runs": census.runs,
        "distinct": census.distinct,
        "violations": [
            {
                "invariant": one.invariant,
                "scenario": one.plot,
                "count": one.count,
                "first_seed": one.first,
                "at_stake": one.at_stake,
                "says": "" if one.worst is None else one.worst.says,
            }
            for one in census.ranked
        ],
        "unknown": census.outcomes["unknown"],
        "failed": [
            {"scenario": plot, "seed": seed, "why": why}
            for (plot, seed), why in sorted(census.failures.items())
        ],
        "seconds": round(seconds, 3),
        "seeds_per_second": round(census.rate(seconds), 1),
        "played_before": census.of_before,
        "bound_95": census.bound,
        "situations": dict(sorted(census.situations.items())),
        "situations_unreached": census.unreached,
        "chance": dict(sorted(census.chance.items())),
        "invariants_checked": dict(sorted(census.checked.items())),
        "invariants_never_checked": census.never_checked,
    }
