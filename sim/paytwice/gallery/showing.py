"""What an exhibit is shown by: a scenario, and where that takes them a seed and settings."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from paytwice.choices import Deviation
from paytwice.gallery.trying import on_trial
from paytwice.run import Run
from paytwice.shrinking.aim import Aim
from paytwice.shrinking.shrink import shrink
from paytwice.story.plot import Plot
from paytwice.trials import TRIALS


@attrs.frozen
class Showing:
    """A scenario by name; with a seed, where it takes an interleaving, what that comes down to is played.

    With the name of a trial it is played as often as that takes, for a promise that no single run breaks.
    """

    scenario: str
    seed: int | None = None
    changes: Mapping[str, str] = attrs.field(factory=dict)
    trial: str | None = None

    @classmethod
    def of(cls, text: str) -> Showing:
        """Read `NAME`, `NAME, seed 7, profile=rough` or `NAME, trial S11`; ValueError for anything else."""
        scenario, *rest = (part.strip() for part in text.rstrip(".").split(","))
        seed: int | None = None
        trial: str | None = None
        changes: dict[str, str] = {}
        for part in rest:
            key, is_setting, value = part.partition("=")
            if is_setting:
                changes[key] = value
            elif part.startswith("seed ") and part[5:].isdecimal():
                seed = int(part[5:])
            elif part.startswith("trial ") and part[6:] in TRIALS:
                trial = part[6:]
            else:
                raise ValueError(f"a showing is SCENARIO, seed N, trial NAME, KEY=VALUE, not {text!r}")
        return cls(scenario, seed, changes, trial)

    def __str__(self) -> str:
        """As it is written in a docstring."""
        chance = () if self.seed is None else (f"seed {self.seed}",)
        many = () if self.trial is None else (f"trial {self.trial}",)
        changes = (f"{key}={value}" for key, value in self.changes.items())
        return ", ".join([self.scenario, *chance, *many, *changes])

    def plot(self, merchant: str | None = None) -> Plot:
        """The story, for a merchant by name, or for ours."""
        return Plot(self.scenario, self.changes, merchant)

    def play(self, merchant: str, invariant: str) -> Run:
        """Play it with a merchant. With a seed: the few deviations of its run that break the promise.

        Raises LoadingError for a scenario that there is not, ValueError if the promise is kept.
        """
        stage = self.plot(merchant).loaded()
        if self.trial is not None:
            return on_trial(stage, self.trial)
        if self.seed is None:
            return stage.replay(stage.scenario.deviations)
        failing = stage.play(self.seed)
        broken = next((one for one in failing.verdict.violations if one.invariant == invariant), None)
        if broken is None:
            raise ValueError(f"{merchant} keeps {invariant} under seed {self.seed} of {self.scenario}")
        return shrink(stage.replay, failing, Aim(invariant, broken.order)).run

    def play_right(self, deviations: tuple[Deviation, ...]) -> Run:
        """Play the same with the reference merchant."""
        stage = self.plot().loaded()
        return stage.replay(deviations) if self.trial is None else on_trial(stage, self.trial)
