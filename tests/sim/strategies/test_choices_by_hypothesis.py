"""Hypothesis makes the choices of runs: many different ones, the same again, and few where it found a bug."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, seed, settings
from hypothesis import strategies as st
from hypothesis.database import InMemoryExampleDatabase
from hypothesis.errors import StopTest
from tests.sim.merchants.broken import ComparesTheChannelOnly, SwallowsTheSecond

from paytwice import Run, Settings, Simulation, simulate
from paytwice.choices import Sample, Value
from paytwice.errors import BrokenPromise
from paytwice.story.scenario import load
from paytwice.strategies import DrawnWorld, Luck, choices, only, runs, stories, worlds
from paytwice.strategies.scores import SCORES

PHASES = (Phase.generate,)
ROUGH = Settings(profile="rough")


def tried(strategy: st.SearchStrategy[Any], examples: int, *, phases: Sequence[Phase] = PHASES) -> list[Any]:
    """What a test of so many examples is given, always the same."""
    given_to_it: list[Any] = []

    @seed(7)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=phases,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(strategy)
    def test(example: Any) -> None:
        given_to_it.append(example)

    test()
    return given_to_it


def shrunk(*args: Any, **kwargs: Any) -> list[Run]:
    """The runs that a failing test was given; the last of them is what it shrank to."""
    given_to_it: list[Run] = []

    @seed(3)
    @settings(
        max_examples=400,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.target, Phase.shrink),
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(runs(*args, **kwargs))
    def failing(run: Run) -> None:
        given_to_it.append(run)
        run.check()

    with pytest.raises(BrokenPromise):
        failing()
    return given_to_it


async def pays(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.pay("wechat")


@pytest.mark.parametrize(("story", "least"), [("busy_shop", 130), ("late_wechat_after_alipay", 130)])
def test_two_hundred_examples_are_many_different_runs(story: str, least: int) -> None:
    digests = {run.digest for run in tried(runs(story), 200)}

    assert len(digests) >= least


def test_without_its_choices_it_would_be_one_run() -> None:
    assert len({run.digest for run in tried(runs("late_wechat_after_alipay", profile="calm"), 20)}) > 1
    assert len({simulate(load("late_wechat_after_alipay").story).digest for _ in range(3)}) == 1


def test_a_run_is_played_again_from_its_deviations() -> None:
    story = load("late_wechat_after_alipay").story

    for run in tried(runs("late_wechat_after_alipay"), 40):
        again = simulate(story, deviations=run.deviations, settings=ROUGH)
        assert (again.digest, again.unused) == (run.digest, ())


def test_the_same_draws_are_the_same_run() -> None:
    one, other = (tried(runs("busy_shop"), 30) for _ in range(2))

    assert [run.digest for run in one] == [run.digest for run in other]


def test_the_simplest_run_is_the_calm_one() -> None:
    first = tried(runs("late_wechat_after_alipay"), 1)[0]

    assert first.deviations == ()
    assert first.digest == simulate(load("late_wechat_after_alipay").story, settings=ROUGH).digest


def test_a_merchant_that_does_not_compare_the_number_is_found_and_told_in_few_deviations() -> None:
    found = shrunk(stories(customers=1, acts=4), merchant=ComparesTheChannelOnly)

    assert len(found[-1].deviations) <= 2, found[-1].deviations
    assert "S4" in {one.invariant for one in found[-1].verdict.violations}


def test_a_fault_that_matters_is_all_that_is_left_of_many() -> None:
    def loses_an_answer(run: Run) -> bool:
        return any(one.value == "lost" and "pay.start.reply" in one.name for one in run.deviations)

    budget = settings(max_examples=1_000, database=None, deadline=None, derandomize=True)
    run = find(runs(pays, profile=only("rough", ["loss", "late"])), loses_an_answer, settings=budget)

    assert len(run.deviations) <= 3, run.deviations


def test_what_a_failing_test_says_plays_the_run_again() -> None:
    run = shrunk("late_wechat_after_alipay", merchant=SwallowsTheSecond)[-1]

    with pytest.raises(BrokenPromise, match="breaks S4") as error:
        run.check()
    code = str(error.value).rpartition("To play it again:")[2]
    names: dict[str, Any] = {"SwallowsTheSecond": SwallowsTheSecond}
    exec("\n".join(line[4:] for line in code.splitlines()), names)
    assert names["run"].digest == run.digest


def test_a_failure_is_found_again_in_the_database_of_examples() -> None:
    database = InMemoryExampleDatabase()
    tries: list[bool] = []

    @settings(max_examples=200, database=database, deadline=None, phases=(Phase.reuse, Phase.generate))
    @given(runs("late_wechat_after_alipay"))
    def no_message_is_lost(run: Run) -> None:
        tries.append(all(one.value != "lost" for one in run.deviations))
        assert tries[-1]

    for _ in range(2):
        tries.clear()
        with pytest.raises(AssertionError):
            no_message_is_lost()

    assert not tries[0]


def test_the_reference_merchant_keeps_its_promises() -> None:
    for run in tried(runs(), 40):
        run.check()


def test_how_near_a_run_came_is_told_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, int]] = []
    monkeypatch.setattr("paytwice.strategies.scores.target", lambda score, label: told.append((label, score)))

    tried(runs("late_wechat_after_alipay"), 1)
    assert told == []
    right = tried(runs("late_wechat_after_alipay", aimed=True), 1)[0]
    wrong = tried(runs("late_wechat_after_alipay", merchant=SwallowsTheSecond, aimed=True), 1)[0]
    assert [label for label, _ in told] == [f"paytwice: {name}" for name in SCORES] * 2
    assert 0 < SCORES["money at stake"](right) < SCORES["money at stake"](wrong)


def test_two_runs_of_one_example_may_both_be_aimed() -> None:
    assert tried(st.tuples(*[runs(pays, profile="calm", aimed=True)] * 2), 2)


# -- the end of an example, which Hypothesis raises where a choice is asked for ------------------------------


class Spent:
    """Draws so many numbers, and then ends the example."""

    def __init__(self, left: int) -> None:
        self.left = left

    def __call__(self, _strategy: st.SearchStrategy[int], /) -> int:
        if not self.left:
            raise StopTest(0)
        self.left -= 1
        return 4 if self.left % 2 else 1


@pytest.mark.parametrize("left", [0, 1, 5, 20])
def test_the_end_of_an_example_comes_after_the_run_and_not_in_it(left: int) -> None:
    luck = Luck(Spent(left))
    run = simulate(load("late_wechat_after_alipay").story, source=luck, settings=ROUGH)

    assert run.failure is None
    run.check()
    with pytest.raises(StopTest):
        luck.end()


def test_when_an_example_has_ended_all_is_calm() -> None:
    run = simulate(load("late_wechat_after_alipay").story, source=Luck(Spent(0)), settings=ROUGH)

    assert run.deviations == ()


def test_the_draws_of_an_example_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("paytwice.strategies.luck.MOST_DRAWS", 10)
    luck = Luck(Spent(1_000))
    simulate(load("busy_shop").story, source=luck, settings=ROUGH)

    assert luck.draws == 10
    luck.end()


# -- more than one run of an example -------------------------------------------------------------------------


def test_two_merchants_meet_the_same_choices() -> None:
    def both(world: DrawnWorld) -> tuple[str, str]:
        return world.play().digest, world.play().digest

    assert all(one == other for one, other in tried(worlds("busy_shop").map(both), 20))


def test_choices_are_a_source_for_any_story() -> None:
    story = load("late_wechat_after_alipay").story

    @settings(max_examples=20, database=None, deadline=None)
    @given(choices())
    def test(luck: Luck) -> None:
        run = simulate(story, source=luck, settings=ROUGH)
        luck.end()
        run.check()

    test()


def test_what_chance_has_no_say_in_is_not_drawn() -> None:
    luck = Luck(Spent(100))
    nothing: Sample | None = None
    calm: Value = "calm"

    assert luck.value("merchant answers", 1, calm, nothing) == calm
    assert luck.draws == 0


def test_a_story_of_ones_own_is_called_by_its_name() -> None:
    assert tried(runs(pays), 1)[0].story == "pays"


def test_a_passing_run_has_nothing_to_raise_and_prints_in_a_line() -> None:
    run = tried(runs(pays), 1)[0]
    run.check()

    assert repr(run) == "<Run of story, calm: ok>"
