"""Promises about single sums, coupons and bills, each broken once and kept where it is close."""

from __future__ import annotations

import pytest
from tests.sim.oracle.told import (
    DONE,
    HOUR,
    MINUTE,
    NEEDS_PERSON,
    PAID,
    PENDING,
    PRICE,
    Told,
    broken,
    money,
    open_order,
    paid_once,
    paid_twice,
    refund,
)

from paytwice.channels.ledger import MovementKind
from paytwice.channels.messages import Meaning, RefundStatus
from paytwice.oracle import Conclusion, Rules
from paytwice_core import Money

FEES = Rules(fee_rates={"wechat": 6_000})


def sent_back(told: Told, minor: int, number: str = "r1", *, coupon: int = 0) -> None:
    """A part of the winner goes back as the merchant asked."""
    amount = Money(minor, "CNY")
    told.ask("wechat", "W1", number, amount, number="4200")
    told.desk_says("wechat", "W1", number, RefundStatus.SUCCESS, amount)
    told.give_back("wechat", "W1", "4200", number, amount, coupon=coupon)
    shown = (*(told.refunds or ()), refund(number, "W1", DONE, amount))
    told.view(PAID, refunds=shown)


# -- S20 ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", [Money(99, "CNY"), Money(99_00, "USD"), Money(99_01, "CNY")])
def test_s20_the_customer_is_given_another_sum_to_pay(asked: Money) -> None:
    told = open_order()
    told.hand("alipay", "A1", asked)

    [found] = [one for one in told.judge().violations if one.invariant == "S20"]
    assert (found.order, found.at_stake) == ("o1", PRICE)


def test_s20_a_refund_is_asked_for_in_another_currency() -> None:
    told = paid_once()
    told.wish("q1", money("30"))
    told.ask("wechat", "W1", "r1", Money(30_00, "USD"))

    assert ("S20", "o1") in broken(told.judge())


# -- C3 -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("minor", [39_99, 40_01, 40, 80_00])
def test_c3_a_granted_refund_is_executed_at_another_sum(minor: int) -> None:
    told = paid_once()
    told.wish("q1", money("40"))
    sent_back(told, minor)

    [found] = [one for one in told.judge().violations if one.invariant == "C3"]
    assert found.at_stake == Money(abs(minor - 40_00), "CNY")


@pytest.mark.parametrize("parts", [(60_00,), (40_00, 20_00), (30_00, 30_00)])
def test_c3_two_wishes_may_be_sent_in_any_parts(parts: tuple[int, ...]) -> None:
    told = paid_once()
    told.wish("q1", money("40"))
    told.wish("q2", money("20"))
    for n, minor in enumerate(parts):
        sent_back(told, minor, f"r{n}")

    assert told.judge().ok


@pytest.mark.parametrize("minor", [40_00, 60_00])
def test_c3_a_wish_whose_answer_was_lost_may_have_been_granted(minor: int) -> None:
    told = paid_once()
    told.wish("q1", money("40"))
    told.wish("q2", money("20"), granted=False)
    sent_back(told, minor)

    assert told.judge().ok


def test_c3_a_refund_that_a_person_sees_to_is_not_forgotten() -> None:
    told = paid_once()
    told.wish("q1", money("40"))
    told.view(PAID, refunds=(refund("r1", "W1", NEEDS_PERSON, money("40")),))

    assert told.judge().outcome is Conclusion.UNKNOWN


@pytest.mark.parametrize(("refused", "broken"), [("40", []), ("39", ["C3"])])
def test_c3_one_wish_that_is_stuck_and_one_that_was_refused_are_with_a_person(
    refused: str, broken: list[str]
) -> None:
    told = paid_once()
    told.wish("q1", money("40"))
    told.wish("q2", money("20"))
    told.ask("wechat", "W1", "r1", money(refused), meaning=Meaning.TOO_LATE)
    told.ask("wechat", "W1", "r2", money("20"))
    told.desk_says("wechat", "W1", "r2", RefundStatus.ABNORMAL, money("20"))
    told.view(
        PAID,
        refunds=(
            refund("r1", "W1", NEEDS_PERSON, money(refused)),
            refund("r2", "W1", NEEDS_PERSON, money("20")),
        ),
    )

    assert [one.invariant for one in told.judge().violations if one.invariant == "C3"] == broken


