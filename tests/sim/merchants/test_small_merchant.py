"""The merchant of the README: small enough to read, and right in calm weather."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from tests.sim.merchants import plots
from tests.sim.merchants.small import SmallMerchant

from paytwice import Settings, Simulation, minutes, simulate
from paytwice.story.player import Story

SOURCE = Path(__file__).with_name("small.py")


async def nobody_pays(sim: Simulation) -> None:
    """An order with two credentials, and none is paid."""
    order = await sim.checkout("99.00 CNY")
    await order.start("alipay")
    await order.start("wechat")


async def crashes_between(sim: Simulation) -> None:
    """Both channels are paid, and the process dies twice on the way."""
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    await order.start("alipay")
    await order.confirm("wechat")
    sim.crash_merchant(downtime=minutes(1))
    await order.confirm("alipay")
    await sim.sleep(minutes(2))
    sim.crash_merchant(downtime=minutes(1))


STORIES: tuple[Story, ...] = (
    plots.late_wechat,
    plots.both_at_once,
    plots.late_after_cancel,
    plots.all_news_lost,
    plots.another_apps_notice,
    plots.forged_success,
    nobody_pays,
    crashes_between,
)


def test_it_has_forty_lines_of_code_at_most() -> None:
    source = SOURCE.read_text(encoding="utf-8")
    begins = ast.parse(source).body[0].end_lineno  # the docstring

    code = [line for line in source.splitlines()[begins:] if line.strip()]

    assert len(code) <= 40
    assert max(map(len, code)) <= 100


def test_it_is_right_in_the_seed_story_whatever_the_seed() -> None:
    for seed in (None, *range(200)):
        run = simulate(plots.late_wechat, seed=seed, merchant=SmallMerchant)

        assert run.ok, (seed, run.failure, run.verdict.violations, run.verdict.unknown)
        assert run.order.paid_by is not None
        assert sum(ledger.total_kept for ledger in run.ledgers.values()) == 99_00


@pytest.mark.parametrize("story", STORIES)
def test_it_is_right_in_other_calm_stories(story: Story) -> None:
    for seed in (None, *range(10)):
        run = simulate(story, seed=seed, merchant=SmallMerchant)

        assert run.ok, (seed, run.failure, run.verdict.violations, run.verdict.unknown)


def test_it_does_not_stand_a_rough_world_as_its_docstring_says() -> None:
    rough = Settings(profile="rough")
    runs = [
        simulate(plots.late_wechat, seed=seed, settings=rough, merchant=SmallMerchant) for seed in range(8)
    ]

    assert {one.invariant for run in runs for one in run.verdict.violations} <= {"S4"}
    assert any(run.verdict.ok for run in runs)
