"""Every scenario is shown merchants with the very mistakes it is about, and is not as declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import pytest
from tests.library import NAMES
from tests.sim.merchants import mistaken
from tests.sim.merchants import mistaken_about_money as about_money
from tests.sim.merchants import mistaken_about_refunds as about_refunds
from tests.sim.merchants.small import SmallMerchant
from tests.sim.merchants.textbook import Textbook
from tests.sim.merchants.through import with_channels

from paytwice import MerchantFactory
from paytwice.gallery import authenticity, closing, shelf
from paytwice.story.scenario import Played, Scenario, load

NEVER_ASKS: Final = with_channels(mistaken.NeverAsks)
NEW_NUMBERS: Final = with_channels(mistaken.NewNumberForEachRefundTry)
MISTAKES: Final[Mapping[str, tuple[MerchantFactory, ...]]] = {
    "ack_lost_after_commit": (mistaken.ShipsForEachNotice,),
    "alipay_refund_notice_looks_like_payment": (about_refunds.TakesRefundNewsForPayment,),
    "all_notifications_lost": (NEVER_ASKS,),
    "amount_does_not_match": (authenticity.TakesAnySum, authenticity.SendsFenToAlipay),
    "bill_finds_what_nobody_told": (with_channels(about_money.ReadsNoBill),),
    "both_notifications_at_once": (mistaken.SwallowsTheSecond,),
    "cancel_and_pay_in_one_breath": (closing.ClosesByWhatItRead, closing.TrustsTheQueryBeforeTheClose),
    "cancelled_before_the_news": (closing.TakesAlreadyPaidForClosed,),
    "clock_is_ahead": (closing.GoesByItsOwnClock,),
    "close_is_lost": (closing.TakesSilenceForClosed,),
    "close_races_with_payment": (closing.IgnoresSuccessWhileClosing, closing.TakesAlreadyPaidForClosed),
    "closed_at_alipay_before_the_scan": (closing.TakesNotExistForClosed, shelf.ReleasesAtCancel),
    "code_found_again": (closing.ExpiresByTheClockOfTheCode,),
    "coupon_pays_a_part": (authenticity.TakesTheCashForTheTotal,),
    "crash_between_commit_and_ack": (mistaken.ForgetsItsWork, mistaken.ShipsForEachNotice),
    "crash_after_refund_call": (NEW_NUMBERS,),
    "create_response_lost": (
        mistaken.NewNumberForEachTry,
        with_channels(mistaken.NewExpiryForEachCreate),
    ),
    "customer_refund_meets_duplicate_refund": (about_money.one_refund_for_an_order,),
    "forged_success": (authenticity.BelievesAnybody, authenticity.TakesNewsOfAnotherMerchant),
    "forged_success_for_a_paid_order": (authenticity.LooksAtTheStateFirst,),
    "late_wechat_after_alipay": (mistaken.SwallowsTheSecond,),
    "merchant_down_all_night": (NEVER_ASKS,),
    "midnight_bill": (about_money.ReversesWhatTheBillLacks,),
    "news_for_another_app": (authenticity.TakesNewsOfAnotherApp,),
    "nobody_pays": (shelf.NeverReleases,),
    "old_message_again": (authenticity.TakesAnOldSuccessForNew,),
    "page_says_paid_backend_does_not_know": (authenticity.TakesSilenceForUnpaid,),
    "paid_after_the_cancel": (closing.ClosesInItsOwnBooks, shelf.ReleasesTwice),
    "partial_refunds_with_coupon": (
        authenticity.TakesTheCashForTheTotal,
        with_channels(about_money.ReturnsTheCash),
    ),
    "query_answer_is_stale": (with_channels(mistaken.UnpaidIsClosed), closing.TakesAlreadyPaidForClosed),
    "refund_abnormal_needs_a_person": (about_refunds.AbnormalIsClosed, about_refunds.AnyCardWillDo),
    "refund_notice_before_the_response": (
        with_channels(about_refunds.NeverAsksAboutRefunds, about_refunds.RowAfterTheCall),
    ),
    "refund_times_out_but_happened": (NEW_NUMBERS,),
    "refund_without_balance": (with_channels(about_refunds.NotEnoughIsNo), NEW_NUMBERS),
    "refunded_in_the_console": (with_channels(about_refunds.SeesNoReturns, about_refunds.DeafToTheConsole),),
    "same_notification_twice": (mistaken.ShipsForEachNotice,),
    "second_number_under_one_trade": (mistaken.ComparesTheTradeOnly, with_channels(mistaken.NamesNoPayment)),
    "success_after_close": (closing.IgnoresLateSuccess, closing.ReopensWithoutStock),
    "three_channels_one_order": (mistaken.SwallowsTheSecond,),
    "two_attempts_same_channel": (mistaken.ComparesTheChannelOnly,),
    "unionpay_pays_after_paytimeout": (authenticity.BelievesTheBrowser,),
    "wechat_captured_after_alipay": (mistaken.SwallowsTheSecond,),
}
CAUGHT: Final = [
    pytest.param(name, merchant, id=f"{name}-{getattr(merchant, '__name__', '?')}")
    for name, merchants in MISTAKES.items()
    for merchant in merchants
]


def test_every_scenario_has_a_merchant_that_it_catches() -> None:
    assert set(MISTAKES) == set(NAMES)


@pytest.mark.parametrize(("name", "merchant"), CAUGHT)
def test_a_scenario_catches_the_mistake_it_is_about(name: str, merchant: MerchantFactory) -> None:
    scenario = load(name)
    seeds = [None, *range(1, scenario.interleavings + 1)]
    caught = next((one for one in plays(scenario, merchant, seeds) if not one.as_declared), None)

    assert caught is not None, f"not in {len(seeds)} runs"
    assert caught.run.failure is None, "it is the money that is wrong, not the merchant that falls over"
    assert caught.run.errors == ()


def plays(scenario: Scenario, merchant: MerchantFactory, seeds: Sequence[int | None]) -> Iterator[Played]:
    """The calm run, and the interleavings of a story that is a race."""
    return (scenario.play(seed=seed, merchant=merchant) for seed in seeds)


# What a scenario demands beyond the verdict, and these two sound merchants do not do.
DEMANDS: Final = {
    ("create_response_lost", Textbook): "asked for again under another number",
    # Neither reads a bill, and the small one grants no refunds and no cancel.
    ("alipay_refund_notice_looks_like_payment", SmallMerchant): "run.returned('alipay')",
    ("crash_after_refund_call", SmallMerchant): "nothing like it happened",
    ("refund_notice_before_the_response", SmallMerchant): "nothing like it happened",
    ("bill_finds_what_nobody_told", Textbook): "only who knows of a payment can give it back",
    ("customer_refund_meets_duplicate_refund", SmallMerchant): "as the customer asked",
    ("old_message_again", SmallMerchant): "run.kept('wechat')",
    ("paid_after_the_cancel", SmallMerchant): "a cancelled order could still be paid",
    ("partial_refunds_with_coupon", SmallMerchant): "run.returned('wechat')",
}


# The small one goes by queries, which tell of no second payment of a trade and of no refund by others; what a
# channel refuses or cannot pay it tries for ever; what has expired by its own clock it closes, whatever a
# channel does not answer or does not know yet. The textbook one leaves a closed refund to a person.
TOO_SMALL: Final = {
    ("second_number_under_one_trade", SmallMerchant),
    ("refund_abnormal_needs_a_person", SmallMerchant),
    ("refund_without_balance", SmallMerchant),
    ("refund_without_balance", Textbook),
    ("refunded_in_the_console", SmallMerchant),
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
