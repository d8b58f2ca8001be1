"""News that is forged, or meant for somebody else: it changes nothing, and whom it fools is caught."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest
from tests.sim.merchants import broken
from tests.sim.merchants.textbook import Textbook

from paytwice import Deviation, MerchantFactory, Run, Settings, Simulation, minutes, seconds, simulate
from paytwice.merchant.reference.merchant import reference
from paytwice.pictures.reading import picture
from paytwice.report.timeline import folded, timeline
from paytwice.story.scenario import load
from paytwice.world.stranger import APP, FORGED, LIES, MERCHANT

ROUGH: Final = Settings(profile="rough")


def telling(lie: str, *, paid: bool) -> Callable[[Simulation], Any]:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.start("wechat")
        if paid:
            await order.confirm("wechat")
        await sim.sleep(seconds(5))
        sim.false_news(order, "wechat", lie)
        await sim.sleep(minutes(1))

    return story


@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("paid", [False, True])
@pytest.mark.parametrize("merchant", [reference, Textbook])
def test_false_news_changes_nothing_and_is_not_acked(merchant: MerchantFactory, paid: bool, lie: str) -> None:
    run = simulate(telling(lie, paid=paid), merchant=merchant)
    acks = [row for row in run.journal.rows if row[2] == "acked"]

    assert run.ok, run.explain()
    assert "S12" in run.verdict.checked
    assert run.order.state == ("PAID" if paid else "CLOSED")
    assert [row[5] for row in acks] == ["positive"] * paid + ["negative"]


@pytest.mark.parametrize("lie", LIES)
def test_a_merchant_that_does_not_look_who_news_is_from_is_caught(lie: str) -> None:
    run = simulate(telling(lie, paid=True), merchant=broken.AcksAnything)

    assert "S12" in {one.invariant for one in run.verdict.violations}


def test_a_merchant_that_believes_a_forged_success_is_caught() -> None:
    run = simulate(telling(FORGED, paid=False), merchant=broken.AcksAnything)

    assert {"S3", "S12"} <= {one.invariant for one in run.verdict.violations}


def test_it_is_caught_by_the_seeds_of_a_hostile_shop() -> None:
    shop = load("busy_shop")
    runs = [
        shop.play(seed=seed, changes={"profile": "hostile"}, merchant=broken.AcksAnything).run
        for seed in range(20)
    ]

    assert sum("S12" in {one.invariant for one in run.verdict.violations} for run in runs) >= 3


def news(run: Run) -> list[Deviation]:
    return [one for one in run.deviations if one.name.startswith("stranger→merchant wechat")]


def test_all_kinds_of_it_are_drawn_and_played_again_from_what_was_drawn() -> None:
    story = telling(APP, paid=False)
    lies: set[str] = set()
    for seed in range(150):
        run = simulate(story, seed=seed, settings=Settings(profile="hostile"))
        lies.update(str(one.value).rpartition(" after ")[0] for one in news(run))

    assert lies == {f"news {lie}" for lie in LIES}


def test_it_is_told_as_what_it_is() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.start("wechat")
        await sim.sleep(minutes(2))

    one = Deviation("stranger→merchant wechat P1-1", 1, "news for another merchant after 60000 ms")
    run = simulate(story, deviations=[one], settings=ROUGH)
    told = [f"{line.event.actor} {line.text}" for line in folded(timeline(run.journal, run.currency))]

    assert run.unused == ()
    assert (
        "stranger → merchant: stranger.notify P1-1: of wechat, for another merchant   refused with 500"
        in told
    )
    assert [lane.name for lane in picture(run).lanes] == ["customer", "merchant", "wechat", "stranger"]


def test_nothing_false_comes_after_the_healing() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.start("wechat")

    late = Deviation("stranger→merchant wechat P1-1", 1, "news forged after 600000 ms")
    run = simulate(story, deviations=[late], settings=ROUGH)

    assert "stranger.notify" not in {row[5] for row in run.journal.rows}


def test_what_nobody_can_read_is_no_news() -> None:
    odd = Deviation("stranger→merchant wechat P1-1", 1, "rumours")
    run = simulate(telling(MERCHANT, paid=True), deviations=[odd], settings=ROUGH)

    assert [row[5] for row in run.journal.rows].count(
        "stranger.notify"
    ) == 2  # sent and arrived: the story's own


def test_news_needs_something_to_be_of() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        sim.false_news(order, "wechat")
        with pytest.raises(ValueError, match="'wrong'"):
            sim.false_news(order, "wechat", "wrong")
        with pytest.raises(ValueError, match="'paypay'"):
            sim.false_news(order, "paypay")

    run = simulate(story)

    assert run.failure is None
    assert run.unmet == ("tell false news of P1 at wechat",)
