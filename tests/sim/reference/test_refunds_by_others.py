"""The reference merchant when others send money back, a route is closed, or the account is empty."""

from __future__ import annotations

import pytest

from paytwice import Run, Settings, Simulation, days, hours, minutes, seconds, simulate
from paytwice.channels import AskRefund, Meaning
from paytwice.gallery.others.service import service
from paytwice.merchant.port import MerchantFactory
from paytwice.merchant.reference.merchant import reference
from paytwice.oracle import Conclusion
from paytwice_core import Closing, Money

LOCAL_FIRST = Settings(closing=Closing.LOCAL_FIRST, expires=minutes(15))


async def duplicate_at_wechat(sim: Simulation) -> None:
    """Both channels have the money, and WeChat's link hangs."""
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    await order.start("alipay")
    sim.network.hold("merchant", "wechat")
    await order.confirm("wechat")
    await order.confirm("alipay")


def released(sim: Simulation) -> None:
    sim.network.release("merchant", "wechat")


def ok(run: Run) -> Run:
    assert run.failure is None, run.failure
    assert run.ok, run.explain()
    return run


@pytest.mark.parametrize("seed", [None, *range(20)])
def test_five_notices_of_one_foreign_refund_at_once_are_one_query(seed: int | None) -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.start("wechat")
        await sim.sleep(minutes(14))
        sim.network.hold("wechat", "merchant", one_way=True)
        await order.confirm("wechat")
        await sim.sleep(minutes(2))
        sim.channel("wechat").refund_by_hand("99.00 CNY")
        await sim.sleep(minutes(9))
        sim.network.release("wechat", "merchant")

    run = ok(simulate(story, seed=seed, settings=LOCAL_FIRST))

    assert run.order.is_closed
    assert run.kept("wechat") == 0


def test_what_the_console_has_begun_to_send_back_is_left_to_a_person_and_then_known_to_the_fen() -> None:
    async def story(sim: Simulation) -> None:
        await duplicate_at_wechat(sim)
        sim.channel("wechat").refund_by_hand("40.00 CNY")
        released(sim)  # the merchant asks for 99 while 40 of it are on their way by other hands
        await sim.sleep(hours(1))

    run = simulate(story)

    assert run.verdict.outcome is Conclusion.UNKNOWN, run.explain()
    assert run.returned("wechat") == 40_00
    assert run.order.waits_for_a_person == 59_00


def test_what_went_back_by_other_hands_meanwhile_is_not_sent_again() -> None:
    asked: list[Meaning] = []

    async def story(sim: Simulation) -> None:
        await duplicate_at_wechat(sim)
        wechat = sim.channel("wechat")
        wechat.runs_dry()
        released(sim)
        await sim.sleep(minutes(2))  # the merchant tries under one number, and the account is empty
        wechat.top_up("99.00 CNY")
        wechat.refund_by_hand("99.00 CNY")  # a person is quicker than the next try
        await sim.sleep(hours(30))
        asked.extend(
            one.meaning
            for one in wechat.desk.requests
            if isinstance(one.request, AskRefund) and not one.at_the_console
        )

    run = simulate(story)

    assert run.verdict.violations == (), run.explain()
    assert run.returned("wechat") == 99_00
    assert asked.count(Meaning.OVER_BUDGET) <= 1


def test_goods_are_not_handed_over_when_all_the_money_is_back() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.start("wechat")
        sim.network.hold("wechat", "merchant", one_way=True)
        await order.confirm("wechat")
        sim.channel("wechat").refund_by_hand("99.00 CNY")
        await sim.sleep(minutes(9))
        sim.network.release("wechat", "merchant")  # both pieces of news at once
        await sim.sleep(minutes(9))

    shipped = ["ship" in ok(simulate(story, seed=seed)).shop for seed in range(40)]

    assert any(shipped), "the payment was heard of first, and the goods were out before the refund was"
    assert not all(shipped)


