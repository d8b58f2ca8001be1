"""Merchants that keep every promise are found to keep them, and a run with them comes to rest."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.sim.oracle.test_refunds_of_others import console_returns
from tests.sim.oracle.told import (
    CLOSED,
    DONE,
    MINUTE,
    PAID,
    PENDING,
    PRICE,
    Told,
    closed_unpaid,
    money,
    open_order,
    paid_once,
    paid_twice,
    refund,
    send_back,
)

from paytwice.channels.messages import Meaning, RefundStatus
from paytwice.merchant.port import Said
from paytwice.oracle import INVARIANTS, Conclusion, Oracle, Rules


def seed_story() -> Told:
    told = paid_twice()
    send_back(told)
    return told


def late_payment_of_a_closed_order() -> Told:
    told = closed_unpaid(Rules(channel_first=False))
    told.capture("wechat", "W1", "4200")
    told.view(CLOSED, knows=("4200",))
    send_back(told)
    return told


def two_equal_wishes_of_a_customer() -> Told:
    told = paid_once()
    for wish, number in (("q1", "r1"), ("q2", "r2")):
        told.wish(wish, money("30"))
        told.ask("wechat", "W1", number, money("30"))
        told.give_back("wechat", "W1", "4200", number, money("30"))
        done = tuple(refund(name, "W1", DONE, money("30")) for name in ("r1", "r2") if name <= number)
        told.view(PAID, refunds=done)
    return told


def a_wish_whose_answer_was_lost() -> Told:
    told = paid_once()
    told.wish("q1", money("30"), granted=False)
    told.ask("wechat", "W1", "r1", money("30"))
    told.give_back("wechat", "W1", "4200", "r1", money("30"))
    told.view(PAID, refunds=(refund("r1", "W1", DONE, money("30")),))
    return told


def a_refund_that_the_channel_closed_and_a_child() -> Told:
    told = paid_twice()
    told.ask("wechat", "W1", "r1")
    told.desk_says("wechat", "W1", "r1", RefundStatus.CLOSED)
    told.ask("wechat", "W1", "r2")
    told.desk_says("wechat", "W1", "r2", RefundStatus.SUCCESS)
    told.give_back("wechat", "W1", "4200", "r2")
    told.view(PAID, refunds=(refund("r2", "W1", DONE),))
    return told


def a_refund_repeated_with_its_own_number() -> Told:
    told = paid_twice()
    for meaning in (Meaning.SYSTEM_ERROR, Meaning.NO_BALANCE, Meaning.TOO_SOON, Meaning.OK, Meaning.OK):
        told.ask("wechat", "W1", "r1", meaning=meaning)
    told.give_back("wechat", "W1", "4200", "r1")
    told.view(PAID, refunds=(refund("r1", "W1", DONE),))
    return told


def a_refund_done_before_it_is_reported_as_asked() -> Told:
    told = paid_twice()
    told.desk_says("wechat", "W1", "r1", RefundStatus.SUCCESS)
    told.give_back("wechat", "W1", "4200", "r1")
    told.ask("wechat", "W1", "r1")
    told.view(PAID, refunds=(refund("r1", "W1", DONE),))
    return told


def the_console_returned_part_of_the_winner() -> Told:
    told = paid_once()
    console_returns(told, money("20"))
    told.view(PAID, refunds=(refund("HAND-1", "W1", DONE, money("20")),))
    return told


def an_abnormal_refund_that_another_card_took() -> Told:
    told = paid_twice()
    told.ask("wechat", "W1", "r1")
    for state in (RefundStatus.ABNORMAL, RefundStatus.PROCESSING, RefundStatus.SUCCESS):
        told.desk_says("wechat", "W1", "r1", state)
    told.give_back("wechat", "W1", "4200", "r1")
    told.view(PAID, refunds=(refund("r1", "W1", DONE),))
    return told


def reopened_with_stock() -> Told:
    told = closed_unpaid(Rules(channel_first=False, reopens=True))
    told.capture("wechat", "W1", "4200")
    told.shop("reserve")
    told.view(PAID, ("wechat", "4200"))
    told.shop("ship")
    return told


def two_payments_under_one_out_trade_no() -> Told:
    told = paid_once()
    told.capture("wechat", "W1", "4201")
    told.view(PAID, knows=("4201",))
    told.ask("wechat", "W1", "r1", number="4201")
    told.give_back("wechat", "W1", "4201", "r1")
    told.view(PAID, refunds=(refund("r1", "W1", DONE, of="4201"),))
    return told


def a_payment_of_another_amount() -> Told:
    told = open_order()
    told.capture("wechat", "W1", "4200", money("1"))
    told.view(CLOSED, knows=("4200",))
    told.shop("release")
    told.ask("wechat", "W1", "r1", money("1"))
    told.give_back("wechat", "W1", "4200", "r1", money("1"))
    told.view(CLOSED, refunds=(refund("r1", "W1", DONE, money("1")),))
    return told


def everything_came_back_before_shipping() -> Told:
    told = open_order()
    told.capture("wechat", "W1", "4200")
    told.view(PAID, ("wechat", "4200"))
    told.wish("q1", PRICE)
    told.ask("wechat", "W1", "r1")
    told.give_back("wechat", "W1", "4200", "r1")
    told.view(PAID, refunds=(refund("r1", "W1", DONE),))
    return told


def the_truth_was_told() -> Told:
    told = open_order()
    told.tell(Said.OPEN)
    told.close("wechat", "W1")
    told.tell(Said.PAY_AGAIN)
    told.hand("alipay", "A1")
    told.capture("alipay", "A1", "2026")
    told.view(PAID, ("alipay", "2026"))
    told.tell(Said.PAID)
    told.shop("ship")
    return told


def a_refused_notification_was_mended() -> Told:
    told = paid_once()
    told.heal()
    told.ack(False)
    told.ack(False, whole=False)
    told.ack(True)
    return told


def a_coupon_came_back_with_the_duplicate() -> Told:
    told = open_order()
    told.hand("alipay", "A1")
    told.capture("wechat", "W1", "4200", coupon=10_00)
    told.capture("alipay", "A1", "2026", coupon=5_00)
    told.view(PAID, ("alipay", "2026"))
    told.shop("ship")
    told.view(PAID, knows=("4200",), refunds=(refund("r1", "W1", PENDING),))
    told.ask("wechat", "W1", "r1")
    told.give_back("wechat", "W1", "4200", "r1", coupon=10_00)
    told.view(PAID, refunds=(refund("r1", "W1", DONE),))
    return told


def the_bill_was_read() -> Told:
    told = paid_once()
    told.bill("wechat")
    return told


CORRECT = [
    paid_once,
    closed_unpaid,
    seed_story,
    late_payment_of_a_closed_order,
    two_equal_wishes_of_a_customer,
    a_wish_whose_answer_was_lost,
    a_refund_that_the_channel_closed_and_a_child,
    a_refund_repeated_with_its_own_number,
    a_refund_done_before_it_is_reported_as_asked,
    the_console_returned_part_of_the_winner,
    an_abnormal_refund_that_another_card_took,
    reopened_with_stock,
    two_payments_under_one_out_trade_no,
    a_payment_of_another_amount,
    everything_came_back_before_shipping,
    the_truth_was_told,
    a_refused_notification_was_mended,
    a_coupon_came_back_with_the_duplicate,
    the_bill_was_read,
]


@pytest.mark.parametrize("story", CORRECT)
def test_a_correct_merchant_is_not_accused(story: Callable[[], Told]) -> None:
    told = story()

    assert told.oracle.waits_for() == []
    assert told.oracle.settled
    for after in (0, 25 * 60 * MINUTE):
        verdict = told.judge(after)
        assert verdict.violations == ()
        assert verdict.unknown == ()
        assert verdict.outcome is Conclusion.OK


def test_together_the_correct_stories_put_every_promise_to_the_test() -> None:
    """Else a test that a promise is kept would be a test of nothing."""
    checked = [name for story in CORRECT for name in story().judge().checked]

    never = [name for name in INVARIANTS if name not in checked]
    assert never == ["S12"]  # needs a forger: test_broken_words has one


def test_a_run_without_orders_is_at_rest_and_checks_nothing() -> None:
    oracle = Oracle(Rules())
    verdict = oracle.judge(0, {})

    assert oracle.settled
    assert verdict.ok
    assert verdict.checked == ()
    assert verdict.vacuous == tuple(INVARIANTS)


def test_a_merchant_that_shows_no_refunds_makes_the_promises_about_them_vacuous() -> None:
    told = paid_twice()
    told.refunds = None
    told.ask("wechat", "W1", "r1")
    told.give_back("wechat", "W1", "4200", "r1")
    told.view(PAID)
    verdict = told.judge()

    assert verdict.ok
    assert {"L3", "L4", "S9"} <= {*verdict.vacuous}
    assert {"S4", "S6", "S8", "L2"} <= {*verdict.checked}


def test_without_a_refund_request_one_intent_is_vacuous() -> None:
    assert {"S6", "S7", "S8", "S9", "S12", "S25", "L3", "L5", "L7"} <= {*paid_once().judge().vacuous}


def test_close_is_real_is_vacuous_for_a_merchant_that_closes_locally_first() -> None:
    assert "S15" in closed_unpaid(Rules(channel_first=False)).judge().vacuous
    assert "S15" in closed_unpaid().judge().checked


def test_what_an_order_owes_is_told_in_words() -> None:
    told = paid_twice()
    told.view(PAID, refunds=(refund("r1", "W1", PENDING),))

    assert not told.oracle.settled
    assert told.oracle.waits_for() == [
        "order o1: to finish refund r1",
        "order o1: to put ¥99.00 right",
    ]


def test_an_order_that_gets_worse_again_is_owing_again() -> None:
    told = closed_unpaid(Rules(channel_first=False))
    assert told.oracle.settled
    told.capture("wechat", "W1", "4200")
    assert not told.oracle.settled


def test_an_order_that_was_declined_owes_nothing() -> None:
    told = Told()
    told.oracle.declined("o1", told.at, told.entry)

    assert told.oracle.settled
    assert told.oracle.waits_for() == []
    assert told.judge().ok


def test_an_order_that_was_declined_and_yet_keeps_goods_must_end() -> None:
    told = Told()
    told.shop("reserve")
    told.oracle.declined("o1", told.at, told.entry)

    assert not told.oracle.settled
    assert [violation.invariant for violation in told.judge().violations] == ["L1"]
