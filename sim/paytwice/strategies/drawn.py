"""Strategies for whole worlds, and for runs: a story, settings, faults and all choices, drawn together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from paytwice.channels import CHANNELS
from paytwice.channels.profile import ChannelProfile
from paytwice.faults import FaultProfile
from paytwice.merchant.port import MerchantFactory
from paytwice.merchant.reference.merchant import reference
from paytwice.run import Run
from paytwice.settings import Settings
from paytwice.story.mishaps import FaultPlan
from paytwice.story.player import Story, simulate
from paytwice.story.scenario import load
from paytwice.strategies.luck import Luck
from paytwice.strategies.scores import aim
from paytwice.strategies.tales import stories
from paytwice.strategies.weathers import in_code, named

Draw = Callable[[SearchStrategy[Any]], Any]


@attrs.frozen(repr=False)
class DrawnWorld:
    """All that a run needs except its merchant: `world.play(mine).check()`, in the test it was drawn for."""

    story: Story
    name: str
    settings: Settings
    faults: FaultProfile | None  # None: those that the settings name
    channels: Mapping[str, ChannelProfile]
    choices: Luck
    in_code: str  # what the story is called in code

    def play(self, merchant: MerchantFactory = reference) -> Run:
        """Play it and judge it. Played again, with another merchant say, it makes the same choices."""
        run = simulate(
            self.story,
            name=self.name,
            source=self.choices,
            settings=self.settings,
            merchant=merchant,
            channels=self.channels,
            faults=self.faults,
        )
        self.choices.end()
        arguments = (one.replace("faults=faults", f"faults={in_code(self.faults)}") for one in run.arguments)
        return attrs.evolve(run, arguments=tuple(arguments), story=self.in_code)

    def __repr__(self) -> str:
        faults = "" if self.faults is None else f", faults={in_code(self.faults)}"
        return f"<World of {self.in_code}, settings={self.settings.as_text()!r}{faults}>"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(repr(self))  # else Hypothesis prints every field of every profile


def choices() -> SearchStrategy[Luck]:
    """All choices of a run, as the `source` of `simulate`; they are drawn when the run asks for them.

    When the run is over, call `end()`, which lets Hypothesis end an example that it has no more use for.
    """

    @st.composite
    def drawn(draw: Draw) -> Luck:
        return Luck(draw)

    return drawn()


def worlds(
    story: str | Story | SearchStrategy[Any] | None = None,
    *,
    profile: str | FaultProfile | SearchStrategy[FaultProfile] = "rough",
    settings: Settings | SearchStrategy[Settings] | None = None,
    plan: FaultPlan | SearchStrategy[FaultPlan] = FaultPlan(),  # noqa: B008  # frozen, and never changed
    channels: Mapping[str, ChannelProfile] | None = None,
) -> SearchStrategy[DrawnWorld]:
    """Worlds to play in, all of it drawn or as much of it as is not stated.

    `story` is a story, the name or path of a scenario, or a strategy for stories; without it, `stories()`.
    `profile` says which faults there may be, `plan` which there are, and a scenario has settings and channels
    of its own. Each may be a strategy: `fault_profiles()`, `policies()`, `fault_plans()`.
    """
    scenario = load(story) if isinstance(story, str) else None
    fixed = settings if settings is not None else Settings() if scenario is None else scenario.settings
    there = channels if channels is not None else CHANNELS if scenario is None else scenario.channels
    told = stories(channels=tuple(there)) if story is None else story if scenario is None else scenario.story
    if isinstance(profile, str):
        named(profile)  # a wrong name is refused here, and not while examples are drawn

    @st.composite
    def drawn(draw: Draw) -> DrawnWorld:
        chosen: Settings = _drawn(draw, fixed)
        faults = _drawn(draw, profile)
        if isinstance(faults, str):
            chosen, faults = attrs.evolve(chosen, profile=faults), None
        what: Story = _drawn(draw, told)
        mishaps: FaultPlan = _drawn(draw, plan)
        name = getattr(what, "__name__", repr(what)) if scenario is None else f"load({story!r}).story"
        return DrawnWorld(
            mishaps.under(what),
            "story" if scenario is None else scenario.name,
            chosen,
            faults,
            there,
            Luck(draw),
            f"{mishaps!r}.under({name})" if mishaps.mishaps else name,
        )

    return drawn()


def runs(
    story: str | Story | SearchStrategy[Any] | None = None,
    *,
    merchant: MerchantFactory = reference,
    profile: str | FaultProfile | SearchStrategy[FaultProfile] = "rough",
    settings: Settings | SearchStrategy[Settings] | None = None,
    plan: FaultPlan | SearchStrategy[FaultPlan] = FaultPlan(),  # noqa: B008  # frozen, and never changed
    channels: Mapping[str, ChannelProfile] | None = None,
    aimed: bool = False,
) -> SearchStrategy[Run]:
    """Runs, judged: those of `worlds` with the same arguments, each played with a merchant.

    `run.check()` raises where a promise is broken, and says how to play that run again without Hypothesis.
    `aimed` tells Hypothesis by `aim` how near each run came to a broken promise, for tests of thousands of
    examples; over a few hundred, a planted bug was found later so.
    """
    found = worlds(story, profile=profile, settings=settings, plan=plan, channels=channels)

    @st.composite
    def drawn(draw: Draw) -> Run:
        world: DrawnWorld = draw(found)
        run = world.play(merchant)
        if aimed:
            aim(run)
        return run

    return drawn()


def _drawn(draw: Draw, value: Any) -> Any:
    return draw(value) if isinstance(value, SearchStrategy) else value