def test_an_abnormal_refund_goes_to_the_customers_card() -> None:
    async def story(sim: Simulation) -> None:
        await duplicate_at_wechat(sim)
        sim.channel("wechat").next_refund_ends("ABNORMAL", after=minutes(1))
        released(sim)
        await sim.sleep(days(2))

    run = ok(simulate(story))

    assert run.returned("wechat") == 99_00
    assert len(run.refund_numbers("wechat")) == 1


@pytest.mark.parametrize("lost", ["refund.reroute", "refund.reroute.reply"])
def test_a_route_whose_call_is_lost_is_asked_for_again(lost: str) -> None:
    async def story(sim: Simulation) -> None:
        await duplicate_at_wechat(sim)
        sim.channel("wechat").next_refund_ends("ABNORMAL", after=minutes(1))
        way = ("wechat", "merchant") if lost.endswith("reply") else ("merchant", "wechat")
        sim.network.lose(*way, lost, times=3)
        released(sim)
        await sim.sleep(days(2))

    run = ok(simulate(story))

    assert run.unmet == ()
    assert run.returned("wechat") == 99_00


def test_a_process_that_dies_while_it_asks_for_the_route_asks_again() -> None:
    async def story(sim: Simulation) -> None:
        await duplicate_at_wechat(sim)
        sim.channel("wechat").next_refund_ends("ABNORMAL", after=minutes(1))
        sim.crash_merchant_before("merchant reroute * store.get orders *", downtime=minutes(5))
        released(sim)
        await sim.sleep(days(2))

    run = ok(simulate(story))

    assert run.unmet == ()
    assert run.returned("wechat") == 99_00


def test_a_channel_without_another_route_leaves_an_abnormal_refund_to_a_person() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.pay("unionpay")
        sim.channel("unionpay").next_refund_ends("ABNORMAL", after=minutes(1))
        await order.ask_refund("40.00 CNY")
        await sim.sleep(hours(2))

    run = simulate(story)

    assert run.verdict.outcome is Conclusion.UNKNOWN, run.explain()
    assert run.order.waits_for_a_person == 40_00


@pytest.mark.parametrize("channel", ["wechat", "alipay", "unionpay"])
def test_an_account_that_stays_empty_raises_an_alarm_at_once_and_ends_with_a_person(channel: str) -> None:
    numbers: list[str] = []

    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.pay(channel)
        sim.channel(channel).runs_dry("39.99 CNY")
        await order.ask_refund("40.00 CNY")
        await sim.sleep(seconds(30))
        numbers.extend(entry.text for entry in sim._world.journal if entry.what.value == "alarm")

    run = simulate(story)

    assert any("balance does not cover" in text for text in numbers), numbers
    assert run.verdict.outcome is Conclusion.UNKNOWN, run.explain()
    assert run.order.waits_for_a_person == 40_00
    assert len(run.refund_numbers(channel)) == 1, "the same number, however often"


def test_money_that_comes_in_time_is_all_that_a_refused_refund_needs() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.pay("alipay")
        sim.channel("alipay").runs_dry()
        await order.ask_refund(Money(40_00, "CNY"))
        await sim.sleep(hours(3))
        sim.channel("alipay").top_up("40.00 CNY")

    run = ok(simulate(story))

    assert run.returned("alipay") == 40_00
    assert len(run.refund_numbers("alipay")) == 1


@pytest.mark.parametrize(("by_hand", "left"), [("40.00 CNY", 59_00), ("99.00 CNY", 0)])
def test_a_person_is_asked_for_no_more_than_can_be_left(by_hand: str, left: int) -> None:
    """The refund may have moved for all that the merchant knows; what others returned is gone in any case."""

    async def story(sim: Simulation) -> None:
        await duplicate_at_wechat(sim)
        sim.network.lose("wechat", "merchant", "refund.ask.reply")  # the first refusal
        sim.channel("wechat").refund_by_hand(by_hand)
        released(sim)
        await sim.sleep(hours(1))

    run = simulate(story)

    assert run.unmet == ()
    assert run.verdict.violations == (), run.explain()
    assert run.order.refunds[0] == "DUPLICATE MANUAL"
    assert run.order.waits_for_a_person == left


