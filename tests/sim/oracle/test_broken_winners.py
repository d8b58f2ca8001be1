"""Each promise about an order's winner is broken by one observation, and told with what led there."""

from __future__ import annotations

import pytest
from tests.sim.oracle.accused import the_violation
from tests.sim.oracle.told import (
    DONE,
    NEEDS_PERSON,
    OPEN,
    PAID,
    PRICE,
    VOID,
    broken,
    closed_unpaid,
    money,
    open_order,
    paid_once,
    paid_twice,
    refund,
    send_back,
)

from paytwice.channels.messages import RefundStatus
from paytwice.merchant.port import RefundView
from paytwice.oracle import Rules
from paytwice_core import Money


def test_s1_a_winner_that_is_overwritten() -> None:
    told = open_order()
    told.hand("alipay", "A1")
    wechat = told.capture("wechat", "W1", "4200")
    alipay = told.capture("alipay", "A1", "2026")
    first = told.view(PAID, ("alipay", "2026"), knows=("4200",))
    told.shop("ship")
    told.ask("wechat", "W1", "r1")
    told.give_back("wechat", "W1", "4200", "r1")
    told.view(PAID, refunds=(refund("r1", "W1", DONE),))
    second = told.view(PAID, ("wechat", "4200"))
    told.view(PAID, ("alipay", "2026"))

    violation = the_violation(told.judge(), "S1")
    assert violation.at_stake == PRICE
    assert violation.entries == (wechat, alipay, first, second)
    assert "alipay payment 2026" in violation.message


def test_s2_paid_is_left() -> None:
    told = paid_once()
    worse = told.view(OPEN)
    told.view(PAID)

    violation = the_violation(told.judge(), "S2")
    assert violation.at_stake == PRICE
    assert violation.entries[-1] == worse


def test_s2_a_closed_order_is_reopened_though_that_was_not_declared() -> None:
    told = closed_unpaid(Rules(channel_first=False))
    told.capture("wechat", "W1", "4200")
    told.shop("reserve")
    told.view(PAID, ("wechat", "4200"))
    told.shop("ship")

    the_violation(told.judge(), "S2")


@pytest.mark.parametrize("becomes", [(refund("r1", "W1", VOID),), ()])
def test_s2_a_refund_is_not_done_any_more(becomes: tuple[RefundView, ...]) -> None:
    told = paid_twice()
    send_back(told)
    done = told.entry
    told.view(PAID, refunds=becomes)

    assert the_violation(told.judge(), "S2").entries == (done, done + 1)


def test_s2_a_refund_that_the_channel_took_back_may_be_left() -> None:
    told = paid_twice()
    send_back(told)
    told.desk_says("wechat", "W1", "r1", RefundStatus.ABNORMAL)
    told.view(PAID, refunds=(refund("r1", "W1", NEEDS_PERSON),))

    assert told.judge().violations == ()


def test_s3_paid_by_a_payment_that_is_of_another_channel() -> None:
    told = open_order()
    capture = told.capture("wechat", "W1", "4200")
    claim = told.view(PAID, ("alipay", "4200"), knows=("4200",))
    told.wish("q1", PRICE)
    told.ask("wechat", "W1", "r1")
    told.give_back("wechat", "W1", "4200", "r1")
    told.view(PAID, refunds=(refund("r1", "W1", DONE),))

    violation = the_violation(told.judge(), "S3")
    assert violation.entries == (capture, claim)


def test_s3_paid_before_the_money_is_there() -> None:
    told = open_order()
    told.view(PAID, ("wechat", "4200"))
    told.capture("wechat", "W1", "4200")
    told.view(PAID, knows=("4200", "again"))
    told.shop("ship")

    assert the_violation(told.judge(), "S3").at_stake == PRICE


@pytest.mark.parametrize("paid", [money("1"), Money.parse("99.00 USD")])
def test_s3_paid_with_another_amount_or_currency(paid: Money) -> None:
    told = open_order()
    told.capture("wechat", "W1", "4200", paid)
    told.view(PAID, ("wechat", "4200"))

    assert broken(told.judge())[0] == ("S3", "o1")


def test_s3_paid_without_a_winner() -> None:
    told = open_order()
    told.capture("wechat", "W1", "4200")
    told.view(PAID, knows=("4200",))

    assert broken(told.judge())[0] == ("S3", "o1")


def test_s3_shipped_because_of_a_payment_that_does_not_exist() -> None:
    told = open_order()
    told.capture("wechat", "W1", "4200")
    told.view(PAID, ("wechat", "4200"))
    told.view(PAID, ("wechat", "9999"))
    ship = told.shop("ship")
    verdict = told.judge()

    assert broken(verdict)[:2] == [("S1", "o1"), ("S3", "o1")]
    assert ship in verdict.violations[1].entries


def test_one_promise_to_one_order_is_reported_once_and_the_first_time() -> None:
    told = paid_once()
    first = told.view(OPEN)
    told.view(PAID)
    told.view(OPEN)
    told.view(PAID)

    assert the_violation(told.judge(), "S2").entries[-1] == first
