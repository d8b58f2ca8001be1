"""How soon each mistake of the gallery is caught, over all trials of a way of testing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from statistics import median

import attrs

from paytwice.bench.store import BenchStoreError
from paytwice.bench.task import Trial
from paytwice.gallery.collection import gallery
from paytwice.wording import nearest


@attrs.frozen
class Soon:
    """Seeds until one exhibit was caught: the least, the median and the most of its trials.

    A trial in vain counts as the seeds that it played; `escaped` is how many there were.
    """

    exhibit: str
    invariant: str
    room: str
    trials: int
    escaped: int
    least: int
    median: float
    most: int


def soon(trials: Iterable[Trial], method: str | None = None) -> tuple[str, list[Soon]]:
    """The method, and its exhibits, what is caught first first; what hangs there no more is left out.

    Without a name it is the first method there are trials of. Raises BenchStoreError where there are none.
    """
    by_method: dict[str, dict[str, list[Trial]]] = {}
    for one in trials:
        if one.exhibit in gallery():
            by_method.setdefault(one.method, {}).setdefault(one.exhibit, []).append(one)
    if not by_method:
        raise BenchStoreError("there are no trials of the gallery to draw: let the bench run for a while")
    name = next(iter(by_method)) if method is None else method
    if name not in by_method:
        raise BenchStoreError(f"there are no trials of {name!r}{nearest(name, by_method)}")
    return name, sorted(_each(by_method[name]), key=lambda one: (one.median, one.most, one.exhibit))


def _each(by_exhibit: Mapping[str, list[Trial]]) -> Iterable[Soon]:
    for name, some in by_exhibit.items():
        seeds, hung = [one.seeds for one in some], gallery()[name]
        escaped = sum(not one.caught for one in some)
        yield Soon(name, hung.invariant, hung.room, len(some), escaped, min(seeds), median(seeds), max(seeds))
