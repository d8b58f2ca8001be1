"""How much there is to do at each moment, against the journal and against the story."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.library import WORLDS

from paytwice import Simulation, minutes, seconds, simulate
from paytwice.history.history import History, of_run
from paytwice.history.load import Curve, Level, load, peak
from paytwice.journal import Journal
from paytwice.story import scenario


def at(curve: Curve, ms: int) -> Level:
    return next(level for level in reversed(curve) if level.at <= ms)


@pytest.mark.parametrize("world", WORLDS)
def test_all_is_done_at_the_end_of_a_run_that_went_well_and_nothing_is_ever_below_zero(world: Path) -> None:
    well = 0
    for seed in range(6):
        run = scenario.load(str(world)).play(seed=seed, changes={"profile": "rough"}).run
        found = load(of_run(run))
        curves = (found.in_flight, found.held, found.backlog, found.requests, found.open_orders, found.owed)
        assert all(amount >= 0 for curve in curves for level in curve for amount in level.by.values())
        if run.ok:
            well += 1
            done = (found.in_flight, found.held, found.backlog, found.requests, found.open_orders)
            assert [curve[-1].total for curve in done] == [0] * 5
        for level in found.held:
            assert all(level.by[name] <= at(found.in_flight, level.at).by[name] for name in level.by)
    assert well


def test_a_link_that_hangs_piles_messages_up_and_lets_them_go_at_once() -> None:
    found = load(of_run(scenario.load("late_wechat_after_alipay").play().run))
    assert [level.by["wechat"] for level in found.held] == [*range(13), 0]
    assert peak(found.held).total == 12
    assert at(found.held, 180_240).by == {"wechat": 12, "alipay": 0}
    assert peak(found.in_flight).at == 180_280


def test_the_back_log_is_what_is_told_and_not_acked() -> None:
    found = load(of_run(scenario.load("late_wechat_after_alipay").play().run))
    assert at(found.backlog, 40_000).by == {"wechat": 1, "alipay": 0}
    assert at(found.backlog, 40_520).by == {"wechat": 1, "alipay": 1}
    assert at(found.backlog, 200_000).total == 1, "acks for sends that have timed out are none"
    assert at(found.backlog, 240_360).total == 0


def test_what_is_owed_and_of_how_many_payments() -> None:
    found = load(of_run(scenario.load("late_wechat_after_alipay").play().run))
    assert (peak(found.owed).total, peak(found.owing).total) == (99_00, 1)
    assert (found.owed[-1].total, found.owing[-1].total) == (0, 0)
    nobody = load(of_run(scenario.load("nobody_pays").play().run))
    assert (peak(nobody.owed).total, peak(nobody.backlog).total) == (0, 0)


def test_orders_are_open_until_they_are_paid_or_closed() -> None:
    run = scenario.load("peak_night").play(seed=2).run
    found = load(of_run(run))
    assert peak(found.open_orders).total > 5
    assert found.open_orders[-1].total == sum(not (one.is_paid or one.is_closed) for one in run.orders)


def test_a_process_that_dies_drops_what_it_was_at() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        sim.network.hold("merchant", "wechat", lasting=minutes(1))
        await sim.together(order.start("wechat"), dies(sim))

    async def dies(sim: Simulation) -> None:
        await sim.sleep(seconds(3))
        sim.crash_merchant(downtime=seconds(2))

    run = simulate(story)
    requests = load(of_run(run)).requests
    assert at(requests, 2_999).total == 1
    assert at(requests, 3_200).total == 0
    assert requests[-1].total == 0


def test_an_empty_journal_has_nothing_to_do() -> None:
    found = load(History("nothing", Journal()))
    assert found.moments == (0,)
    assert peak(found.in_flight).total == 0
