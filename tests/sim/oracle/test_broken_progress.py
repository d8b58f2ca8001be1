"""Each promise of progress is broken by one observation, and told with what led there."""

from __future__ import annotations

import pytest
from tests.sim.oracle.accused import the_violation
from tests.sim.oracle.told import (
    CLOSED,
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
    send_back,
)

from paytwice.channels.messages import Meaning, RefundStatus
from paytwice.oracle import Conclusion, Rules


def test_a_merchant_that_does_nothing_is_not_correct() -> None:
    told = Told()
    told.hand("wechat", "W1")
    told.capture("wechat", "W1", "4200")

    assert not told.oracle.settled
    assert broken(told.judge()) == [("S4", "o1"), ("L1", "o1"), ("L2", "o1")]


def test_l1_an_order_that_never_ends() -> None:
    told = open_order()

    violation = the_violation(told.judge(), "L1")
    assert violation.at_stake == PRICE
    assert violation.entries == (1,)


def test_l2_a_payment_that_is_never_noticed() -> None:
    told = paid_once()
    told.hand("alipay", "A1")
    capture = told.capture("alipay", "A1", "2026")
    told.ask("alipay", "A1", "r1")
    told.give_back("alipay", "A1", "2026", "r1")

    violation = the_violation(told.judge(), "L2")
    assert capture in violation.entries
    assert not told.oracle.settled


@pytest.mark.parametrize(("queries", "violated"), [(True, True), (False, False)])
def test_l2_a_payment_that_is_noticed_late_by_a_merchant_that_queries(queries: bool, violated: bool) -> None:
    told = open_order()
    told.capture("wechat", "W1", "4200")
    if queries:
        told.query("wechat", "W1")
    told.wait(36 * MINUTE)
    told.view(PAID, ("wechat", "4200"))
    told.shop("ship")

    assert broken(told.judge()) == ([("L2", "o1")] if violated else [])


def test_l2_counts_from_healing_and_is_not_due_at_once() -> None:
    told = open_order()
    told.capture("wechat", "W1", "4200")
    told.wait(10 * HOUR)
    told.heal()
    early = told.judge(after=0)
    told.query("wechat", "W1")
    told.view(PAID, ("wechat", "4200"))
    told.shop("ship")

    assert [doubt.invariant for doubt in early.unknown] == ["L2"]
    assert told.judge().ok


def test_l3_a_duplicate_is_asked_back_too_late() -> None:
    told = paid_twice()
    told.wait(2 * HOUR)
    send_back(told)

    violation = the_violation(told.judge(), "L3")
    assert violation.at_stake == PRICE


def test_l3_ringing_the_bell_at_once_is_not_a_way_to_pass() -> None:
    told = paid_twice()
    told.view(PAID, refunds=(refund("r1", "W1", NEEDS_PERSON),))
    verdict = told.judge()

    the_violation(verdict, "L3")
    assert [doubt.invariant for doubt in verdict.unknown] == ["S4"]


def test_l3_a_payment_of_another_amount_may_go_to_a_person_if_that_is_declared() -> None:
    told = open_order(Rules(mismatch_to_person=True))
    told.capture("wechat", "W1", "4200", money("1"))
    told.view(CLOSED, knows=("4200",), refunds=(refund("r1", "W1", NEEDS_PERSON, money("1")),))
    told.shop("release")
    verdict = told.judge()

    assert verdict.outcome is Conclusion.UNKNOWN


@pytest.mark.parametrize("refusals", [1, 2])
def test_l3_one_closed_number_leaves_a_way_and_two_do_not(refusals: int) -> None:
    told = paid_twice()
    for number in ("r1", "r2")[:refusals]:
        told.ask("wechat", "W1", number)
        told.desk_says("wechat", "W1", number, RefundStatus.CLOSED)
    told.view(PAID, refunds=(refund("r2", "W1", NEEDS_PERSON),))

    assert broken(told.judge()) == ([("L3", "o1")] if refusals == 1 else [])


def test_l4_a_refund_that_stays_pending() -> None:
    told = paid_twice()
    told.ask("wechat", "W1", "r1")
    success = told.desk_says("wechat", "W1", "r1", RefundStatus.SUCCESS)
    told.give_back("wechat", "W1", "4200", "r1")
    told.view(PAID, refunds=(refund("r1", "W1", PENDING),))

    violation = the_violation(told.judge(), "L4")
    assert violation.at_stake == PRICE
    assert success
    assert "SUCCESS" in violation.message


def test_l4_a_refund_that_the_desk_works_on_does_not_hide_one_that_is_forgotten() -> None:
    told = paid_twice()
    told.ask("wechat", "W1", "r1")
    told.desk_says("wechat", "W1", "r1", RefundStatus.PROCESSING)
    told.view(PAID, refunds=(refund("r1", "W1", PENDING), refund("r2", "A1", PENDING)))

    violation = the_violation(told.judge(), "L4")
    assert "r2" in violation.message


def test_l5_a_notification_that_is_never_accepted() -> None:
    told = paid_once()
    told.ack(False)
    assert told.judge().ok  # before healing everything is forgiven
    told.heal()
    told.ack(False, whole=False)
    told.ack(False, trade="W9")
    last = told.ack(False)

    assert the_violation(told.judge(), "L5").entries == (last,)


@pytest.mark.parametrize(
    ("answer", "accused"),
    [(Meaning.SYSTEM_ERROR, True), (Meaning.NO_BALANCE, False), (Meaning.TOO_LATE, False)],
)
def test_l3_a_person_may_take_over_when_the_channel_takes_no_refund(answer: Meaning, accused: bool) -> None:
    told = paid_twice()
    told.ask("wechat", "W1", "r1", meaning=answer)
    told.view(PAID, refunds=(refund("r1", "W1", NEEDS_PERSON),))

    assert broken(told.judge()) == ([("L3", "o1")] if accused else [])
