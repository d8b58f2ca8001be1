"""Trials as figures: for each task how often and how soon, with an interval that says how sure that is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import sqrt
from statistics import median
from typing import Final

import attrs

from paytwice.bench.task import Trial
from paytwice.gallery.collection import gallery

BUCKETS: Final = (1, 10, 100, 1_000, 10_000)  # seeds
Z95: Final = 1.959964  # of the normal distribution, for 95 %


@attrs.frozen
class Figure:
    """One task under one method.

    `median_seeds` and `worst_seeds` count a trial without a detection as its limit. `per_thousand` is
    detections per 1,000 seeds, `low` and `high` its 95 % interval (Wilson, 1927); a trial ends with its first
    detection, so seeds are few where a mistake is easy, and the interval is as wide as that makes it.
    """

    exhibit: str
    invariant: str
    method: str
    trials: int
    caught: int
    median_seeds: float
    worst_seeds: int
    per_thousand: float
    low: float
    high: float
    median_cpu: float  # seconds
    first: str  # the promise that was seen to break first, in most trials
    shrunk: int | None  # deviations


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a rate (Wilson, 1927)."""
    if of == 0:
        return 0.0, 1.0
    rate, z2 = hits / of, Z95 * Z95
    middle = (rate + z2 / (2 * of)) / (1 + z2 / of)
    half = Z95 / (1 + z2 / of) * sqrt(rate * (1 - rate) / of + z2 / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)


def figures(trials: Iterable[Trial]) -> list[Figure]:
    """A figure for each exhibit and method, in the gallery's order; what hangs there no more is left out."""
    sorted_out: dict[tuple[str, str], list[Trial]] = {}
    for one in trials:
        sorted_out.setdefault((one.exhibit, one.method), []).append(one)
    places = {name: n for n, name in enumerate(gallery())}
    known = [key for key in sorted_out if key[0] in places]
    return [_figure(sorted_out[key]) for key in sorted(known, key=lambda key: (key[1], places[key[0]]))]


def _figure(trials: Sequence[Trial]) -> Figure:
    seeds = [one.seeds for one in trials]
    hits = sum(one.caught for one in trials)
    low, high = wilson(hits, sum(seeds))
    firsts = Counter(one.first for one in trials if one.first)
    return Figure(
        trials[0].exhibit,
        gallery()[trials[0].exhibit].invariant,
        trials[0].method,
        len(trials),
        hits,
        median(seeds),
        max(seeds),
        1000 * hits / sum(seeds),
        1000 * low,
        1000 * high,
        median(one.cpu_ms for one in trials) / 1000,
        min(firsts, key=lambda name: (-firsts[name], name), default=""),
        next((one.shrunk for one in trials if one.shrunk is not None), None),
    )


def in_buckets(found: Iterable[Figure]) -> Mapping[str, list[int]]:
    """For each method: how many tasks have a median of at most 1, 10, 100 … seeds; the last is "not caught".

    A task is counted in the first bucket that it fits into, and as not caught where half its trials were in
    vain.
    """
    counts: dict[str, list[int]] = {}
    for one in found:
        row = counts.setdefault(one.method, [0] * (len(BUCKETS) + 1))
        is_caught = 2 * one.caught > one.trials
        place = next((n for n, most in enumerate(BUCKETS) if one.median_seeds <= most), len(BUCKETS))
        row[place if is_caught else len(BUCKETS)] += 1
    return counts
