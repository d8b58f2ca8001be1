"""What is played again and again: a story, its settings and a merchant, each by the name it is found by.

A plot is plain text, so that it can be written into a file and sent to another process, which loads it there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from paytwice.choices import Deviation
from paytwice.merchant.port import MerchantFactory
from paytwice.merchant.reference.merchant import reference
from paytwice.run import Run
from paytwice.story.loading import load_factory
from paytwice.story.scenario import Scenario, load


@attrs.frozen
class Plot:
    """A story and a merchant by name; `changes` are settings as `--set` takes them."""

    source: str
    changes: Mapping[str, str] = attrs.field(factory=dict)
    merchant: str | None = None

    def loaded(self) -> Stage:
        """Load what is named. Raises LoadingError at a wrong name, ValueError at a wrong setting."""
        scenario = load(self.source)
        scenario.settings.changed(self.changes)
        factory = reference if self.merchant is None else load_factory(self.merchant)
        return Stage(self, scenario, factory)


@attrs.frozen
class Stage:
    """A plot that is loaded, so that it can be played."""

    plot: Plot
    scenario: Scenario
    factory: MerchantFactory

    def play(self, seed: int) -> Run:
        """Play one seed."""
        return self._play(seed=seed)

    def replay(self, deviations: Sequence[Deviation]) -> Run:
        """Play recorded deviations, and calm for all the rest."""
        return self._play(deviations=deviations)

    def _play(self, *, seed: int | None = None, deviations: Sequence[Deviation] | None = None) -> Run:
        played = self.scenario.play(
            seed=seed,
            deviations=deviations,
            changes=self.plot.changes,
            merchant=self.factory,
            merchant_name=self.plot.merchant,
        )
        return played.run
