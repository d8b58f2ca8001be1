"""What an exhibit is shown by: a scenario, and where that takes them a seed and settings."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from paytwice.choices import Deviation
from paytwice.run import Run
from paytwice.shrinking.aim import Aim
from paytwice.shrinking.shrink import shrink
from paytwice.story.plot import Plot


@attrs.frozen
class Showing:
    """A scenario by name; with a seed, where it takes an interleaving, what that comes down to is played."""

    scenario: str
    seed: int | None = None
    changes: Mapping[str, str] = attrs.field(factory=dict)

    @classmethod
    def of(cls, text: str) -> Showing:
        """Read `NAME`, `NAME, seed 7` or `NAME, seed 7, profile=rough`; ValueError for anything else."""
        scenario, *rest = (part.strip() for part in text.rstrip(".").split(","))
        seed: int | None = None
        changes: dict[str, str] = {}
        for part in rest:
            key, is_setting, value = part.partition("=")
            if is_setting:
                changes[key] = value
            elif part.startswith("seed ") and part[5:].isdecimal():
                seed = int(part[5:])
            else:
                raise ValueError(f"a showing is SCENARIO, seed N, KEY=VALUE, not {text!r}")
        return cls(scenario, seed, changes)

    def __str__(self) -> str:
        """As it is written in a docstring."""
        chance = () if self.seed is None else (f"seed {self.seed}",)
        return ", ".join([self.scenario, *chance, *(f"{key}={value}" for key, value in self.changes.items())])

    def plot(self, merchant: str | None = None) -> Plot:
        """The story, for a merchant by name, or for ours."""
        return Plot(self.scenario, self.changes, merchant)

    def play(self, merchant: str, invariant: str) -> Run:
        """Play it with a merchant. With a seed: the few deviations of its run that break the promise.

        Raises LoadingError for a scenario that there is not, ValueError if the promise is kept.
        """
        stage = self.plot(merchant).loaded()
        if self.seed is None:
            return stage.replay(stage.scenario.deviations)
        failing = stage.play(self.seed)
        broken = next((one for one in failing.verdict.violations if one.invariant == invariant), None)
        if broken is None:
            raise ValueError(f"{merchant} keeps {invariant} under seed {self.seed} of {self.scenario}")
        return shrink(stage.replay, failing, Aim(invariant, broken.order)).run

    def play_right(self, deviations: tuple[Deviation, ...]) -> Run:
        """Play the same with the reference merchant."""
        return self.plot().loaded().replay(deviations)
