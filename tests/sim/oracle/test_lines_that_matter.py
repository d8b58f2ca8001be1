"""Lines of the oracle that could once be struck out, one at a time, and no other test noticed."""

from __future__ import annotations

import attrs
import pytest
from tests.sim.oracle.told import (
    DONE,
    HOUR,
    MINUTE,
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

from paytwice.channels.messages import (
    About,
    Meaning,
    Notification,
    RefundRecord,
    RefundStatus,
    TradeRecord,
    TradeState,
)
from paytwice.merchant.port import Said


def is_broken(told: Told, name: str, *, after: int = 25 * HOUR) -> bool:
    return (name, "o1") in broken(told.judge(after))


def acks_refund_news(told: Told, number: str, amount: str = "99") -> None:
    trade = TradeRecord("W1", TradeState.RETURNED, PRICE, PRICE, "4200", 1, "REFUND")
    done = RefundRecord("W1", number, "R-1", money(amount), RefundStatus.SUCCESS, "SUCCESS")
    notice = Notification(f"n-{number}", 1, "wechat", About.REFUND, "app", "mch", trade, done)
    told.oracle.acked(notice, True, True, told.at, told.entry)


# ---- L8


@pytest.mark.parametrize("later", [0, 1])
def test_l8_the_first_moment_of_a_day_is_in_the_next_days_bill(later: int) -> None:
    told = open_order()
    told.capture("wechat", "W1", "4200")
    told.heal()
    told.bill("wechat")
    told.billed["wechat"] = attrs.evolve(told.billed["wechat"], until=told.at + later)

    assert is_broken(told, "L8") is bool(later)


def test_l8_a_refund_of_ones_own_does_not_explain_what_the_console_returned() -> None:
    told = paid_once()
    told.wish("q1", money("40"))
    told.ask("wechat", "W1", "r1", money("40"))
    told.give_back("wechat", "W1", "4200", "r1", money("40"))
    told.view(PAID, refunds=(refund("r1", "W1", DONE, money("40")),))
    told.desk_says("wechat", "W1", "HAND-1", RefundStatus.SUCCESS, money("40"))
    told.give_back("wechat", "W1", "4200", "HAND-1", money("40"))
    told.heal()
    told.bill("wechat")

    assert is_broken(told, "L8")


@pytest.mark.parametrize(("after", "found"), [(30 * MINUTE, False), (2 * HOUR, True)])
def test_l8_money_of_others_that_arrived_just_now_is_not_due_in_the_books(after: int, found: bool) -> None:
    told = paid_once()
    told.heal()
    told.desk_says("wechat", "W1", "HAND-1", RefundStatus.PROCESSING, money("40"))
    told.bill("wechat")
    told.wait(3 * HOUR)
    told.desk_says("wechat", "W1", "HAND-1", RefundStatus.SUCCESS, money("40"))
    told.give_back("wechat", "W1", "4200", "HAND-1", money("40"))

    assert is_broken(told, "L8", after=after) is found


# ---- C4, C6


def test_c4_news_of_ones_own_refund_is_no_news_of_others() -> None:
    told = paid_once()
    for wish, number, amount in (("q1", "r1", "60"), ("q2", "r2", "39")):
        told.wish(wish, money(amount))
        told.ask("wechat", "W1", number, money(amount))
        told.give_back("wechat", "W1", "4200", number, money(amount))
        acks_refund_news(told, number, amount)
        told.wait(HOUR)

    assert not is_broken(told, "C4")


def test_c4_who_asks_for_more_than_was_paid_breaks_another_promise() -> None:
    told = paid_twice()
    told.give_back("wechat", "W1", "4200", "HAND-1", money("40"))
    acks_refund_news(told, "HAND-1", "40")
    told.wait(HOUR)
    told.ask("wechat", "W1", "r1", money("120"), meaning=Meaning.OVER_BUDGET)

    assert is_broken(told, "S7")
    assert not is_broken(told, "C4")


@pytest.mark.parametrize("state", [RefundStatus.PROCESSING, RefundStatus.CLOSED])
def test_c6_a_coupon_that_is_on_its_way_is_not_lost(state: RefundStatus) -> None:
    told = open_order()
    told.hand("alipay", "A1")
    told.capture("wechat", "W1", "4200", coupon=9_00)
    told.capture("alipay", "A1", "2026")
    told.view(PAID, ("alipay", "2026"), knows=("4200",), refunds=(refund("r1", "W1", PENDING),))
    told.ask("wechat", "W1", "r1")
    told.desk_says("wechat", "W1", "r1", state)

    assert is_broken(told, "C6") is (state is RefundStatus.CLOSED)


# ---- S25


def test_s25_what_was_dead_when_the_customer_was_told_to_pay_again_is_no_lie() -> None:
    told = open_order()
    told.wait(16 * MINUTE)
    told.tell(Said.PAY_AGAIN)
    told.capture("wechat", "W1", "4200")  # a bank was slow

    assert not is_broken(told, "S25")


@pytest.mark.parametrize("returned", ["99", "98"])
def test_s25_who_has_their_money_back_may_pay_again(returned: str) -> None:
    told = paid_twice()
    told.close("alipay", "A1")
    send_back(told) if returned == "99" else told.give_back("wechat", "W1", "4200", "r1", money(returned))
    told.give_back("alipay", "A1", "2026", "HAND-1")
    told.tell(Said.PAY_AGAIN)

    assert is_broken(told, "S25") is (returned != "99")


# ---- who is the winner


def test_two_channels_may_give_the_same_number_and_one_of_the_payments_won() -> None:
    told = open_order()
    told.hand("alipay", "A1")
    told.capture("wechat", "W1", "77")
    told.capture("alipay", "A1", "77")
    told.view(PAID, ("wechat", "77"))

    assert is_broken(told, "L3")
