"""Virtual time on an axis: a run has its races within milliseconds and its refunds after days.

A linear axis shows either the one or the other. So each pause between two moments at which something happens
is drawn shorter the longer it is, by its logarithm; the order of things and their times stay true.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import log1p
from statistics import median
from typing import Final

import attrs
from matplotlib.axes import Axes

from paytwice.wording import span

LEAST: Final = 50  # ms: pauses up to about this are drawn in proportion
TAIL: Final = 0.06  # the share of the axis that comes after the last moment
TICK: Final = 0.68  # inches that a label takes
UNEVEN: Final = 3.0  # pauses are said to be shortened where some are so many times shorter than others


@attrs.frozen
class Times:
    """An axis of virtual time, in units of its own. `moments` are ms, in order, the first is 0."""

    moments: tuple[int, ...]
    places: tuple[float, ...]
    scale: float  # ms

    @property
    def right(self) -> float:
        """Where the axis ends."""
        return self.places[-1] * (1 + TAIL) or 1.0

    @property
    def shortens(self) -> bool:
        """Whether a long pause is drawn much shorter than a short one, for its length."""
        pauses = [after - before for before, after in pairwise(self.moments)]
        return bool(pauses) and self._wide(max(pauses)) * UNEVEN < max(pauses) / self.scale

    def x(self, ms: int) -> float:
        """Where a moment stands."""
        n = max(bisect_right(self.moments, ms) - 1, 0)
        if n + 1 == len(self.moments):
            return min(self.places[n] + self._wide(ms - self.moments[n]), self.right)
        return self.places[n] + self._wide(ms - self.moments[n])

    def ticks(self, room: float) -> list[tuple[float, str]]:
        """Where the axis is labelled and with what; labels are `room` apart at least, and no two the same."""
        found: list[tuple[float, str]] = []
        for ms, x in zip(self.moments, self.places, strict=True):
            told = f"+{span(ms)}" if ms else "0"
            if not found or (x - found[-1][0] >= room and told != found[-1][1]):
                found.append((x, told))
        return found

    def label(self, ax: Axes, *, after: float = 0.0) -> None:
        """Make the x of axes show these times, with some inches after the last, half of all at most."""
        figure = ax.get_figure(root=True)
        assert figure is not None
        inches = max(figure.get_figwidth() * ax.get_position().width, 1.0)
        right = max(self.right, self.places[-1] / max(1 - after / inches, 0.5))
        ax.set_xlim(-0.01 * right, right)
        ticks = self.ticks(right * TICK / inches)
        ax.set_xticks([x for x, _ in ticks], [text for _, text in ticks])
        ax.set_xlabel("virtual time" + (", long pauses drawn shorter" if self.shortens else ""))

    def _wide(self, pause: int) -> float:
        return log1p(max(pause, 0) / self.scale)


def times(moments: Iterable[int], *, apart: float = 0.0) -> Times:
    """The axis on which these moments can be told apart, in ms since the run began.

    No pause is drawn shorter than `apart`, where 0.7 is the typical one: for what has a width of its own.
    """
    known = tuple(sorted({0, *moments}))
    pauses = [after - before for before, after in pairwise(known)]
    scale = max(median(pauses), LEAST) if pauses else LEAST
    return Times(known, _places(pauses, scale, apart), scale)


def _places(pauses: Sequence[int], scale: float, apart: float) -> tuple[float, ...]:
    places = [0.0]
    for pause in pauses:
        places.append(places[-1] + max(log1p(pause / scale), apart))
    return tuple(places)