def test_c3_the_parts_of_a_coupon_do_not_sum_to_the_whole() -> None:
    told = open_order()
    told.capture("wechat", "W1", "4200", coupon=10_00)
    told.view(PAID, ("wechat", "4200"))
    told.shop("ship")
    told.wish("q1", money("99"))
    sent_back(told, 33_00, "r1", coupon=3_33)
    sent_back(told, 66_00, "r2", coupon=6_66)

    found = [one for one in told.judge().violations if one.invariant == "C3"]
    assert [one.at_stake for one in found] == [Money(1, "CNY")]


# -- C6 -----------------------------------------------------------------------------------------------------


def with_coupons() -> Told:
    """Both payments were helped by a coupon; Alipay's won."""
    told = open_order()
    told.hand("alipay", "A1")
    told.capture("wechat", "W1", "4200", coupon=10_00)
    told.capture("alipay", "A1", "2026", coupon=5_00)
    told.view(PAID, ("alipay", "2026"))
    told.shop("ship")
    told.view(PAID, knows=("4200",), refunds=(refund("r1", "W1", PENDING),))
    return told


@pytest.mark.parametrize(("returned", "coupon", "off"), [(89_00, 8_99, 1_01), (99_00, 20_00, 10_00)])
def test_c6_the_coupon_of_a_duplicate_does_not_come_back_once(returned: int, coupon: int, off: int) -> None:
    told = with_coupons()
    amount = Money(returned, "CNY")
    told.ask("wechat", "W1", "r1", amount)
    told.give_back("wechat", "W1", "4200", "r1", amount, coupon=coupon)
    told.view(PAID, refunds=(refund("r1", "W1", DONE, amount),))

    [found] = [one for one in told.judge().violations if one.invariant == "C6"]
    assert found.at_stake == Money(off, "CNY")


def test_c6_a_coupon_that_waits_for_a_person_is_not_lost() -> None:
    told = with_coupons()
    told.ask("wechat", "W1", "r1")
    told.desk_says("wechat", "W1", "r1", RefundStatus.ABNORMAL)
    told.view(PAID, refunds=(refund("r1", "W1", NEEDS_PERSON),))

    assert told.judge().outcome is Conclusion.UNKNOWN


def test_without_coupons_c6_is_vacuous() -> None:
    assert "C6" in paid_twice().judge().vacuous


# -- L8 -----------------------------------------------------------------------------------------------------


def test_l8_a_payment_in_the_bill_is_in_nobodys_books() -> None:
    told = paid_once()
    told.hand("alipay", "A1")
    told.capture("alipay", "A1", "2026")
    told.bill("alipay")

    [found] = [one for one in told.judge().violations if one.invariant == "L8"]
    assert (found.order, found.at_stake) == ("o1", PRICE)


def test_l8_a_payment_after_the_bill_is_the_next_bills() -> None:
    told = paid_once()
    told.bill("wechat")
    told.hand("alipay", "A1")
    told.capture("alipay", "A1", "2026")

    verdict = told.judge()
    assert "L8" in verdict.checked
    assert ("L8", "o1") not in broken(verdict)


def test_l8_money_returned_by_others_is_not_in_the_books() -> None:
    told = paid_once()
    told.desk_says("wechat", "W1", "HAND-1", RefundStatus.SUCCESS, money("40"))
    told.give_back("wechat", "W1", "4200", "HAND-1", money("40"))
    told.bill("wechat")

    assert broken(told.judge(30 * MINUTE)) == [], "the merchant has an hour to hear of it"
    [found] = told.judge().violations
    assert (found.invariant, found.at_stake) == ("L8", money("40"))


