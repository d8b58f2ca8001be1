"""The shop of the examples keeps its promises, whatever happens to it, its database and its channels."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Final

import attrs
import pytest

from paytwice import Run, Simulation, simulate
from paytwice.examples.shop import app, shop
from paytwice.examples.shop.chores import Chores
from paytwice.examples.shop.tables import Job, Kind
from paytwice.journal import What
from paytwice.story.scenario import load
from paytwice.units import minutes, seconds
from paytwice.web import Web, WebApp, web_merchant

MERCHANT: Final = "paytwice.examples.shop:shop"
SEEDS: Final = range(7_000, 7_006)
STORIES: Final = (
    "late_wechat_after_alipay",
    "cancel_and_pay_in_one_breath",
    "forged_success",
    "refund_times_out_but_happened",
)
# Where the shop's process may die on the way of one payment: before a statement, a call or an answer.
PLACES: Final = (
    "*sql.begin*",
    "*payment.notify*sql.select orders",
    "*payment.notify*sql.update orders",
    "*payment.notify*sql.insert jobs",
    "*payment.notify*sql.commit",
    "*payment.notify*answers",
    "*ship*shop.ship*",
    "*ship*sql.delete jobs",
    "*pay.start*wechat trade.create*",
    "*pay.start*sql.commit",
    "*order.open*sql.commit",
)


def digest_elsewhere(hash_seed: int) -> str:
    code = (
        "from paytwice.story.scenario import load\n"
        "from paytwice.story.loading import load_factory\n"
        f"shop = load_factory({MERCHANT!r})\n"
        "print(load('busy_shop').play(seed=3, changes={'profile': 'rough'}, merchant=shop).run.digest)"
    )
    env = {**os.environ, "PYTHONHASHSEED": str(hash_seed)}
    told = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    return told.stdout.strip()


@pytest.mark.parametrize("name", STORIES)
def test_the_shop_does_well_in_a_shipped_story(name: str) -> None:
    played = load(name).play(merchant=shop)

    assert played.run.ok, played.run.explain()
    assert played.run.errors == ()


def test_the_shop_breaks_no_promise_in_a_busy_time() -> None:
    runs = [
        load("busy_shop").play(seed=seed, changes={"profile": "rough"}, merchant=shop).run for seed in SEEDS
    ]

    assert not [run.explain() for run in runs if run.failure is not None or run.verdict.violations]
    assert len({run.digest for run in runs}) == len(runs)
    happened = {entry.what for run in runs for entry in run.journal}
    assert {What.CRASHED, What.RESTARTED, What.LOST, What.COPIED, What.RAISED} <= happened


def test_one_seed_is_one_run_in_any_process() -> None:
    here = load("busy_shop").play(seed=3, changes={"profile": "rough"}, merchant=shop).run.digest

    assert digest_elsewhere(1) == here


async def one_payment(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY", expires=minutes(15))
    await order.start("wechat")
    await order.confirm("wechat")
    await sim.sleep(seconds(20))


@pytest.mark.parametrize("place", PLACES)
def test_a_crash_leaves_nothing_half_done(place: str) -> None:
    async def story(sim: Simulation) -> None:
        sim.crash_merchant_before(place, downtime=seconds(3))
        await one_payment(sim)

    run = simulate(story, merchant=shop)

    assert run.unmet == (), "the process did not come by there"
    assert run.ok, run.explain()
    assert run.order.paid_by == "wechat"
    assert run.shop["ship"] == 1


def test_what_was_not_committed_is_not_seen_after_a_crash() -> None:
    views: list[tuple[bool, bool]] = []

    async def story(sim: Simulation) -> None:
        sim.crash_merchant_before("*order.open*sql.commit", downtime=seconds(60))
        await one_payment(sim)

    def watched(web: Web) -> WebApp:
        made = app.make(web)
        views.append((web.database.exists(), made.view("P1") is None))
        return made

    simulate(story, merchant=web_merchant(watched))

    assert views == [(True, True), (True, True)]


def test_a_store_that_fails_is_an_error_that_is_tried_again() -> None:
    async def story(sim: Simulation) -> None:
        sim.store_fails_before("*payment.notify*sql.update orders")
        await one_payment(sim)

    run = simulate(story, merchant=shop)

    assert [type(error).__name__ for error in run.errors] == ["OperationalError"]
    assert run.ok, run.explain()


def test_an_abnormal_refund_goes_to_another_card() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.start("wechat")
        sim.channel("wechat").next_refund_ends("ABNORMAL")
        await order.pay("alipay")
        await order.confirm("wechat")

    run = simulate(story, merchant=shop)

    assert run.ok, run.explain()
    assert run.kept("wechat") == 0
    assert "refund.reroute" in {entry.subject for entry in run.journal if entry.what is What.SENT}


@attrs.define(eq=False)
class Careless(Chores):
    """Sends nothing back."""

    async def do(self, job: Job) -> Job | None:
        return None if job.kind is Kind.REFUND else await super().do(job)


def test_a_shop_that_keeps_the_money_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "Chores", Careless)

    run = load("late_wechat_after_alipay").play(merchant=shop).run

    assert {one.invariant for one in run.verdict.violations} >= {"S4"}


def test_a_shop_that_believes_anybody_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("paytwice.wire.crypto.Verifier.verifies", lambda *_: True)

    run = load("forged_success").play(merchant=shop).run

    assert run.verdict.violations


def test_a_run_leaves_no_database_behind() -> None:
    places: list[Web] = []

    def watched(web: Web) -> WebApp:
        places.append(web)
        return app.make(web)

    run: Run = simulate(one_payment, merchant=web_merchant(watched))

    assert run.ok
    assert not places[0].database.parent.exists()
