"""Each promise about how money goes back is broken by one observation, and told with what led there."""

from __future__ import annotations

import pytest
from tests.sim.oracle.accused import the_violation
from tests.sim.oracle.told import (
    DONE,
    PAID,
    PRICE,
    broken,
    money,
    open_order,
    paid_once,
    paid_twice,
    refund,
    send_back,
)

from paytwice.channels.messages import Meaning, RefundStatus


def test_s6_the_winner_is_sent_back_in_place_of_the_duplicate() -> None:
    told = paid_twice()
    ask = told.ask("alipay", "A1", "r1")
    told.give_back("alipay", "A1", "2026", "r1")
    told.refunds = None
    told.view(PAID)

    violation = the_violation(told.judge(), "S6")
    assert violation.at_stake == PRICE
    assert ask in violation.entries


def test_s6_a_payment_that_is_being_sent_back_becomes_the_winner() -> None:
    told = open_order()
    told.capture("wechat", "W1", "4200")
    told.ask("wechat", "W1", "r1", meaning=Meaning.SYSTEM_ERROR)
    told.view(PAID, ("wechat", "4200"))
    told.shop("ship")

    the_violation(told.judge(), "S6")


@pytest.mark.parametrize(("channel", "number"), [("wechat", "2026"), ("unionpay", None)])
def test_s6_the_duplicate_is_asked_back_from_somewhere_else(channel: str, number: str | None) -> None:
    told = paid_twice()
    told.ask(channel, "W1", "r0", number=number, meaning=Meaning.NO_SUCH_TRADE)
    send_back(told)

    the_violation(told.judge(), "S6")


def test_s6_one_of_two_payments_under_one_number_is_sent_back_as_often_as_both() -> None:
    told = paid_once()
    told.capture("wechat", "W1", "4201")
    told.ask("wechat", "W1", "r1", number="4200")
    told.give_back("wechat", "W1", "4200", "r1")
    told.refunds = None
    told.view(PAID, knows=("4201",))

    the_violation(told.judge(), "S6")


@pytest.mark.parametrize("first", [Meaning.OK, Meaning.SYSTEM_ERROR, Meaning.BUSY, Meaning.NO_BALANCE])
def test_s8_a_retry_with_a_new_number(first: Meaning) -> None:
    told = paid_twice()
    one = told.ask("wechat", "W1", "r1", money("50"), meaning=first)
    two = told.ask("wechat", "W1", "r2", money("49"))
    told.give_back("wechat", "W1", "4200", "r1", money("50"))
    told.give_back("wechat", "W1", "4200", "r2", money("49"))

    violation = the_violation(told.judge(), "S8")
    assert violation.at_stake == money("49")
    assert violation.entries == (one, two)


@pytest.mark.parametrize("state", [RefundStatus.PROCESSING, RefundStatus.ABNORMAL, RefundStatus.SUCCESS])
def test_s8_a_new_number_while_the_first_may_have_moved_money(state: RefundStatus) -> None:
    told = paid_twice()
    told.ask("wechat", "W1", "r1", money("50"))
    told.desk_says("wechat", "W1", "r1", state, money("50"))
    told.ask("wechat", "W1", "r2", money("49"))

    assert broken(told.judge())[0] == ("S8", "o1")


def test_s8_a_wish_is_carried_out_twice_and_another_not_at_all() -> None:
    told = paid_once()
    told.wish("q1", money("30"))
    told.wish("q2", money("40"))
    told.ask("wechat", "W1", "r1", money("30"), meaning=Meaning.SYSTEM_ERROR)
    told.ask("wechat", "W1", "r2", money("30"))

    assert broken(told.judge())[0] == ("S8", "o1")


def test_s8_a_number_that_was_refused_for_good_may_be_replaced() -> None:
    told = paid_twice()
    told.ask("wechat", "W1", "r1", money("50"), meaning=Meaning.NUMBER_USED)
    told.ask("wechat", "W1", "r2")
    told.give_back("wechat", "W1", "4200", "r2")
    told.view(PAID, refunds=(refund("r2", "W1", DONE),))

    assert told.judge().ok


def test_s9_a_refund_is_done_before_the_money_came_back() -> None:
    told = paid_twice()
    ask = told.ask("wechat", "W1", "r1")
    told.desk_says("wechat", "W1", "r1", RefundStatus.PROCESSING)
    claim = told.view(PAID, refunds=(refund("r1", "W1", DONE),))
    told.desk_says("wechat", "W1", "r1", RefundStatus.SUCCESS)
    told.give_back("wechat", "W1", "4200", "r1")

    violation = the_violation(told.judge(), "S9")
    assert violation.at_stake == PRICE
    assert violation.entries == (ask, claim)


def test_s9_a_made_up_number_does_not_help() -> None:
    told = paid_twice()
    send_back(told)
    told.view(PAID, refunds=(refund("r1", "W1", DONE), refund("r9", "W1", DONE)))

    the_violation(told.judge(), "S9")
