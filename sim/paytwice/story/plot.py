"""What is played again and again: a story, its settings and a merchant, each by the name it is found by.

A plot is plain text, so that it can be written into a file and sent to another process, which loads it there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import attrs

from paytwice.choices import Deviation, Mutated, Source
from paytwice.merchant.port import MerchantFactory
from paytwice.merchant.reference.merchant import reference
from paytwice.run import Run
from paytwice.story.loading import load_factory
from paytwice.story.player import simulate_seeds
from paytwice.story.scenario import Scenario, load, options_of

Origin = tuple[int, ...]  # a seed, and the mutations that were made of its run, one upon the other


def origin_text(origin: Origin) -> str:
    """An origin in a word: `17`, or `17+3` for the third mutation of seed 17."""
    return "+".join(map(str, origin))


@attrs.frozen
class Plot:
    """A story and a merchant by name; `changes` are settings as `--set` takes them."""

    source: str
    changes: Mapping[str, str] = attrs.field(factory=dict)
    merchant: str | None = None

    def loaded(self) -> Stage:
        """Load what is named. Raises LoadingError at a wrong name, ValueError at a wrong setting."""
        scenario = load(self.source)
        scenario.changed(self.changes)
        factory = reference if self.merchant is None else load_factory(self.merchant)
        return Stage(self, scenario, factory)

    def command(self, seed: int) -> tuple[str, ...]:
        """The words of the command that plays one seed of it."""
        return "paytwice", "run", self.source, "--seed", str(seed), *options_of(self.changes, self.merchant)


@attrs.frozen(eq=False)
class Stage:
    """A plot that is loaded, so that it can be played."""

    plot: Plot
    scenario: Scenario
    factory: MerchantFactory

    def play(self, seed: int) -> Run:
        """Play one seed."""
        return self._play(seed=seed)

    def play_each(self, seeds: Iterable[int | Source], each: Callable[[Run], object]) -> None:
        """Play seeds, or sources such as `Mutated`, in one trio program, and hand every run to `each`.

        It costs less than `play` for each of them, which starts a program of its own every time and reads
        the settings anew. What `each` raises ends it, and so does an error that hits trio itself, such as one
        that a signal raises: go on with the seeds that are left in another call.
        """
        simulate_seeds(
            self.scenario.guarded_story,
            seeds,
            each,
            name=self.scenario.name,
            settings=self.scenario.changed(self.plot.changes),
            merchant=self.factory,
            channels=self.scenario.channels,
        )

    def play_origin(self, origin: Origin) -> Run:
        """Play a seed, and what mutations made of it."""
        run = self.play(origin[0])
        for mutation in origin[1:]:
            run = self.mutate(run.deviations, mutation)
        return run

    def mutate(self, deviations: Sequence[Deviation], mutation: int) -> Run:
        """Play what a mutation makes of recorded deviations."""
        return self._play(source=Mutated(deviations, mutation))

    def replay(self, deviations: Sequence[Deviation]) -> Run:
        """Play recorded deviations, and calm for all the rest."""
        return self._play(deviations=deviations)

    def _play(
        self,
        *,
        seed: int | None = None,
        deviations: Sequence[Deviation] | None = None,
        source: Source | None = None,
    ) -> Run:
        played = self.scenario.play(
            seed=seed,
            deviations=deviations,
            source=source,
            changes=self.plot.changes,
            merchant=self.factory,
            merchant_name=self.plot.merchant,
        )
        return played.run