@pytest.mark.parametrize(("by_hand", "owed"), [("40.00 CNY", 59_00), ("98.00 CNY", 1_00), ("99.00 CNY", 0)])
def test_of_a_refund_that_was_promised_in_vain_a_person_owes_what_is_left(by_hand: str, owed: int) -> None:
    """Found by random customers: 8 yuan were promised, and 7.20 were left after the console's 4.80."""

    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.pay("unionpay")
        sim.channel("unionpay").refund_by_hand(by_hand)
        await order.ask_refund("60.00 CNY")  # granted, and then the channel refuses it: OVER_BUDGET
        await sim.sleep(hours(1))

    run = simulate(story)

    assert not run.verdict.violations, run.explain()
    assert run.refund_numbers("unionpay") == ("P1-R1",)
    assert run.order.waits_for_a_person == owed


@pytest.mark.parametrize("amount", ["40.00 CNY", "99.00 CNY"])
def test_a_refund_of_a_payment_that_is_not_known_yet_is_not_taken_off_another_one(amount: str) -> None:
    """Found by the world of midnight: a trade's second payment won, and support sent the first one back."""

    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        wechat = sim.channel("wechat")
        wechat.books_twice(after=seconds(1))
        sim.network.delay("wechat", "merchant", "payment.notify", minutes(12))
        sim.network.lose("wechat", "merchant", "trade.query.reply", times=9)
        await order.start("wechat")
        await order.confirm("wechat")
        await sim.sleep(minutes(1))
        wechat.refund_by_hand(amount)
        await sim.sleep(minutes(30))

    run = simulate(story)

    assert run.failure is None, run.failure
    assert not run.verdict.violations, run.explain()
    assert run.order.paid_by == "wechat"
    assert run.kept("wechat") == 99_00 + run.order.waits_for_a_person


def test_two_consoles_that_call_their_refunds_the_same_have_sent_back_two() -> None:
    """Found by the world of midnight: the bill told of the second one, and it was taken for the first."""

    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.start("unionpay")
        for kind in ("payment.notify", "refund.notify"):
            sim.network.lose("unionpay", "merchant", kind, times=5)  # the whole ladder
        sim.channel("unionpay").unavailable("*.query", lasting=hours(19))
        await order.confirm("unionpay")
        await order.pay("wechat")
        for channel in ("wechat", "unionpay"):
            answer = sim.channel(channel).refund_by_hand("99.00 CNY")
            assert answer.refund is not None
            assert answer.refund.out_refund_no == "HAND-1"
        await sim.sleep(hours(21))

    run = ok(simulate(story, settings=Settings(bill=True)))

    assert run.order.paid_by == "wechat"
    assert run.order.refund_standings == ("DONE", "DONE")
    assert (run.kept("wechat"), run.kept("unionpay")) == (0, 0)


@pytest.mark.parametrize("lost", [False, True], ids=["told", "in the bill"])
@pytest.mark.parametrize("merchant", [reference, service], ids=["reference", "service"])
def test_what_others_sent_to_the_shop_s_own_card_is_not_with_the_customer(
    merchant: MerchantFactory, lost: bool
) -> None:
    """Found by the refund desk: support's own refund turned abnormal, and went to the shop's card."""

    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        wechat = sim.channel("wechat")
        await order.pay("wechat")
        if lost:
            sim.network.lose("wechat", "merchant", "refund.notify", times=40)
        wechat.next_refund_ends("ABNORMAL")
        wechat.refund_by_hand("99.00 CNY")
        await sim.sleep(minutes(10))
        wechat.reroute_by_hand("MERCHANT_BANK_CARD")
        await sim.sleep(days(2))

    run = simulate(story, merchant=merchant, settings=Settings(bill=lost))

    assert run.failure is None, run.failure
    assert not run.verdict.violations, run.explain()
    assert run.returned("wechat") == 0
    assert "DONE" not in run.order.refund_standings
