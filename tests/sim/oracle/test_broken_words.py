"""Each promise about what others are told is broken by one observation, and told with what led there."""

from __future__ import annotations

import pytest
from tests.sim.oracle.accused import the_violation
from tests.sim.oracle.told import (
    CLOSED,
    MINUTE,
    OPEN,
    PAID,
    PRICE,
    Told,
    broken,
    closed_unpaid,
    open_order,
    paid_once,
    send_back,
)

from paytwice.merchant.port import Said
from paytwice.oracle import Rules
from paytwice_core import Money


def test_s15_a_closed_order_can_still_be_paid() -> None:
    told = open_order()
    hand = told.entry
    claim = told.view(CLOSED)
    told.shop("release")
    told.close("wechat", "W1")

    violation = the_violation(told.judge(), "S15")
    assert violation.entries == (hand, claim)
    assert violation.at_stake == PRICE


def test_s15_something_to_pay_with_is_handed_out_for_a_closed_order() -> None:
    told = closed_unpaid()
    told.hand("alipay", "A1")
    told.close("alipay", "A1")

    the_violation(told.judge(), "S15")


def test_s15_an_order_is_closed_that_was_paid_in_time() -> None:
    told = open_order()
    taken = told.capture("wechat", "W1", "4200")
    told.view(CLOSED)
    told.shop("release")
    told.view(CLOSED, knows=("4200",))
    send_back(told)

    violation = the_violation(told.judge(), "S15")
    assert violation.at_stake == PRICE
    assert taken in violation.entries


def test_s15_money_that_does_not_pay_the_order_does_not_keep_it_open() -> None:
    tenth, gone, no_close = open_order(), open_order(), open_order(Rules(has_close={"wechat": False}))
    tenth.capture("wechat", "W1", "4200", amount=Money(PRICE.minor // 10, PRICE.currency))
    gone.capture("wechat", "W1", "4200")
    gone.give_back("wechat", "W1", "4200", None)
    no_close.capture("wechat", "W1", "4200")
    for told in (tenth, gone, no_close):
        told.view(CLOSED)
        assert "S15" not in {name for name, _ in broken(told.judge())}


def test_s15_is_not_asked_of_a_channel_without_close_nor_of_what_is_dead() -> None:
    no_close = open_order(Rules(has_close={"wechat": False}))
    no_close.view(CLOSED)
    dead = open_order()
    dead.wait(15 * MINUTE)
    dead.view(CLOSED)
    for told in (no_close, dead):
        told.shop("release")
        assert told.oracle.settled
        assert told.judge().ok


def test_s15_asks_the_desk_before_it_accuses() -> None:
    for payable in (False, True):
        told = Told(payable=lambda credential, at, says=payable: says)  # type: ignore[misc]
        told.hand("wechat", "W1")
        told.view(CLOSED)

        assert broken(told.judge()) == ([("S15", "o1")] if payable else [])


def test_s25_told_paid_while_the_order_is_open() -> None:
    told = open_order()
    told.capture("wechat", "W1", "4200")
    lie = told.tell(Said.PAID)
    told.view(PAID, ("wechat", "4200"))
    told.shop("ship")

    violation = the_violation(told.judge(), "S25")
    assert lie in violation.entries


def test_s25_told_paid_and_later_it_is_not() -> None:
    told = paid_once()
    promise = told.tell(Said.PAID)
    told.view(OPEN)
    told.view(PAID)
    verdict = told.judge()

    assert broken(verdict) == [("S2", "o1"), ("S25", "o1")]
    assert verdict.violations[1].entries == (promise, promise + 1)


@pytest.mark.parametrize("paid_first", [True, False])
def test_s25_told_to_pay_again_what_is_paid_or_will_be(paid_first: bool) -> None:
    told = open_order()
    hand = told.entry
    if paid_first:
        capture = told.capture("wechat", "W1", "4200")
        promise = told.tell(Said.PAY_AGAIN)
    else:
        promise = told.tell(Said.PAY_AGAIN)
        capture = told.capture("wechat", "W1", "4200")
    told.view(PAID, ("wechat", "4200"))
    told.shop("ship")

    violation = the_violation(told.judge(), "S25")
    known = (
        (hand, capture, promise) if paid_first else (hand, promise)
    )  # what could be paid was a lie at once
    assert violation.entries == tuple(sorted(known))
    assert violation.at_stake == PRICE


def test_s25_what_was_handed_out_after_the_customer_asked_is_not_in_the_promise() -> None:
    told = Told()
    told.shop("reserve")
    asked = told.at
    told.hand("wechat", "W1")
    told.oracle.told("o1", Said.PAY_AGAIN, told.at, told.entry, since=asked)
    told.capture("wechat", "W1", "4200")
    told.view(PAID, ("wechat", "4200"))
    told.shop("ship")

    assert told.judge().ok


def test_s12_a_forged_notification_is_acknowledged() -> None:
    told = paid_once()
    told.ack(False, authentic=False)
    assert told.judge().ok
    told.ack(True, authentic=False)

    the_violation(told.judge(), "S12")


def test_s12_a_notification_for_another_app_is_acknowledged() -> None:
    told = paid_once(Rules(app_id="app", mch_id="mch"))
    told.ack(True)
    told.ack(True, app_id="other", id="n2")

    the_violation(told.judge(), "S12")
