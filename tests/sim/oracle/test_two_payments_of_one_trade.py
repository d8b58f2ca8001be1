"""Two payments under one out_trade_no are judged by their channel numbers, not by their trade."""

from __future__ import annotations

from tests.sim.oracle.told import (
    CLOSED,
    DONE,
    HOUR,
    MINUTE,
    NEEDS_PERSON,
    PAID,
    PENDING,
    Told,
    broken,
    money,
    open_order,
    paid_once,
    refund,
)

from paytwice.channels.messages import Meaning, RefundStatus
from paytwice.oracle import Conclusion


def booked_twice() -> Told:
    """WeChat settled the order, and booked the same trade once more."""
    told = paid_once()
    told.capture("wechat", "W1", "4201")
    told.view(PAID, knows=("4201",))
    return told


def goes_back(told: Told, number: str, *, named: bool = True) -> None:
    told.ask("wechat", "W1", "r1", number=number if named else None)
    told.desk_says("wechat", "W1", "r1", RefundStatus.SUCCESS)
    told.give_back("wechat", "W1", number, "r1")
    told.view(PAID, refunds=(refund("r1", "W1", DONE, of=number),))


def test_the_second_goes_back_and_all_is_well() -> None:
    told = booked_twice()
    goes_back(told, "4201")

    assert told.oracle.settled
    assert told.judge().outcome is Conclusion.OK


def test_s6_the_payment_that_won_is_sent_back_by_its_number() -> None:
    told = booked_twice()
    goes_back(told, "4200")

    assert ("S6", "o1") in broken(told.judge())


def test_s6_a_refund_that_names_no_payment_is_of_the_first() -> None:
    told = booked_twice()
    goes_back(told, "4200", named=False)

    assert ("S6", "o1") in broken(told.judge())


def test_s1_the_second_number_does_not_become_the_winner() -> None:
    told = booked_twice()
    told.view(PAID, ("wechat", "4201"))

    assert ("S1", "o1") in broken(told.judge())


def test_s4_and_l3_the_second_is_kept() -> None:
    assert {name for name, _ in broken(booked_twice().judge())} == {"S4", "L3"}


def test_s7_each_payment_has_a_budget_of_its_own() -> None:
    told = booked_twice()
    goes_back(told, "4201")
    told.wish("q1", money("40"))
    told.ask("wechat", "W1", "r2", money("40"), number="4201", meaning=Meaning.OVER_BUDGET)

    [violation] = [one for one in told.judge().violations if one.invariant == "S7"]
    assert "¥0.00 of ¥99.00 was left" in violation.message


def test_s7_more_is_returned_of_one_payment_than_it_captured() -> None:
    told = booked_twice()
    told.give_back("wechat", "W1", "4201", None)
    told.give_back("wechat", "W1", "4201", None, money("1"))

    [violation] = [one for one in told.judge().violations if one.invariant == "S7"]
    assert violation.at_stake == money("1")


def test_l3_a_refund_that_a_customer_asked_for_is_not_that_of_the_second_payment() -> None:
    told = paid_once()
    told.wish("q1", money("40"))
    told.ask("wechat", "W1", "r1", money("40"), number="4200")
    told.desk_says("wechat", "W1", "r1", RefundStatus.SUCCESS)
    told.give_back("wechat", "W1", "4200", "r1", money("40"))
    told.view(PAID, refunds=(refund("r1", "W1", DONE, money("40"), of="4200"),))
    told.wait(2 * HOUR)
    told.capture("wechat", "W1", "4201")
    told.view(PAID, knows=("4201",))
    at_once = told.judge(after=MINUTE)
    later = told.judge(after=2 * HOUR)

    assert "L3" not in {name for name, _ in broken(at_once)}, "its refund is not due yet"
    assert "L3" in {name for name, _ in broken(later)}


def test_l3_a_person_who_waits_for_one_payment_is_not_there_for_the_other() -> None:
    told = booked_twice()
    told.wish("q1", money("40"))
    told.ask("wechat", "W1", "r1", money("40"), number="4200")
    told.desk_says("wechat", "W1", "r1", RefundStatus.ABNORMAL)
    told.view(PAID, refunds=(refund("r1", "W1", NEEDS_PERSON, money("40"), of="4200"),))

    assert "L3" in {name for name, _ in broken(told.judge())}


def test_l6_an_order_whose_second_payment_went_back_has_to_be_shipped() -> None:
    told = Told()
    told.hand("wechat", "W1")
    told.shop("reserve")
    told.capture("wechat", "W1", "4200")
    told.view(PAID, ("wechat", "4200"))
    told.capture("wechat", "W1", "4201")
    told.view(PAID, knows=("4201",), refunds=(refund("r1", "W1", PENDING, of="4201"),))
    goes_back(told, "4201")

    assert broken(told.judge()) == [("L6", "o1")]


def test_l2_the_second_is_in_no_query_and_has_until_the_bill() -> None:
    told = paid_once()
    told.query("wechat", "W1")
    told.capture("wechat", "W1", "4201")
    told.wait(20 * HOUR)
    told.view(PAID, knows=("4201",))
    goes_back(told, "4201")

    assert told.judge().outcome is Conclusion.OK


def test_l2_who_knows_of_the_second_has_no_reason_to_ask_for_the_first() -> None:
    told = open_order()
    told.query("wechat", "W1")
    told.capture("wechat", "W1", "4200")
    told.capture("wechat", "W1", "4201")
    told.view(PAID, ("wechat", "4201"))
    told.shop("ship")
    told.wait(20 * HOUR)
    told.view(PAID, knows=("4200",))
    goes_back(told, "4200")

    assert told.judge().outcome is Conclusion.OK


def test_l2_of_two_payments_that_nobody_noticed_a_query_would_have_told_one() -> None:
    told = open_order()
    told.query("wechat", "W1")
    told.capture("wechat", "W1", "4200")
    told.capture("wechat", "W1", "4201")
    told.wait(20 * HOUR)
    told.view(PAID, ("wechat", "4200"))

    assert ("L2", "o1") in broken(told.judge(after=MINUTE))


def test_l2_the_second_is_not_forgotten_for_ever() -> None:
    told = paid_once()
    told.capture("wechat", "W1", "4201")

    assert "L2" in {name for name, _ in broken(told.judge(after=40 * HOUR))}


def test_s15_a_second_payment_that_no_query_tells_of_does_not_make_the_close_unreal() -> None:
    told = open_order()
    told.capture("wechat", "W1", "4200")
    told.capture("wechat", "W1", "4201")
    told.desk_says("wechat", "W1", "by hand", RefundStatus.SUCCESS)
    told.give_back("wechat", "W1", "4200", "by hand")
    told.view(CLOSED, knows=("4200",))

    assert "S15" not in {name for name, _ in broken(told.judge())}


def test_s15_the_first_payment_of_two_does() -> None:
    told = open_order()
    told.capture("wechat", "W1", "4200")
    told.capture("wechat", "W1", "4201")
    told.view(CLOSED)

    assert ("S15", "o1") in broken(told.judge())
