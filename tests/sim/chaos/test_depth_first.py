"""Depth-first plays every order once, says when it has, and finds what calm never shows."""

from __future__ import annotations

from math import comb, factorial

import pytest
import trio
from tests.sim.kernel.playing import play
from tests.sim.merchants.plots import both_at_once
from tests.sim.merchants.racing import SlowForUnionPay

from paytwice import Run, Simulation, simulate
from paytwice.chaos.depth_first import DepthFirst, explore
from paytwice.choices import Choices, Source
from paytwice.kernel.kernel import Kernel
from paytwice.story.plot import Plot


def letters(tasks: str, steps: int) -> DepthFirst[str]:
    """A world of tasks that write their letter so many times, a step apart."""

    async def main(kernel: Kernel, _: trio.Nursery) -> str:
        written: list[str] = []

        async def write(letter: str) -> None:
            for step in range(steps):
                if step:
                    await kernel.step(letter)
                written.append(letter)

        async with trio.open_nursery() as nursery:
            for letter in tasks:
                kernel.spawn(nursery, letter, write, letter)
        return "".join(written)

    return DepthFirst(lambda source: play(main, choices=Choices(source=source)))


@pytest.mark.parametrize(
    ("tasks", "steps"), [("A", 3), ("AB", 1), ("ABC", 1), ("ABCD", 1), ("AB", 3), ("AB", 4)]
)
def test_exactly_the_orders_that_exist_are_played_and_none_twice(tasks: str, steps: int) -> None:
    search = letters(tasks, steps)
    orders = list(search.runs(10_000))
    exist = factorial(len(tasks)) if steps == 1 else comb(2 * steps, steps) if len(tasks) == 2 else 1

    assert len(orders) == len(set(orders)) == exist == search.played
    assert orders[0] == tasks * steps, "the first is first come, first served"
    assert search.is_over
    assert search.says == f"all {exist} schedules of this story were played"


def test_a_search_that_is_stopped_says_that_there_is_more() -> None:
    search = letters("ABCD", 1)

    assert len(list(search.runs(23))) == 23
    assert not search.is_over
    assert search.says == "23 schedules of this story were played, and there are more"
    assert len(list(search.runs(24))) == 24, "it begins anew when it is asked again"
    assert search.is_over


def test_a_bound_of_delays_leaves_only_orders_near_to_calm() -> None:
    search = letters("ABCD", 1)
    search.delays = 1
    orders = list(search.runs(1_000))

    assert orders == ["ABCD", "ABDC", "ACDB", "BCDA"]
    assert search.says == "all 4 schedules of this story with one delay or none were played"


def test_a_bound_of_depth_varies_the_first_decisions_only() -> None:
    search = letters("ABCD", 1)
    search.depth = 1

    assert list(search.runs(1_000)) == ["ABCD", "BCDA", "CDAB", "DABC"]


async def chooses(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    if sim.choose("pays", 3):
        await order.start("wechat")


def test_what_customers_choose_is_tried_where_that_is_asked_for() -> None:
    def tell(source: Source) -> Run:
        return simulate(chooses, source=source)

    with_options = DepthFirst(tell, delays=2, options=True)
    without = DepthFirst(tell, delays=2)

    assert {_option(run) for run in without.runs(500)} == {0}
    assert {_option(run) for run in with_options.runs(500)} == {0, 1, 2}


def _option(run: Run) -> object:
    return next((one.value for one in run.deviations if one.name == "choose pays"), 0)


# -- whole stories -------------------------------------------------------------------------------------------


def test_a_race_that_calm_never_shows_is_found_and_played_again_from_its_deviations() -> None:
    def played(source: Source) -> Run:
        return simulate(both_at_once, source=source, merchant=SlowForUnionPay)

    search = DepthFirst(played, delays=1)
    runs = list(search.runs(1_000))
    broken = [run for run in runs if run.verdict.violations]

    assert search.is_over
    assert broken
    assert broken[0] is not runs[0], "first come, first served is sound"
    again = simulate(both_at_once, deviations=broken[0].deviations, merchant=SlowForUnionPay)
    assert again.digest == broken[0].digest
    assert again.unused == ()


def test_the_seed_story_keeps_its_promises_under_every_order_with_one_delay() -> None:
    search = explore(Plot("late_wechat_after_alipay").loaded(), delays=1)
    runs = list(search.runs(1_000))

    assert search.is_over, search.says
    assert 30 < search.played < 200
    assert len({run.digest for run in runs}) > 30
    assert all(run.ok for run in runs)
    assert {run.schedule for run in runs} == {"depth-first"}
