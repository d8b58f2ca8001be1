"""The canary of a campaign: a merchant known to be broken, which the same workers have to catch."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import BrokenExecutor
from typing import Final

import attrs

from paytwice.chaos.campaign import CHUNK, Crew
from paytwice.chaos.worker import Chunk
from paytwice.story.plot import Plot

WORLD: Final = "busy_shop"
MERCHANT: Final = "paytwice.merchant.canary:Canary"
PROMISE: Final = "S4"  # nobody's money is stranded
BUDGET: Final = 200  # seeds


@attrs.frozen
class Canary:
    """What became of it: how many seeds were played, and the first with which it was caught."""

    seeds: int
    caught_with: int | None = None

    @property
    def is_caught(self) -> bool:
        """Whether this campaign would see a customer pay twice."""
        return self.caught_with is not None

    @property
    def as_text(self) -> str:
        """What a file of results keeps of it: `25 3`, or `200` where it was not caught."""
        return str(self.seeds) if self.caught_with is None else f"{self.seeds} {self.caught_with}"

    @classmethod
    def from_text(cls, text: str) -> Canary:
        """What `as_text` was made of. Raises ValueError at anything else."""
        seeds, *caught = map(int, text.split())
        return cls(seeds, *caught[:1])


def play_canary(crew: Crew, changes: Mapping[str, str], budget: int = BUDGET) -> Canary:
    """Let the crew play the canary until it is caught; `changes` are settings of chance, as `--set` has them.

    A chunk that a worker dies with catches nothing.
    """
    plot = Plot(WORLD, dict(changes), MERCHANT)
    for begin in range(0, budget, CHUNK):
        origins = tuple((seed,) for seed in range(begin, min(begin + CHUNK, budget)))
        try:
            results = crew.submit(Chunk(plot, origins)).result()
        except BrokenExecutor:
            crew.replace()
            continue
        for one in results:
            if any(broken.invariant == PROMISE for broken in one.broken):
                return Canary(begin + len(origins), one.origin[0])
    return Canary(budget)
