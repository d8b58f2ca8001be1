"""The grid of a sweep: every combination of the values that settings shall have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

import attrs

from paytwice.errors import PaytwiceError
from paytwice.story.loading import LoadingError
from paytwice.story.plot import Plot
from paytwice.sweep.measure import Changes

MOST_CELLS = 10_000


class SweepError(PaytwiceError):
    """A sweep cannot be played or read as it was asked for; the message says why."""


@attrs.frozen
class Grid:
    """A story or world, a merchant, and for each setting the values that it shall have."""

    source: str
    axes: Mapping[str, tuple[str, ...]]
    merchant: str | None = None

    def combinations(self) -> Iterator[Changes]:
        """Every combination, the last setting first to change."""
        for values in product(*self.axes.values()):
            yield tuple(zip(self.axes, values, strict=True))

    def plot(self, changes: Changes) -> Plot:
        """What is played under one of them."""
        return Plot(self.source, dict(changes), self.merchant)

    @property
    def varied(self) -> tuple[str, ...]:
        """The settings that have more than one value."""
        return tuple(name for name, values in self.axes.items() if len(values) > 1)


def grid(source: str, axes: Mapping[str, Sequence[str]], merchant: str | None = None) -> Grid:
    """The grid that is asked for, checked. Raises SweepError that says what is wrong with it."""
    for name, values in axes.items():
        if isinstance(values, str) or not isinstance(values, Sequence) or not values:
            raise SweepError(f"{name} takes a list of values, such as ['50ms', '2s'], not {values!r}")
        texts = [str(value) for value in values]
        if len(set(texts)) < len(texts):
            raise SweepError(f"{name} has a value more than once: {', '.join(texts)}")
    made = Grid(source, {name: tuple(map(str, values)) for name, values in axes.items()}, merchant)
    cells = 1
    for values in made.axes.values():
        cells *= len(values)
    if cells > MOST_CELLS:
        raise SweepError(f"that makes {cells} combinations, and {MOST_CELLS} are enough: take fewer values")
    _check(made)
    return made


def _check(made: Grid) -> None:
    """Load the story once, and read each value once: what is wrong is told before hours are spent."""
    first = next(made.combinations())
    try:
        scenario = made.plot(first).loaded().scenario
        for name, values in made.axes.items():
            for value in values:
                scenario.changed({**dict(first), name: value})
    except (LoadingError, ValueError) as error:
        raise SweepError(str(error)) from None
