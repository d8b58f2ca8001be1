"""What the outside sees of a run is taken from its journal, in names that all merchants share."""

from __future__ import annotations

import pytest
from tests.sim.comparing.rivals import RefusesFirst

from paytwice import MerchantFactory, Run
from paytwice.comparing.outside import Kind
from paytwice.comparing.outside.ends import ends
from paytwice.comparing.outside.facts import Fact, facts
from paytwice.gallery.acks import ShipsForEachNotice
from paytwice.merchant.reference.merchant import reference
from paytwice.story.scenario import load

SEED_STORY = "late_wechat_after_alipay"


def played(world: str, merchant: MerchantFactory = reference) -> Run:
    return load(world).play(merchant=merchant).run


def seen(world: str, kind: Kind, merchant: MerchantFactory = reference) -> list[Fact]:
    return [fact for fact in facts(played(world, merchant)) if fact.kind is kind]


def test_an_ack_that_a_crash_swallowed_is_none() -> None:
    acks = seen("crash_between_commit_and_ack", Kind.ACK)

    assert [one.what for one in acks] == [("none",), ("positive",)]
    assert acks[0].text == "merchant gives no ack to wechat: paid ¥99.00"


def test_an_ack_that_is_given_again_says_nothing_new() -> None:
    run = played(SEED_STORY)
    acks = [one for one in facts(run) if one.kind is Kind.ACK]

    assert sum(entry.what.value == "acked" for entry in run.journal) > len(acks)
    assert [(one.where, one.what) for one in acks] == [
        ("alipay: payment", ("positive",)),
        ("wechat: payment", ("positive",)),
        ("wechat: refund", ("positive",)),
    ]


def test_an_ack_that_changes_is_told_again() -> None:
    acks = [one for one in seen(SEED_STORY, Kind.ACK, RefusesFirst) if one.where == "alipay: payment"]

    assert [one.what for one in acks] == [("negative",), ("positive",)]


def test_a_stranger_is_acked_too() -> None:
    acks = seen("forged_success", Kind.ACK)

    assert {one.order for one in acks} == {"P1"}
    assert {(one.where.partition(":")[0], *one.what) for one in acks} == {("stranger", "negative")}


@pytest.mark.parametrize("world", [SEED_STORY, "busy_shop", "refund_without_balance"])
def test_what_is_compared_has_no_number_of_merchant_or_channel(world: str) -> None:
    run = played(world)
    numbers = {
        number
        for channel in run.ledgers
        for number in (*run.trades_asked[channel], *run.refunds_asked[channel])
    }
    assert numbers

    for fact in facts(run):
        words = [fact.where, *map(str, fact.what)]
        assert not any(number in word for number in (*numbers, "WX0", "AL0", "UP0") for word in words), fact


def test_the_second_attempt_at_a_channel_is_told_apart() -> None:
    told = {one.where: one.what for one in seen("two_attempts_same_channel", Kind.MONEY)}

    assert set(told) == {"wechat", "wechat (attempt 2)"}


def test_the_second_payment_of_an_attempt_is_told_apart() -> None:
    money = seen("second_number_under_one_trade", Kind.MONEY)

    assert [(one.where, one.what[0]) for one in money] == [
        ("wechat", "CAPTURED"),
        ("wechat (payment 2)", "CAPTURED"),
        ("wechat (payment 2)", "RETURNED"),
    ]


def test_a_refund_that_a_channel_refused_is_told_and_its_trouble_is_not() -> None:
    refunds = seen("refund_without_balance", Kind.REFUND)

    assert refunds[0].text == "wechat refuses refund P1-R1: NO_BALANCE"
    assert [one.what[0] for one in refunds] == [
        "NO_BALANCE",
        "PROCESSING",
        "CLOSED",
        "PROCESSING",
        "SUCCESS",
    ]


def test_goods_that_are_shipped_again_are_so_once_more() -> None:
    ships = seen("same_notification_twice", Kind.SHIPPING, ShipsForEachNotice)

    assert [one.text for one in ships if one.where == "ship"] == [
        "shop: ships P1",
        "shop: ships P1, once more",
    ]


def test_an_answer_belongs_to_its_question() -> None:
    answers = seen(SEED_STORY, Kind.ANSWER)

    assert [(one.where, one.what) for one in answers] == [
        ("pay.start wechat", ("credential", "wechat")),
        ("pay.start alipay", ("credential", "alipay")),
    ]


@pytest.mark.parametrize(
    "world", [SEED_STORY, "partial_refunds_with_coupon", "busy_shop", "unionpay_pays_after_paytimeout"]
)
def test_the_end_that_the_facts_tell_is_the_end_of_the_run(world: str) -> None:
    run = played(world)
    found = ends(run, facts(run))

    for order in run.orders:
        end = found[order.id]
        late = sum(one.number for one in run.journal if one.subject == "TOOK_LATE")
        assert (end.captured - late, end.returned - late) == (order.captured, order.returned)
        assert order.view is not None
        assert end.standing == order.view.standing.value
        assert end.winner == (order.paid_by or "")
        assert sum(end.shop.values()) * len(run.orders) == sum(run.shop.values())
