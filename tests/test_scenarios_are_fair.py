"""A scenario asks of merchants in another style no more than what every sound one does."""

from __future__ import annotations

from typing import Final

import pytest
from tests.library import NAMES
from tests.sim.merchants.small import SmallMerchant
from tests.sim.merchants.textbook import Textbook

from paytwice import MerchantFactory
from paytwice.story.scenario import load

# What a scenario demands beyond the verdict, and these two sound merchants do not do.
DEMANDS: Final = {
    ("create_response_lost", Textbook): "asked for again under another number",
    # Neither reads a bill, and the small one grants no refunds and no cancel.
    ("alipay_refund_notice_looks_like_payment", SmallMerchant): "run.returned('alipay')",
    ("crash_after_refund_call", SmallMerchant): "nothing like it happened",
    ("crash_before_the_commit", SmallMerchant): "nothing like it happened",
    ("refund_notice_before_the_response", SmallMerchant): "nothing like it happened",
    ("bill_finds_what_nobody_told", Textbook): "only who knows of a payment can give it back",
    ("customer_refund_meets_duplicate_refund", SmallMerchant): "as the customer asked",
    ("late_success_after_the_refund", SmallMerchant): "as the customer asked",
    ("old_message_again", SmallMerchant): "run.kept('wechat')",
    ("paid_after_the_cancel", SmallMerchant): "a cancelled order could still be paid",
    ("partial_refunds_with_coupon", SmallMerchant): "run.returned('wechat')",
    ("query_crosses_the_notification", Textbook): "nothing like it happened",
    ("restarted_amid_refunds", SmallMerchant): "nothing like it happened",
    ("sale_is_called_off", SmallMerchant): "all of it, however long the queue",
    ("two_refunds_at_once", SmallMerchant): "one of the two is granted",
}


# The small one goes by queries, which tell of no second payment of a trade and of no refund by others; what a
# channel refuses or cannot pay it tries for ever; what has expired by its own clock it closes, whatever a
# channel does not answer or does not know yet. The textbook one leaves a closed refund to a person, and sends
# parts as they come. What stands in a bill alone neither of them hears of.
TOO_SMALL: Final = {
    ("console_refund_stands_in_the_bill", SmallMerchant),
    ("console_refund_stands_in_the_bill", Textbook),
    ("second_number_under_one_trade", SmallMerchant),
    ("refund_abnormal_needs_a_person", SmallMerchant),
    ("refund_without_balance", SmallMerchant),
    ("refund_without_balance", Textbook),
    ("refunded_in_the_console", SmallMerchant),
    ("sale_is_called_off", Textbook),
    ("bill_finds_what_nobody_told", SmallMerchant),
    ("clock_is_ahead", SmallMerchant),
}
SOUND: Final = [
    pytest.param(name, merchant, id=f"{name}-{merchant.__name__}")
    for name in NAMES
    for merchant in (Textbook, SmallMerchant)
    if (name, merchant) not in TOO_SMALL
]


@pytest.mark.parametrize(("name", "merchant"), SOUND)
def test_a_scenario_asks_of_a_sound_merchant_no_more_than_the_money(
    name: str, merchant: MerchantFactory
) -> None:
    played = load(name).play(merchant=merchant)

    demand = next((why for (stem, maker), why in DEMANDS.items() if (stem, maker) == (name, merchant)), None)
    assert played.run.failure is None
    assert not played.run.verdict.violations, played.run.explain()
    assert played.as_declared if demand is None else demand in played.why, played.why
