"""What a campaign tried and what it found, counted: never more than was truly played."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b
from typing import TYPE_CHECKING

import attrs

from paytwice.chaos.coverage import PAIRS, unpacked
from paytwice.chaos.result import Broken, Result
from paytwice.chaos.situations import NAMES
from paytwice.oracle import INVARIANTS
from paytwice.story.plot import Origin

if TYPE_CHECKING:
    from paytwice.chaos.canary import Canary


@attrs.define
class Signature:
    """All that broke one promise in one story."""

    plot: str
    invariant: str
    count: int = 0
    first: Origin = ()  # the smallest seed, or where none broke it the first mutation
    # Whether it ended early, the fewest deviations that such a run had, and which it was.
    simplest: tuple[bool, int, Origin] = (False, 0, ())
    schedules: Counter[str] = attrs.field(factory=Counter)  # in how many runs of each
    worst: Broken | None = None  # the one with the most at stake, in minor units; of equals the first run's
    worst_of: Origin = ()

    def take(self, result: Result, broken: Broken) -> None:
        """Count one more."""
        size = result.outcome == "failed", result.deviations, result.origin
        self.first = min(self.first or result.origin, result.origin, key=_place)
        self.simplest = min(self.simplest, size) if self.count else size
        self.count += 1
        self.schedules[result.how] += 1
        is_earlier = broken.at_stake == self.at_stake and _place(result.origin) < _place(self.worst_of)
        if self.worst is None or broken.at_stake > self.at_stake or is_earlier:
            self.worst, self.worst_of = broken, result.origin

    @property
    def at_stake(self) -> int:
        """The most that was at stake in one run."""
        return 0 if self.worst is None else self.worst.at_stake


def _place(origin: Origin) -> tuple[int, Origin]:
    """Seeds come before what mutations made of them, whoever was played first."""
    return len(origin), origin


def by_count(counts: Counter[str]) -> list[tuple[str, int]]:
    """What was counted, most first; of equals in the order of their names, not in that of the workers."""
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


@attrs.define
class Census:
    """The results of a campaign, counted as they come in any order."""

    runs: int = 0
    of_before: int = 0  # runs of them that an earlier campaign played
    drawn: int = 0  # runs that are independent draws, of seeds, and that were judged; mutations are none
    not_judged: int = 0  # draws that ended without a verdict, or that nobody can judge
    digests: set[int] = attrs.field(factory=set)  # of judged draws; 64 bits of each: a campaign may be long
    digests_of_others: set[int] = attrs.field(factory=set)
    outcomes: Counter[str] = attrs.field(factory=Counter)
    violated: int = 0  # runs in which a promise was broken, also those that ended early after that
    checked: Counter[str] = attrs.field(factory=Counter)
    vacuous: Counter[str] = attrs.field(factory=Counter)
    situations: Counter[str] = attrs.field(factory=Counter)
    schedules: Counter[str] = attrs.field(factory=Counter)
    chance: Counter[str] = attrs.field(factory=Counter)  # runs in which a kind of deviation happened
    signatures: dict[tuple[str, str], Signature] = attrs.field(factory=dict)
    core: Counter[str] = attrs.field(factory=Counter)  # pairs of state and evidence
    canary: Canary | None = None
    failures: dict[tuple[str, str], str] = attrs.field(factory=dict)

    def take(self, plot: str, results: Iterable[Result]) -> None:
        """Count some results of a plot."""
        for one in results:
            self.runs += 1
            self.outcomes[one.outcome] += 1
            counts = one.is_drawn and one.is_judged
            self.drawn += counts
            self.not_judged += one.is_drawn and not one.is_judged
            self._take_broken(plot, one)
            if one.how:  # else its process died before it could say
                self.schedules[one.how] += 1
            if one.outcome == "failed":
                self.failures[plot, one.name] = one.failure
                continue
            digest = int.from_bytes(blake2b(one.digest.encode(), digest_size=8).digest())
            (self.digests if counts else self.digests_of_others).add(digest)
            self.core.update(unpacked(one.core))
            self.checked.update(one.checked)
            self.vacuous.update(one.vacuous)
            self.situations.update(one.situations)
            self.chance.update(dict.fromkeys(one.chance, 1))

    def _take_broken(self, plot: str, one: Result) -> None:
        self.violated += bool(one.broken)
        for invariant in dict.fromkeys(broken.invariant for broken in one.broken):
            signature = self.signatures.setdefault((plot, invariant), Signature(plot, invariant))
            mine = [broken for broken in one.broken if broken.invariant == invariant]
            signature.take(one, max(mine, key=lambda broken: broken.at_stake))

    @property
    def is_believable(self) -> bool:
        """Whether every run has a verdict, and the merchant that is known to be broken was caught."""
        return not self.failures and (self.canary is None or self.canary.is_caught)

    @property
    def distinct(self) -> int:
        """How many runs were different from all others."""
        return len(self.digests) + len(self.digests_of_others - self.digests)

    @property
    def drawn_distinct(self) -> int:
        """How many judged draws were different from all others of them, whatever mutations came to."""
        return len(self.digests)

    @property
    def ranked(self) -> list[Signature]:
        """What was found, most money at stake first; in a fixed order, whatever the workers' was."""
        order = {name: number for number, name in enumerate(INVARIANTS)}
        return sorted(
            self.signatures.values(),
            key=lambda one: (-one.at_stake, one.plot, order.get(one.invariant, len(order))),
        )

    def rate(self, seconds: float) -> float:
        """Seeds a second of this campaign, without those that an earlier one played."""
        return (self.runs - self.of_before) / seconds if seconds > 0 else 0

    @property
    def reached(self) -> list[str]:
        """The named situations, what happened in most runs first."""
        return sorted((name for name in NAMES if self.situations[name]), key=lambda n: -self.situations[n])

    @property
    def unreached(self) -> list[str]:
        """The named situations that no run came to."""
        return [name for name in NAMES if not self.situations[name]]

    @property
    def never_checked(self) -> list[str]:
        """The promises that had nothing to check in any run."""
        return [name for name in INVARIANTS if self.vacuous[name] and not self.checked[name]]

    @property
    def unreached_pairs(self) -> list[str]:
        """The pairs of the core's tables that no run came to."""
        return [name for name in PAIRS if not self.core[name]]

    @property
    def bound(self) -> float | None:
        """The share of violating seeds that is excluded at 95 %, where none was found; None where some were.

        Exact for independent draws: 1 - 0.05^(1/n). Runs that came out the same are draws all the same;
        mutations of runs are none, and of a draw that was not judged nobody knows that it broke nothing.
        """
        if self.signatures or not self.drawn:
            return None
        return float(1 - 0.05 ** (1 / self.drawn))
