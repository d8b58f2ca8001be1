"""Fault profiles as data: what each can do, what a swarm leaves out, and that all of it is played again."""

from __future__ import annotations

from collections import Counter
from typing import Final

import attrs
import pytest

from paytwice import FaultProfile, Latency, Run, Settings, Simulation, simulate
from paytwice.choices import Choices
from paytwice.faults import CALM, HOSTILE, KINDS, PEAK_NIGHT, PROFILES, ROUGH, SWARM
from paytwice.gallery.winner import SwallowsTheSecond
from paytwice.report.chance import KINDS as TOLD
from paytwice.report.chance import kind
from paytwice.shrinking.aim import Aim
from paytwice.shrinking.shrink import shrink
from paytwice.story.scenario import load

FAULTY: Final = [one for one in PROFILES if one != "calm"]
RATES: Final = {field.name for field in attrs.fields(FaultProfile) if str(field.type) == "int"}


def test_every_rate_belongs_to_one_kind_of_fault() -> None:
    assert Counter(rate for rates in KINDS.values() for rate in rates) == Counter(RATES)


@pytest.mark.parametrize("profile", [ROUGH, HOSTILE, SWARM], ids=lambda one: one.name)
def test_a_rough_day_has_something_of_every_kind(profile: FaultProfile) -> None:
    assert [rate for rate in sorted(RATES) if getattr(profile, rate) == 0] == []


def test_a_hostile_day_has_more_of_everything_than_a_rough_one() -> None:
    assert [rate for rate in sorted(RATES) if getattr(HOSTILE, rate) < getattr(ROUGH, rate)] == []


def test_a_peak_night_has_outages_rate_limits_and_slow_stores_above_all() -> None:
    assert (
        min(
            PEAK_NIGHT.down / ROUGH.down,
            PEAK_NIGHT.busy / ROUGH.busy,
            PEAK_NIGHT.store_slow / ROUGH.store_slow,
        )
        >= 10
    )


# -- swarm --------------------------------------------------------------------------------------------------


def rates_of(seed: int) -> dict[str, bool]:
    drawn = SWARM.drawn(Choices(seed=seed).toss)
    return {name: all(getattr(drawn, rate) for rate in rates) for name, rates in KINDS.items()}


def test_each_kind_of_fault_exists_in_about_half_of_the_seeds_whatever_the_others() -> None:
    swarm = [rates_of(seed) for seed in range(400)]
    for name in KINDS:
        assert 0.4 < sum(one[name] for one in swarm) / len(swarm) < 0.6, name
    for one, other in zip([*KINDS][:-1], [*KINDS][1:], strict=True):
        both = sum(drawn[one] and drawn[other] for drawn in swarm)
        assert 0.17 < both / len(swarm) < 0.33, (one, other)


def test_what_is_out_does_not_happen_and_what_is_in_keeps_its_rate() -> None:
    drawn = SWARM.drawn(Choices(seed=3).toss)

    assert {getattr(drawn, rate) for rate in RATES} > {0}
    assert all(getattr(drawn, rate) in (0, getattr(HOSTILE, rate)) for rate in RATES)
    assert drawn.swarm is None


@pytest.mark.parametrize("choices", [Choices(), Choices(script=[])], ids=["calm", "replayed"])
def test_where_nothing_is_drawn_everything_exists(choices: Choices) -> None:
    assert SWARM.drawn(choices.toss) == attrs.evolve(HOSTILE, name="swarm")
    assert choices.taken == []


def test_the_coins_are_no_deviations() -> None:
    run = played("swarm", 5)

    assert not [one for one in run.deviations if "swarm" in one.name]


def test_a_profile_of_ones_own_can_be_a_swarm() -> None:
    own = FaultProfile("own", loss=500_000, crash=100_000, downtime=Latency.constant(1_000), swarm=500_000)

    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.pay("wechat")

    kinds = set()
    for seed in range(60):
        found = {kind(one) for one in simulate(story, seed=seed, faults=own).deviations}
        kinds.add(frozenset(found & {"lost", "crash"}))

    assert kinds == {frozenset(), frozenset({"lost"}), frozenset({"crash"}), frozenset({"lost", "crash"})}


# -- replay -------------------------------------------------------------------------------------------------


def played(profile: str, seed: int) -> Run:
    return load("busy_shop").play(seed=seed, changes={"profile": profile}).run


@pytest.mark.parametrize("profile", FAULTY)
def test_a_run_is_played_again_from_what_went_wrong_alone(profile: str) -> None:
    for seed in range(8):
        first = played(profile, seed)
        again = load("busy_shop").play(deviations=first.deviations, changes={"profile": profile}).run
        assert again.digest == first.digest
        assert again.deviations == first.deviations
        assert again.unused == ()


@pytest.mark.parametrize("profile", ["hostile", "swarm"])
def test_a_failure_of_a_hostile_day_shrinks(profile: str) -> None:
    scenario = load("impatient_pair")
    settings = {"profile": profile}
    runs = (scenario.play(seed=seed, changes=settings, merchant=SwallowsTheSecond).run for seed in range(50))
    failing = next(run for run in runs if any(one.invariant == "S4" for one in run.verdict.violations))
    found = shrink(
        lambda some: scenario.play(deviations=some, changes=settings, merchant=SwallowsTheSecond).run,
        failing,
        Aim("S4", "P1"),
    )

    assert found.is_finished
    assert len(found.deviations) <= 3


# -- what happens -------------------------------------------------------------------------------------------


def test_every_kind_of_fault_happens_on_hostile_days_and_is_told_by_its_name() -> None:
    found: Counter[str] = Counter()
    often = attrs.evolve(HOSTILE, short=300_000, price=200_000)
    for name, seeds in (("busy_shop", 10), ("refund_desk", 30)):
        for seed in range(seeds):
            run = simulate(load(name).story, seed=seed, settings=load(name).settings, faults=often)
            found.update(map(kind, run.deviations))
    print(found)

    assert set(found) == set(TOLD) - {"other"}


def test_the_calm_profile_is_calm() -> None:
    assert CALM.is_calm
    assert not any(one.is_calm for one in PROFILES.values() if one is not CALM)
    assert Settings().profile == "calm"
