"""Scenarios: one story a file, found by name or path, played and checked against what it expects.

A scenario file has a docstring (the story in a sentence), `story(sim)`, `expect(run)`, and may state

- `SETTINGS = Settings(...)`: policy, expiry, horizon and so on, where they matter to the story;
- `VARIES = {"closing": ("CHANNEL_FIRST", "LOCAL_FIRST")}`: settings that each run chooses itself, as `--set`
  takes them; the first is what `SETTINGS` says, and what it is where all is calm;
- `INTERLEAVINGS = 50`: play it under so many seeds too, each with other latencies and another order of what
  happens at the same time; `expect` must hold in all of them;
- `CHANNELS = {**paytwice.CHANNELS, "paypay": PAYPAY}`: the channels there are, where not ours;
- `VERDICT = "violated"` (or "unknown"): the verdict it is there to show, where that is not "ok";
- `DEVIATIONS = [Deviation(...), ...]`: the choices that do not take their calm value, as chaos found them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

import attrs

from paytwice.channels import CHANNELS, ChannelProfile
from paytwice.choices import Deviation, Source
from paytwice.errors import PaytwiceError
from paytwice.merchant.port import MerchantFactory
from paytwice.merchant.reference.merchant import reference
from paytwice.places import place_of
from paytwice.run import Run
from paytwice.settings import Settings
from paytwice.story.expecting import disappointment
from paytwice.story.loading import ScenarioError as ScenarioError
from paytwice.story.loading import available as available
from paytwice.story.loading import find as find
from paytwice.story.loading import first_sentence, import_file
from paytwice.story.loading import title_of as title_of
from paytwice.story.parameters import asked_by, of_story
from paytwice.story.player import Story, simulate
from paytwice.story.simulation import Simulation
from paytwice.wording import one_line

VERDICTS: Final = ("ok", "violated", "unknown")
DEFAULTS: Final = Settings()
UNMET: Final = "the story planned to "


class StoryStopped(PaytwiceError):
    """A story wanted to end the process (`sys.exit()`, Ctrl-C) and ended the run only."""


@attrs.frozen
class Scenario:
    """A story, what must be true of the money afterwards, and how to play it."""

    name: str
    title: str
    story: Story
    expect: Callable[[Run], object] | None = None
    settings: Settings = DEFAULTS
    interleavings: int = 0
    verdict: str = "ok"
    channels: Mapping[str, ChannelProfile] = CHANNELS
    source: str = ""  # what `paytwice run` finds it by, where that is not its name
    deviations: tuple[Deviation, ...] = ()  # of the run without a seed

    def play(
        self,
        *,
        seed: int | None = None,
        deviations: Sequence[Deviation] | None = None,
        source: Source | None = None,
        changes: Mapping[str, str] | None = None,
        merchant: MerchantFactory = reference,
        merchant_name: str | None = None,
    ) -> Played:
        """Play it once: from a seed, from deviations, or from its own, which mostly is the calm run.

        A `source` answers the choices in a way of its own. `merchant_name` goes into the replay command.
        """
        changes = dict(changes or {})
        settings = self.changed(changes)
        guarded = _Guarded(self.story)
        if deviations is None and seed is None and source is None and self.deviations:
            deviations = self.deviations
        run = simulate(
            guarded.play,
            name=self.name,
            seed=seed,
            deviations=deviations,
            source=source,
            settings=settings,
            merchant=merchant,
            channels=self.channels,
        )
        run = attrs.evolve(
            run,
            command=self._command(seed, changes, merchant_name),
            stood_at=guarded.stood_at if run.failure is not None else "",
        )
        return Played(self, run, self._disappointment(run))

    def changed(self, changes: Mapping[str, str]) -> Settings:
        """Its settings with some values set from text, parameters of its story among them.

        Raises ValueError that says what is wrong, and which parameters there are.
        """
        settings = self.settings.changed(of_story(changes, lambda: self.parameters))
        settings.tuning.check_channels(self.channels)
        return settings

    @cached_property
    def parameters(self) -> Mapping[str, int]:
        """The parameters that its story asks for in a calm run, each with its default."""
        return asked_by(self.guarded_story, self.settings, self.channels)

    @property
    def guarded_story(self) -> Story:
        """The story, so that it cannot end the process."""
        return _Guarded(self.story).play

    def _command(self, seed: int | None, changes: Mapping[str, str], merchant: str | None) -> tuple[str, ...]:
        chance = () if seed is None else ("--seed", str(seed))
        return ("paytwice", "run", self.source or self.name, *chance, *options_of(changes, merchant))

    def asks_about(self, run: Run) -> bool:
        """Whether `expect` is asked: where chance or faults had a hand, the promises take its place."""
        by_chance = run.seed is not None and (run.profile != "calm" or not self.interleavings)
        return self.expect is not None and run.failure is None and not by_chance

    def _disappointment(self, run: Run) -> str | None:
        """What there is to say against a run: a plan that came to nothing, or what `expect` says."""
        if run.seed is None and run.unmet:
            return f"{UNMET}{' and to '.join(run.unmet)}, and nothing like it happened"
        if self.expect is None or not self.asks_about(run):
            return None
        try:
            self.expect(run)
        except AssertionError as error:
            return disappointment(error)
        except (Exception, SystemExit) as error:
            return f"{type(error).__name__}: {one_line(error)}{place_of(error)}"
        return None


@attrs.define
class _Guarded:
    """A story that cannot end the process, and that tells where it stood when the run was ended under it."""

    story: Story
    stood_at: str = ""

    async def play(self, sim: Simulation) -> None:
        try:
            await self.story(sim)
        except BaseException as error:
            self.stood_at = place_of(error).strip(" ()")
            stop = _leaf(error, (SystemExit, KeyboardInterrupt))
            if stop is None:
                raise
            what = f"{type(stop).__name__}: {one_line(stop)}".removesuffix(": ")
            raise StoryStopped(f"the story raised {what}").with_traceback(stop.__traceback__) from None


def _leaf(error: BaseException, kinds: tuple[type[BaseException], ...]) -> BaseException | None:
    """The first error of some kinds, looked for in groups too."""
    if isinstance(error, BaseExceptionGroup):
        return next((leaf for one in error.exceptions if (leaf := _leaf(one, kinds))), None)
    return error if isinstance(error, kinds) else None


@attrs.frozen
class Played:
    """A run of a scenario, and whether it was as the scenario declares."""

    scenario: Scenario
    run: Run
    disappointment: str | None

    @property
    def as_declared(self) -> bool:
        """Whether the verdict is the declared one and `expect` holds."""
        return (
            self.disappointment is None
            and self.run.failure is None
            and self.run.outcome == self.scenario.verdict
        )

    @property
    def exit_status(self) -> int:
        """0 as declared, 1 violated (or another verdict or outcome than declared), 3 unknown."""
        if self.as_declared:
            return 0
        if self.disappointment is None and self.run.outcome == "unknown":
            return 3
        return 1

    @property
    def why(self) -> str:
        """Why it is not as declared, in a line."""
        if self.disappointment is not None:
            said = self.disappointment
            return said if said.startswith(UNMET) else f"expect says: {said}"
        failure = self.run.failure
        if failure is not None:
            return f"the run ended early: {type(failure).__name__}: {one_line(failure)}"
        return f"the verdict is {self.run.outcome}, and the scenario declares {self.scenario.verdict}"


def options_of(changes: Mapping[str, str], merchant: str | None) -> tuple[str, ...]:
    """The options of a command that set what was set, and name the merchant."""
    words = [word for key, value in changes.items() for word in ("--set", f"{key}={value}")]
    return (*words, *(() if merchant is None else ("--merchant", merchant)))


def load(name: str) -> Scenario:
    """Read a scenario by name or path; `ScenarioError` says what is wrong with it."""
    path = find(name)
    return from_namespace(vars(import_file(path)), path.stem, source=name)


def from_namespace(names: Mapping[str, Any], name: str, *, source: str = "") -> Scenario:
    """Make a scenario of the names that a file defines."""
    story, expect, settings = names.get("story"), names.get("expect"), names.get("SETTINGS", DEFAULTS)
    interleavings, verdict = names.get("INTERLEAVINGS", 0), names.get("VERDICT", "ok")
    if not callable(story):
        raise ScenarioError(f"scenario {name} has no story: write `async def story(sim: Simulation) -> None`")
    if inspect.isfunction(story) and not inspect.iscoroutinefunction(story):
        raise ScenarioError(f"the story of scenario {name} must be `async def`, so that time can pass in it")
    if expect is not None and (not callable(expect) or inspect.iscoroutinefunction(expect)):
        raise ScenarioError(
            f"expect of scenario {name} must be a plain function of the run: `def expect(run)`"
        )
    if not isinstance(settings, Settings):
        raise ScenarioError(
            f"SETTINGS of scenario {name} must be a paytwice.Settings, not {one_line(repr(settings))}"
        )
    if "VARIES" in names:
        try:
            settings = attrs.evolve(settings, varies=names["VARIES"])
        except ValueError as error:
            raise ScenarioError(f"VARIES of scenario {name}: {error}") from None
    if type(interleavings) is not int or interleavings < 0:
        raise ScenarioError(
            f"INTERLEAVINGS of scenario {name} must be 0 or more, not {one_line(repr(interleavings))}"
        )
    channels = names.get("CHANNELS", CHANNELS)
    if (odd := _odd_channel(channels)) is not None:
        raise ScenarioError(
            f"CHANNELS of scenario {name} must map each profile's own name to the profile, "
            f"which {odd} does not"
        )
    if verdict not in VERDICTS:
        raise ScenarioError(
            f"VERDICT of scenario {name} must be one of {', '.join(VERDICTS)}, not {one_line(repr(verdict))}"
        )
    deviations = names.get("DEVIATIONS", ())
    if not isinstance(deviations, list | tuple) or not all(isinstance(one, Deviation) for one in deviations):
        raise ScenarioError(
            f"DEVIATIONS of scenario {name} must be a list of paytwice.Deviation, "
            f"not {one_line(repr(deviations))}"
        )
    title = first_sentence(names.get("__doc__"))
    return Scenario(
        name,
        title,
        story,
        expect,
        settings,
        interleavings,
        verdict,
        channels,
        source,
        tuple(deviations),
    )


def _odd_channel(channels: object) -> str | None:
    if not isinstance(channels, Mapping):
        return f"a {type(channels).__name__}"
    for name, one in channels.items():
        if not isinstance(one, ChannelProfile) or one.name != name:
            return (
                f"{name!r}: {one.name!r}"
                if isinstance(one, ChannelProfile)
                else f"{name!r}: {one_line(repr(one))}"
            )
    return None