def test_l8_money_returned_by_others_is_known_by_its_sum() -> None:
    told = paid_once()
    told.desk_says("wechat", "W1", "HAND-1", RefundStatus.SUCCESS, money("40"))
    told.give_back("wechat", "W1", "4200", "HAND-1", money("40"))
    told.bill("wechat")
    told.view(PAID, refunds=(refund("own number", "W1", DONE, money("40")),))

    assert told.judge().ok


def test_l8_a_refund_of_ones_own_is_not_in_ones_books() -> None:
    told = paid_twice()
    told.ask("wechat", "W1", "r1")
    told.desk_says("wechat", "W1", "r1", RefundStatus.SUCCESS)
    told.give_back("wechat", "W1", "4200", "r1")
    told.bill("wechat")

    assert broken(told.judge()) == [("L8", "o1")]


@pytest.mark.parametrize("end", [RefundStatus.CLOSED, RefundStatus.ABNORMAL])
def test_l8_only_a_refund_that_was_closed_may_be_left_out_of_the_books(end: RefundStatus) -> None:
    told = paid_once()
    told.wish("q1", money("40"))
    told.ask("wechat", "W1", "r1", money("40"))
    told.desk_says("wechat", "W1", "r1", RefundStatus.PROCESSING, money("40"))
    told.bill("wechat")
    told.desk_says("wechat", "W1", "r1", end, money("40"))
    sent_back(told, 40_00, "r2")

    assert (("L8", "o1") in broken(told.judge())) is (end is not RefundStatus.CLOSED)


def test_l8_is_vacuous_before_the_bill_and_while_faults_go_on() -> None:
    told = paid_once()
    assert "L8" in told.judge().vacuous

    told = paid_once()
    told.bill("wechat")
    told.wait(25 * HOUR)
    told.heal()
    assert "L8" in told.judge(30 * MINUTE).vacuous
    assert "L8" in told.judge().checked


# -- C5 -----------------------------------------------------------------------------------------------------


def with_fee(minor: int, *, returned: int = 0, fee_back: int = 0) -> Told:
    """A payment of 99 yuan, its fee, and what went back of both."""
    told = paid_once(FEES)
    ledger = told.ledgers["wechat"]
    paid = ledger.movements[0]._replace(at=told.at)
    ledger.record(paid._replace(kind=MovementKind.FEE, amount=Money(minor, "CNY")))
    if returned:
        aside = paid._replace(kind=MovementKind.SET_ASIDE, amount=Money(returned, "CNY"), out_refund_no="r1")
        ledger.record(aside)
        ledger.record(aside._replace(kind=MovementKind.FEE_RETURNED, amount=Money(fee_back, "CNY")))
    return told


@pytest.mark.parametrize(("returned", "back"), [(0, 0), (33_00, 20), (33_00, 19), (99_00, 59)])
def test_c5_a_fee_to_the_fen(returned: int, back: int) -> None:
    told = with_fee(59, returned=returned, fee_back=back)
    told.bill("wechat")

    verdict = told.judge()
    assert "C5" in verdict.checked
    assert ("C5", "") not in broken(verdict)


@pytest.mark.parametrize(
    ("fee", "returned", "back"), [(60, 0, 0), (118, 0, 0), (59, 99_00, 58), (59, 33_00, 0), (59, 33_00, 40)]
)
def test_c5_a_fee_that_is_not_the_rates(fee: int, returned: int, back: int) -> None:
    told = with_fee(fee, returned=returned, fee_back=back)
    told.bill("wechat")

    assert ("C5", "") in broken(told.judge())


def test_c5_the_fund_bill_closes_with_another_sum() -> None:
    told = with_fee(59)
    told.bill("wechat", money("99"))

    assert ("C5", "") in broken(told.judge())
