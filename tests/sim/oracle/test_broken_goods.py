"""Each promise about the goods is broken by one observation, and told with what led there."""

from __future__ import annotations

import pytest
from tests.sim.oracle.accused import the_violation
from tests.sim.oracle.told import (
    CLOSED,
    DONE,
    HOUR,
    PAID,
    PRICE,
    Told,
    broken,
    closed_unpaid,
    open_order,
    paid_once,
    refund,
)

from paytwice.channels.messages import Credential
from paytwice.oracle import Rules


def test_s5_shipped_twice() -> None:
    told = paid_once()
    first = told.entry
    second = told.shop("ship")

    violation = the_violation(told.judge(), "S5")
    assert violation.entries == (first, second)
    assert violation.at_stake == PRICE


def test_s5_shipped_after_all_the_money_went_back() -> None:
    told = open_order()
    told.capture("wechat", "W1", "4200")
    told.view(PAID, ("wechat", "4200"))
    told.wish("q1", PRICE)
    told.ask("wechat", "W1", "r1")
    told.give_back("wechat", "W1", "4200", "r1")
    told.view(PAID, refunds=(refund("r1", "W1", DONE),))
    told.shop("ship")

    the_violation(told.judge(), "S5")


def test_s5_shipped_before_it_is_paid() -> None:
    told = open_order()
    told.capture("wechat", "W1", "4200")
    told.shop("ship")
    told.view(PAID, ("wechat", "4200"))

    assert ("S5", "o1") in broken(told.judge())


def test_s14_stock_is_released_while_the_order_is_open() -> None:
    told = open_order()
    told.close("wechat", "W1")
    release = told.shop("release")
    told.view(CLOSED)

    violation = the_violation(told.judge(), "S14")
    assert violation.entries[-1] == release


@pytest.mark.parametrize("what", ["reserve", "release"])
def test_s14_stock_is_reserved_or_released_twice(what: str) -> None:
    told = open_order() if what == "reserve" else closed_unpaid()
    told.shop(what)

    assert broken(told.judge())[0] == ("S14", "o1")


def test_s14_shipping_needs_stock() -> None:
    told = Told()
    told.hand("wechat", "W1")
    told.capture("wechat", "W1", "4200")
    told.view(PAID, ("wechat", "4200"))
    told.shop("ship")

    the_violation(told.judge(), "S14")


def test_l6_paid_and_never_shipped() -> None:
    told = open_order()
    told.capture("wechat", "W1", "4200")
    told.view(PAID, ("wechat", "4200"))

    assert the_violation(told.judge(), "L6").at_stake == PRICE
    assert told.oracle.waits_for() == ["order o1: to ship"]


def test_l7_closed_and_the_goods_are_still_held() -> None:
    told = open_order()
    told.close("wechat", "W1")
    told.view(CLOSED)

    the_violation(told.judge(), "L7")
    assert told.oracle.waits_for() == ["order o1: to release its stock"]


def test_l7_closed_locally_and_never_at_the_channel() -> None:
    told = Told(Rules(channel_first=False))
    told.shop("reserve")
    at, entry = told.at, told.entry
    told.oracle.handed("o1", Credential("wechat", "W1", PRICE, 2 * HOUR), at, entry)
    told.view(CLOSED)
    told.shop("release")

    assert told.oracle.waits_for() == ["order o1: to close wechat trade W1"]
    assert told.judge(after=0).ok
    assert the_violation(told.judge(), "L7").at_stake == PRICE
