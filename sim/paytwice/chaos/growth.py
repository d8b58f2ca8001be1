"""How what a campaign has covered grew with its runs, in the order of their seeds, whoever played first."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Final

import attrs

from paytwice.chaos.coverage import PAIRS
from paytwice.chaos.reading import read
from paytwice.chaos.result import Result
from paytwice.chaos.situations import NAMES

OF_SITUATIONS: Final = len(NAMES)
OF_PAIRS: Final = len(PAIRS)
A_DECADE: Final = 60  # points, so that a curve is smooth on an axis of logarithms


@attrs.frozen
class Point:
    """What the first `runs` runs came to: named situations, pairs of the core, journals of which no two
    are the same."""

    runs: int
    situations: int
    pairs: int
    journals: int


@attrs.frozen
class Growth:
    """A campaign's coverage. `tells_pairs` is False where the merchant says nothing of the core."""

    story: str
    points: tuple[Point, ...]

    @property
    def tells_pairs(self) -> bool:
        """Whether any pair of the core came up."""
        return self.points[-1].pairs > 0


def growth(path: Path) -> Growth:
    """Read a file of results, also while a campaign writes it. Raises StoreError that says what is wrong."""
    found: list[tuple[str, Result]] = []
    kept = read(path, also=lambda plot, result: found.append((plot, result)))
    found.sort(key=lambda one: (len(one[1].origin) > 1, one[1].origin, one[0]))
    names = ", ".join(plot.source for plot in kept.plots)
    changes = ", ".join(f"{key}={value}" for key, value in sorted(kept.plots[0].changes.items()))
    merchant = kept.plots[0].merchant
    story = " ".join(
        [names, *([f"({changes})"] if changes else []), *([f"of {merchant}"] if merchant else [])]
    )
    return Growth(story, tuple(_points([result for _, result in found])))


def _points(results: Sequence[Result]) -> list[Point]:
    situations: set[str] = set()
    journals: set[str] = set()
    pairs, points, shown = 0, list[Point](), _shown(len(results))
    for runs, one in enumerate(results, start=1):
        before = len(situations), pairs
        situations.update(one.situations)
        pairs |= one.core
        if one.digest:
            journals.add(one.digest)
        if runs in shown or before != (len(situations), pairs):
            points.append(Point(runs, len(situations), pairs.bit_count(), len(journals)))
    return points


def _shown(runs: int) -> frozenset[int]:
    """Numbers of runs at which a point is drawn in any case, evenly on an axis of logarithms."""
    decades = range(len(str(runs)) * A_DECADE)
    return frozenset(chain([1, runs], (round(10 ** (n / A_DECADE)) for n in decades)))
