"""The situations that a campaign counts are those that the scenarios are about."""

from __future__ import annotations

from typing import Final

import pytest
from tests.library import SCENARIOS

from paytwice import Deviation, Settings, Simulation, seconds, simulate
from paytwice.chaos.situations import NAMES, situations
from paytwice.story.scenario import load

WORLDS: Final = {"busy_shop": 40, "refund_desk": 40, "last_minute": 10}  # and so many seeds of each
CLOCK: Final = Deviation("merchant clock", 1, "5000 ms behind")
ABOUT: Final = {
    "late_wechat_after_alipay": {
        "an order was paid twice",
        "a message was held",
        "a close raced with a payment",
        "a late success came after another channel had paid",
        "a link hung",
    },
    "wechat_captured_after_alipay": {"a second channel was paid after the first"},
    "two_attempts_same_channel": {"one channel was paid twice"},
    "customer_refund_meets_duplicate_refund": {
        "a customer wanted money back before a second payment was known",
    },
    "amount_does_not_match": {"a price was edited under a live code"},
    "success_after_close": {"a payment came after the close"},
    "crash_between_commit_and_ack": {"a crash between commit and ack"},
    "partial_refunds_with_coupon": {"a coupon paid a part"},
    "refund_without_balance": {"a refund was not covered", "a refund was closed by the channel"},
    "refund_abnormal_needs_a_person": {
        "a refund turned abnormal",
        "an abnormal refund went another way",
        "somebody worked at the console",
        "money waits for a person",
        "an alarm was raised",
    },
    "unionpay_pays_after_paytimeout": {"a bank paid too late"},
    "all_notifications_lost": {"a message was lost"},
    "same_notification_twice": {"a message came twice"},
    "merchant_down_all_night": {"a crash elsewhere", "a message found nobody at home"},
    "closed_at_alipay_before_the_scan": {"a close of a trade that its channel does not know"},
}


@pytest.mark.parametrize("name", ABOUT)
def test_a_scenario_comes_to_what_it_is_about(name: str) -> None:
    assert ABOUT[name] <= set(situations(load(name).play().run))


def test_a_duplicate_that_went_back_is_no_refund_of_the_order() -> None:
    run = load("late_wechat_after_alipay").play().run

    assert run.order.returned == 99_00
    assert "a paid order was refunded in part" not in situations(run)


def test_where_nothing_happens_nothing_is_counted() -> None:
    assert situations(load("nobody_pays").play().run) == ()


def test_every_situation_is_reached_by_a_scenario_or_by_the_customers_of_a_rough_world() -> None:
    """A name that is spelt otherwise than the journal spells it would count nothing, and nobody would see."""
    reached = {one for path in SCENARIOS for one in situations(load(str(path)).play().run)}
    for name, seeds in WORLDS.items():
        for seed in range(seeds):
            reached.update(situations(load(name).play(seed=seed, changes={"profile": "rough"}).run))

    assert [name for name in NAMES if name not in reached] == []


@pytest.mark.parametrize(
    ("place", "situation"),
    [
        ("merchant payment.notify * answers", "a crash between commit and ack"),
        ("merchant page.status * answers", "a crash elsewhere"),
        ("merchant payment.notify * store.commit", "a crash elsewhere"),
    ],
)
def test_a_crash_between_commit_and_ack_is_one_of_a_notification(place: str, situation: str) -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.start("wechat")
        sim.crash_merchant_before(place, downtime=seconds(1))
        await order.confirm("wechat")
        await order.status()

    crashes = [one for one in situations(simulate(story)) if one.startswith("a crash")]
    assert crashes == [situation]


def test_what_faults_did_is_told_by_name() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.start("wechat")
        sim.network.partition("merchant", "wechat", lasting=seconds(1))
        await sim.sleep(seconds(2))
        sim.network.partition("merchant", "wechat", lasting=seconds(1), one_way=True)
        await sim.sleep(seconds(2))
        sim.false_news(order, "wechat")
        sim.network.delay("customer", "merchant", "page.status", seconds(5))
        await sim.together(order.status(), order.cancel())
        sim.channel("wechat").goes_down(lasting=seconds(20))
        await order.confirm("wechat")

    run = simulate(story, settings=Settings(profile="rough"), deviations=[CLOCK])
    assert {*situations(run)} >= {
        "a link was cut",
        "a link was cut one way",
        "false news came",
        "a message was overtaken by a later one",
        "a channel was down, and did not hear",
        "the merchant's clock was behind",
    }
    assert "the merchant's clock was ahead" not in situations(run)
    assert "a link hung" not in situations(run)
