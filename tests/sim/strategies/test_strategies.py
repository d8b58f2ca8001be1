"""Stories, plans and profiles that are drawn: each prints as the code that makes it, and can be played."""

from __future__ import annotations

import re
import subprocess
import sys

import attrs
import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

import paytwice.strategies as ours
from paytwice import FaultProfile, Settings, simulate
from paytwice.faults import CALM, ROUGH
from paytwice.story.mishaps import UnderFaults
from paytwice.strategies import (
    FaultPlan,
    Pay,
    ShopStory,
    Visit,
    fault_plans,
    fault_profiles,
    only,
    policies,
    register_profiles,
    stories,
    worlds,
)
from paytwice.strategies.weathers import RATES, in_code

FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@given(stories(), fault_plans())
def test_what_is_printed_makes_the_same_again(story: ShopStory, plan: FaultPlan) -> None:
    assert eval(repr(story), vars(ours)) == story
    assert eval(repr(plan), vars(ours)) == plan


@FEW
@given(stories())
def test_a_drawn_story_is_called_as_any_story_is(story: ShopStory) -> None:
    run = simulate(story)

    run.check()
    assert len(run.orders) == len(story.visits)


@FEW
@given(stories(customers=1), fault_plans())
def test_the_reference_merchant_stands_what_is_planned(story: ShopStory, plan: FaultPlan) -> None:
    simulate(plan.under(story)).check()


@FEW
@given(stories())
def test_nobody_confirms_where_he_has_not_chosen(story: ShopStory) -> None:
    assert simulate(story).unmet == ()


def test_a_story_shrinks_to_one_customer_who_pays() -> None:
    simplest = find(stories(), lambda story: any(isinstance(one, Pay) for one in story.visits[-1].acts))

    assert simplest == ShopStory((Visit("1.00 CNY", (Pay("wechat"),)),))


def test_a_plan_shrinks_to_nothing_at_all_and_leaves_the_story_as_it_is() -> None:
    story = ShopStory((Visit("1.00 CNY"),))

    assert find(fault_plans(), lambda plan: True) == FaultPlan()
    assert FaultPlan().under(story) is story


@given(fault_plans())
def test_a_plan_has_what_a_message_may_meet(plan: FaultPlan) -> None:
    assert len(plan.mishaps) <= 4
    assert all(mishap.at >= 0 for mishap in plan.mishaps)


@given(fault_profiles("rough"))
def test_a_drawn_profile_has_some_of_the_faults_of_its_base_each_as_often(profile: FaultProfile) -> None:
    for rate in RATES:
        assert getattr(profile, rate) in (0, getattr(ROUGH, rate))
    assert eval(in_code(profile), {"only": only}) == profile


def test_every_rate_of_a_profile_is_a_kind_of_fault() -> None:
    rates = [field.name for field in attrs.fields(FaultProfile) if type(getattr(ROUGH, field.name)) is int]

    assert list(RATES) == rates
    assert only("rough", RATES) == ROUGH
    assert only("rough", ()).is_calm
    assert in_code(attrs.evolve(CALM, name="mine", loss=1)) == "faults"


def test_all_policies_are_drawn() -> None:
    seen: set[str] = set()

    @settings(max_examples=200, database=None)
    @given(policies())
    def look(one: Settings) -> None:
        seen.add(str(one.policy))

    look()
    assert len(seen) == 16


def test_a_world_says_what_it_is_made_of() -> None:
    world = find(worlds(profile=fault_profiles(), plan=st.just(FaultPlan())), lambda world: True)

    assert "ShopStory(visits=(Visit(" in repr(world)
    assert "faults=only('rough', ())" in repr(world)
    assert not isinstance(world.story, UnderFaults)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: worlds("late_wechat_after_alipy"), "late_wechat_after_alipay"),
        (lambda: worlds(profile="rouhg"), "rough"),
        (lambda: only("rough", ["losses"]), "loss"),
        (lambda: stories(channels=()), "a channel"),
        (lambda: fault_plans(mishaps=-1), "0 mishaps or more"),
    ],
)
def test_a_wrong_argument_is_refused_before_anything_is_drawn(wrong: object, says: str) -> None:
    assert callable(wrong)
    with pytest.raises(Exception, match=says):
        wrong()


def test_three_profiles_of_hypothesis_are_registered() -> None:
    names = register_profiles()
    budgets = [settings.get_profile(name) for name in names]

    assert names == ("paytwice-dev", "paytwice-ci", "paytwice-nightly")
    assert [one.max_examples for one in budgets] == sorted(one.max_examples for one in budgets)
    assert [one.derandomize for one in budgets] == [False, True, False]
    assert all(one.deadline is None for one in budgets)


def test_paytwice_needs_no_hypothesis_and_its_strategies_say_that_they_do() -> None:
    code = """
import sys
sys.modules["hypothesis"] = None
import paytwice
[getattr(paytwice, name) for name in dir(paytwice)]
import paytwice.story.acts, paytwice.story.mishaps
try:
    import paytwice.strategies
except ModuleNotFoundError as error:
    print(error)
"""
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    ).stdout

    assert re.search(r"pip install 'paytwice\[hypothesis\]'", said)
