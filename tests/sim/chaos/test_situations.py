"""The situations that a campaign counts are those that the scenarios are about."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from paytwice.chaos.situations import NAMES, situations
from paytwice.story.scenario import load

SCENARIOS: Final = Path(__file__).parents[3] / "scenarios"
WORLDS: Final = {"busy_shop": 40, "refund_desk": 40, "last_minute": 10}  # and so many seeds of each
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
    assert ABOUT[name] <= set(situations(load(str(SCENARIOS / f"{name}.py")).play().run))


def test_where_nothing_happens_nothing_is_counted() -> None:
    assert situations(load(str(SCENARIOS / "nobody_pays.py")).play().run) == ()


def test_every_situation_is_reached_by_a_scenario_or_by_the_customers_of_a_rough_world() -> None:
    """A name that is spelt otherwise than the journal spells it would count nothing, and nobody would see."""
    reached = {one for path in SCENARIOS.glob("*.py") for one in situations(load(str(path)).play().run)}
    for name, seeds in WORLDS.items():
        for seed in range(seeds):
            reached.update(situations(load(name).play(seed=seed, changes={"profile": "rough"}).run))

    assert [name for name in NAMES if name not in reached] == []
