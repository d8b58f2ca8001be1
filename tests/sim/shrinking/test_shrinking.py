"""A failing seed becomes the few decisions that matter, and none of them can be left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import pytest

from paytwice import Deviation, Run, Settings, Simulation, minutes, seconds, simulate
from paytwice.gallery.winner import ComparesTheChannelOnly, SwallowsTheSecond
from paytwice.merchant.port import MerchantFactory
from paytwice.shrinking.aim import Aim
from paytwice.shrinking.shrink import Replay, Shrunk, shrink
from paytwice.shrinking.simpler import NUMBER, ROUND, simpler
from paytwice.story.player import Story
from paytwice.story.scenario import load

ROUGH = Settings(profile="rough")
BUSY = load("busy_shop")


def replays(story: Story, merchant: MerchantFactory) -> Replay:
    return lambda deviations: simulate(story, deviations=deviations, settings=ROUGH, merchant=merchant)


def first_failing(story: Story, merchant: MerchantFactory, invariant: str = "S4") -> Run:
    return next(all_failing(story, merchant, invariant))


def all_failing(story: Story, merchant: MerchantFactory, invariant: str = "S4") -> Iterator[Run]:
    for seed in range(200):
        run = simulate(story, seed=seed, settings=ROUGH, merchant=merchant)
        if any(one.invariant == invariant for one in run.verdict.violations):
            yield run
    raise AssertionError(f"no other seed breaks {invariant}")


@pytest.fixture(scope="module")
def failing() -> Run:
    return first_failing(BUSY.story, SwallowsTheSecond)


@pytest.fixture(scope="module")
def shrunk(failing: Run) -> Shrunk:
    return shrink(replays(BUSY.story, SwallowsTheSecond), failing)


def test_a_planted_bug_comes_down_to_three_decisions_at_most(failing: Run, shrunk: Shrunk) -> None:
    assert len(failing.deviations) > 100
    assert 1 <= len(shrunk.deviations) <= 3
    assert shrunk.is_finished
    assert shrunk.began_with == len(failing.deviations)


def test_a_same_channel_mistake_comes_down_as_well() -> None:
    few = list(islice(all_failing(BUSY.story, ComparesTheChannelOnly), 9))
    simplest = min(few, key=lambda run: len(run.deviations))  # which is the one that a campaign shrinks
    small = shrink(replays(BUSY.story, ComparesTheChannelOnly), simplest)

    assert len(small.deviations) <= 3


def test_what_a_customer_came_to_later_is_done_at_once(shrunk: Shrunk) -> None:
    choices = [one for one in shrunk.deviations if one.name.startswith("choose ")]

    assert choices
    assert all(one.n == 1 for one in choices)


def test_what_is_left_breaks_the_same_promise_to_the_same_order(failing: Run, shrunk: Shrunk) -> None:
    again = replays(BUSY.story, SwallowsTheSecond)(shrunk.deviations)

    assert Aim.of(failing) == shrunk.aim
    assert shrunk.aim.is_hit_by(again)
    assert again.digest == shrunk.run.digest
    assert again.unused == ()


def test_none_of_what_is_left_can_be_left_out(shrunk: Shrunk) -> None:
    replay = replays(BUSY.story, SwallowsTheSecond)

    for index in range(len(shrunk.deviations)):
        fewer = shrunk.deviations[:index] + shrunk.deviations[index + 1 :]
        assert not shrunk.aim.is_hit_by(replay(fewer))


def test_the_nearest_passing_run_differs_in_the_decision_that_is_named(shrunk: Shrunk) -> None:
    assert shrunk.passing is not None
    assert not shrunk.passing.verdict.violations
    assert shrunk.decisive in shrunk.deviations
    assert shrunk.decisive not in shrunk.passing.deviations


def test_a_bug_that_needs_no_bad_luck_takes_no_deviations() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.start("wechat")
        await order.pay("alipay")
        await order.confirm("wechat")
        await sim.sleep(minutes(1))

    failing = first_failing(story, SwallowsTheSecond)
    small = shrink(replays(story, SwallowsTheSecond), failing)

    assert small.deviations == ()
    assert small.decisive is None


def test_delays_go_to_the_smallest_round_ones() -> None:
    """Alipay's news has to be late by ten seconds, on its way or in the store; how late beyond is all one."""

    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.start("wechat")
        await order.pay("alipay")
        await sim.sleep(seconds(10))
        await order.confirm("wechat")

    failing = first_failing(story, SwallowsTheSecond)
    small = shrink(replays(story, SwallowsTheSecond), failing)

    [late] = small.deviations
    [delay] = NUMBER.findall(str(late.value))
    assert int(delay) in ROUND
    assert 5_000 <= int(delay) <= 60_000


def test_shrinking_stops_at_its_limit_and_says_so(failing: Run) -> None:
    few = shrink(replays(BUSY.story, SwallowsTheSecond), failing, most_runs=3)

    assert not few.is_finished
    assert few.aim.is_hit_by(few.run)


def test_a_run_that_breaks_nothing_cannot_be_shrunk() -> None:
    passing = simulate(BUSY.story)

    with pytest.raises(ValueError, match="breaks no promise"):
        shrink(replays(BUSY.story, SwallowsTheSecond), passing)


def test_a_failure_that_is_not_repeatable_is_told(failing: Run) -> None:
    with pytest.raises(ValueError, match="is there something random"):
        shrink(lambda _: simulate(BUSY.story), failing)


@pytest.mark.parametrize(
    ("value", "tried"),
    [
        (7_000, [0, 1_000, 5_000]),
        (0, []),
        (None, []),
        ("first", []),
        ("last", []),
        ("after 3", ["last", "after 1", "after 2"]),
        ("after none", ["last"]),
        ("crash 6000", ["crash 0", "crash 1000", "crash 5000"]),
        ((40, 2_000), [(0, 2_000), (40, 0), (40, 1_000)]),
    ],
)
def test_simpler_values_are_rounder_and_smaller(value: object, tried: list[object]) -> None:
    deviation = Deviation("x", 1, value)

    assert list(simpler(deviation.value)) == tried


def test_of_three_copies_one_is_left_out_first() -> None:
    assert next(simpler((1, 2, 3))) == (2, 3)


def test_shrinking_ends_when_its_time_is_over_with_what_it_has(failing: Run) -> None:
    replay, played = replays(BUSY.story, SwallowsTheSecond), list[int]()

    def counted(deviations: Sequence[Deviation]) -> Run:
        played.append(len(deviations))
        return replay(deviations)

    small = shrink(counted, failing, is_over=lambda: len(played) >= 5)

    assert (len(played), small.runs) == (5, 5)
    assert not small.is_finished
    assert small.aim.is_hit_by(small.run)
    assert small.run.deviations == small.deviations


def test_what_makes_sense_together_only_is_left_out_together() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        first, second = (sim.choose(who, 3) for who in ("one way", "other way"))
        if first == second:
            await sim.together(order.pay("wechat"), order.pay("alipay"))

    replay = replays(story, SwallowsTheSecond)
    ways = [Deviation("choose one way", 1, 2), Deviation("choose other way", 1, 2)]

    assert shrink(replay, replay(ways)).deviations == ()
