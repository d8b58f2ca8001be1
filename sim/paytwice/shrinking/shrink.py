"""From a failing run to the smallest set of the simplest deviations that still fails in the same way.

Delta debugging (Zeller and Hildebrandt, 2002) over the deviations, then each value towards calm; customers do
at once what they did later, and of the few that remain pairs are left out; and all of it again until nothing
changes. A deviation that nothing asks for any more falls away by itself. Every candidate is a run of its own,
so what comes out has been seen to fail.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Final

import attrs

from paytwice.choices import CHOOSE, Deviation
from paytwice.run import Run
from paytwice.shrinking.aim import Aim
from paytwice.shrinking.simpler import simpler

MOST_RUNS: Final = 2_000
FEW: Final = 12  # deviations, of which all pairs can be tried

Replay = Callable[[Sequence[Deviation]], Run]


@attrs.frozen
class Shrunk:
    """What a failing run came down to; `run` is the run of `deviations`."""

    aim: Aim
    run: Run
    deviations: tuple[Deviation, ...]
    began_with: int  # deviations
    runs: int  # how many were tried
    is_finished: bool  # False: the limit of runs was met, so there may be a smaller set
    passing: Run | None  # the nearest run that passes: `decisive` left out
    decisive: Deviation | None


def shrink(
    replay: Replay,
    failing: Run,
    aim: Aim | None = None,
    *,
    most_runs: int = MOST_RUNS,
    is_over: Callable[[], bool] = lambda: False,
) -> Shrunk:
    """Shrink a failing run. `replay` plays the same story with some deviations and calm for all the rest.

    No run is begun when `is_over`, but for the first: what is known to fail by then is what it came down to.
    Raises ValueError if `failing` breaks no promise, or breaks none when it is replayed from its deviations.
    """
    wanted = Aim.of(failing) if aim is None else aim
    search = _Search(replay, wanted, most_runs, is_over)
    if not search.takes(failing.deviations):
        raise ValueError(
            f"{failing.scenario} does not break {wanted.invariant} again when it is played from its "
            "deviations: is there something random in the story or in the merchant?"
        )
    while search.is_within_limits:
        before = search.kept
        search.drop()
        search.simplify()
        search.hasten()
        if len(search.kept) <= FEW:
            search.drop_pairs()
        if search.kept == before:
            break
    finished = search.is_within_limits
    passing, decisive = None, None
    if finished:
        passing, decisive, tried = nearest_passing(replay, search.kept)
        search.runs += tried
    assert search.run is not None, "the first candidate has been taken"
    return Shrunk(
        wanted,
        search.run,
        search.kept,
        len(failing.deviations),
        search.runs,
        finished,
        passing,
        decisive,
    )


def nearest_passing(
    replay: Replay, deviations: Sequence[Deviation]
) -> tuple[Run | None, Deviation | None, int]:
    """The run without one of the deviations, the last that makes the difference, and how many were played."""
    for tried, index in enumerate(reversed(range(len(deviations))), 1):
        run = replay([*deviations[:index], *deviations[index + 1 :]])
        if run.failure is None and not run.verdict.violations:
            return run, deviations[index], tried
    return None, None, len(deviations)


@attrs.define
class _Search:
    """What is known to fail so far."""

    replay: Replay
    aim: Aim
    most_runs: int
    is_over: Callable[[], bool]
    runs: int = 0
    kept: tuple[Deviation, ...] = ()
    run: Run | None = None

    @property
    def is_within_limits(self) -> bool:
        return self.runs < self.most_runs and not self.is_over()

    def takes(self, candidate: Sequence[Deviation]) -> bool:
        """Play a candidate, and keep it in place of what we have if it fails in the same way."""
        self.runs += 1
        run = self.replay(candidate)
        if not self.aim.is_hit_by(run):
            return False
        # As this run has them, with its times; those that name nothing in it, or calm, have fallen away.
        self.kept = run.deviations
        self.run = run
        return True

    def drop(self) -> None:
        """Leave out as much as goes: all of it, then halves, quarters, single ones."""
        if self.kept and self.is_within_limits and self.takes(()):
            return
        parts = 2
        while len(self.kept) >= 2 and self.is_within_limits:
            size = -(-len(self.kept) // parts)
            begins = range(0, len(self.kept), size)
            # From the end: what comes late is more often a mere consequence.
            if any(
                self.is_within_limits and self.takes(self.kept[:begin] + self.kept[begin + size :])
                for begin in reversed(begins)
            ):
                parts = max(parts - 1, 2)
            elif size == 1:
                return
            else:
                parts = min(2 * parts, len(self.kept))

    def drop_pairs(self) -> None:
        """Leave out two at a time: what customers choose often makes sense together only."""
        for one, other in combinations([deviation.key for deviation in self.kept], 2):
            left = tuple(deviation for deviation in self.kept if deviation.key not in (one, other))
            if self.is_within_limits and len(left) == len(self.kept) - 2:
                self.takes(left)

    def simplify(self) -> None:
        """Try simpler values, one deviation at a time."""
        for key in [one.key for one in self.kept]:
            while self.is_within_limits and self._simplify_one(key):
                pass

    def hasten(self) -> None:
        """Let customers do at once what they came to later: each choice of theirs in place of the one before.

        Leaving out what a customer does first does not do that, since the calm thing is done in its place.
        """
        while self.is_within_limits:
            sooner = {(one.name, max(1, one.n - 1)): one for one in self.kept if one.name.startswith(CHOOSE)}
            if all(one.n == 1 for one in sooner.values()):
                return
            choices = [attrs.evolve(one, n=n) for (_, n), one in sooner.items()]
            if not self.takes((*choices, *(one for one in self.kept if not one.name.startswith(CHOOSE)))):
                return

    def _simplify_one(self, key: tuple[str, int]) -> bool:
        found = next((n for n, one in enumerate(self.kept) if one.key == key), None)
        if found is None:
            return False  # it fell away with another one's value
        before, one, after = self.kept[:found], self.kept[found], self.kept[found + 1 :]
        return any(
            self.is_within_limits and self.takes((*before, attrs.evolve(one, value=value), *after))
            for value in simpler(one.value)
        )
