"""The fixture `paytwice`: plays stories in a test, with the merchant, settings and seed of that test."""

from __future__ import annotations

import functools
import shlex
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import attrs
import pytest

from paytwice.choices import Deviation
from paytwice.places import place_of
from paytwice.run import Run
from paytwice.shrinking.replay import Outcome, Replay
from paytwice.story.loading import LoadingError, first_sentence
from paytwice.story.plot import Stage
from paytwice.story.scenario import Played, Scenario, options_of
from paytwice.testing.calling import Call
from paytwice.testing.failing import BrokenPromise, Wanted, is_wrong, raise_for
from paytwice.testing.seeds import Seeds
from paytwice.testing.terms import Changes, Channels, Merchant, Terms, Told
from paytwice.testing.told import FAILURE, REPLAY, RUNS, Ran


@attrs.define(eq=False, repr=False)
class PaytwiceFixture:
    """Plays stories in one test; `seed` is the one that the test has now, None where it is calm."""

    _item: pytest.Item
    _call: Call
    _seeds: Seeds
    _profile: str
    _terms: Terms
    _recorded: Replay | None
    _wanted: Wanted
    seed: int | None = None
    _left: int = 0  # seeds of this item that are still to be played
    _waits: bool = False  # for its test to begin, which has more seeds than one
    _has_replayed: bool = False

    def __attrs_post_init__(self) -> None:
        seeds = self._seeds.seeds
        self._waits = len(seeds) > 1
        self.seed = seeds[0] if len(seeds) == 1 else None

    def __repr__(self) -> str:
        return "<paytwice, calm>" if self.seed is None else f"<paytwice, seed {self.seed}>"

    def play(
        self, story: Told, *, merchant: Merchant = None, settings: Changes = None, channels: Channels = None
    ) -> Run:
        """Play a story once, and fail the test unless the run is as it must be.

        A story is an `async def` of a Simulation, or the name or path of a scenario. A calm run must be as
        the scenario declares, which mostly is ok; with a seed no promise may be broken. What is not said
        here is as the mark, the command line and the fixture `paytwice_merchant` have it. Raises
        BrokenPromise, or what the story raised.
        """
        __tracebackhide__ = True
        terms = self._terms_for(merchant, settings, channels)
        return self._judged(terms, self._stage(terms, story))

    def simulate(
        self, story: Told, *, merchant: Merchant = None, settings: Changes = None, channels: Channels = None
    ) -> Run:
        """Play a story once like `play`, and leave it to the test to judge the run."""
        __tracebackhide__ = True
        terms = self._terms_for(merchant, settings, channels)
        return self._play(self._stage(terms, story)).run

    def play_test(self, play: Told, test: Callable[..., Any]) -> None:
        """Play a test that is a story: there is no line in it to which a traceback of ours could lead."""
        __tracebackhide__ = True
        scenario = Scenario(test.__name__, first_sentence(test.__doc__), play)  # type: ignore[arg-type]
        try:
            self.play(scenario)
        except BrokenPromise as broken:
            said = str(broken)
        else:
            return
        pytest.fail(said, pytrace=False)

    def for_each_seed(self, test: Callable[..., Any]) -> Callable[..., None]:
        """The test, called for one seed of this item after the other until it fails with one."""
        if not self._waits:
            return test

        @functools.wraps(test)
        def each(**given: Any) -> None:
            __tracebackhide__ = True
            self._waits = False
            seeds = self._seeds.seeds
            for number, seed in enumerate(seeds, 1):
                self.seed, self._left = seed, len(seeds) - number
                test(**given)

        return each

    def check_played(self) -> None:
        """Fail a test that has seeds, or a run to replay, and made nothing of them."""
        __tracebackhide__ = True
        if self._recorded is not None and not self._has_replayed:
            pytest.fail(
                f"{self._seeds.file} was recorded with the story {self._recorded.story!r}, and this test "
                "does not play it",
                pytrace=False,
            )
        if self._seeds.seeds and REPLAY not in self._item.stash:
            pytest.fail(
                "this test has seeds and plays nothing with them: call paytwice.play(story), "
                "or take the mark away",
                pytrace=False,
            )

    def _terms_for(self, merchant: Merchant, settings: Changes, channels: Channels) -> Terms:
        if self._waits:
            pytest.fail(
                f"this test has {len(self._seeds.seeds)} seeds to an item: play them in the test itself, for "
                "what a fixture plays is played once for all of them; or mark it with chunk=1",
                pytrace=False,
            )
        chance = Terms(changes={} if self.seed is None else {"profile": self._profile})
        own = self._terms
        return chance.but(own.merchant, own.changes, own.channels).but(merchant, settings, channels)

    def _stage(self, terms: Terms, story: Told) -> Stage:
        __tracebackhide__ = True
        try:
            stage = terms.stage(story, self._call.test)
        except LoadingError as error:
            said = f"{error}{place_of(error.__cause__) if error.__cause__ is not None else ''}"
        else:
            recorded = self._recorded_for(stage)
            changes = stage.plot.changes if recorded is None else recorded.settings
            return attrs.evolve(stage, plot=attrs.evolve(stage.plot, changes=changes))
        pytest.fail(said, pytrace=False)

    def _judged(self, terms: Terms, stage: Stage) -> Run:
        __tracebackhide__ = True
        played = self._play(stage)
        run, recorded = played.run, self._recorded_for(stage)
        if is_wrong(played, by_chance=self.seed is not None or recorded is not None):
            self._item.stash[FAILURE] = lambda: self._told(terms, stage, run)
            raise_for(played)
        if recorded is not None and recorded.outcome(run) is Outcome.STALE:
            lost = "".join(f"\n  no longer happens: {one}" for one in run.unused)
            pytest.fail(f"{self._seeds.file} is stale, and says nothing of this run:{lost}", pytrace=False)
        return run

    def _play(self, stage: Stage) -> Played:
        recorded = self._recorded_for(stage)
        if recorded is None:
            played = _play(stage, seed=self.seed)
            command = self._call.again(self.seed)
        else:
            self._has_replayed = True
            played = _play(stage, deviations=recorded.deviations)
            command = self._call.from_file(self._seeds.file)
        run = attrs.evolve(played.run, command=command)
        outcome = run.outcome if run.failure is None else "failed"
        broken = tuple(dict.fromkeys(one.invariant for one in run.verdict.violations))
        stash = self._item.stash
        stash.setdefault(RUNS, []).append(Ran(run.seed, run.profile, run.digest, outcome, broken))
        stash[REPLAY], stash[FAILURE] = shlex.join(command), list
        return attrs.evolve(played, run=run)

    def _recorded_for(self, stage: Stage) -> Replay | None:
        """The recorded run of a story; that of a test's own is known by what it is, for tests are renamed."""
        if self._recorded is None:
            return None
        is_own = "::" in self._recorded.story and not stage.scenario.source
        return self._recorded if is_own or self._recorded.story == stage.plot.source else None

    def _told(self, terms: Terms, stage: Stage, run: Run) -> Iterator[str]:
        """What there is to say of a failure besides its message."""
        yield f"replay    {shlex.join(run.command)}"
        if stage.scenario.source and terms.can_be_named and self._recorded is None:
            chance = () if run.seed is None else ("--seed", str(run.seed))
            others = options_of(stage.plot.changes, stage.plot.merchant)
            yield f"or        {shlex.join(('paytwice', 'run', stage.scenario.source, *chance, *others))}"
        if self._left:
            yield f"{self._left} more seeds of this item were not played"
        yield from self._wanted.tell(stage, run, self._call, lambda some: _play(stage, deviations=some).run)


def _play(stage: Stage, *, seed: int | None = None, deviations: Sequence[Deviation] | None = None) -> Played:
    return stage.scenario.play(
        seed=seed,
        deviations=deviations,
        changes=stage.plot.changes,
        merchant=stage.factory,
        merchant_name=stage.plot.merchant,
    )
