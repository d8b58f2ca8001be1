"""Lines of the oracle that could once be struck out, one at a time, and no other test noticed."""

from __future__ import annotations

import attrs
import pytest
from tests.sim.oracle.told import (
    CLOSED,
    DONE,
    HOUR,
    MINUTE,
    NEEDS_PERSON,
    OPEN,
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
    Credential,
    Meaning,
    Notification,
    RefundRecord,
    RefundStatus,
    TradeRecord,
    TradeState,
)
from paytwice.channels.requests import QueryTrade
from paytwice.merchant.port import Said
from paytwice.oracle import Rules


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


@pytest.mark.parametrize("prompted", [False, True])
def test_l11_a_query_for_each_notification_is_no_storm(prompted: bool) -> None:
    told = paid_once()
    for _ in range(10):
        told.wait(HOUR)
        told.query("wechat", "W1")
        if prompted:
            told.ack(True)

    assert is_broken(told, "L11") is not prompted


def test_l11_who_has_an_answer_may_ask_again_at_once() -> None:
    told = open_order()
    for meaning in (Meaning.BUSY, *[Meaning.OK] * 6):
        told.at += 10
        told.oracle.requested("wechat", QueryTrade("W1"), meaning, told.at, told.entry)

    assert not is_broken(told, "L11")


@pytest.mark.parametrize("knows", [(), ("4201",)])
def test_l11_who_knows_of_one_payment_may_ask_for_the_other(knows: tuple[str, ...]) -> None:
    told = paid_once()
    told.capture("wechat", "W1", "4201")
    told.view(PAID, knows=knows)
    for _ in range(5):
        told.wait(HOUR)
        told.query("wechat", "W1")

    assert is_broken(told, "L11") is bool(knows)


# ---- S5, S25


@pytest.mark.parametrize("of", ["4200", "4201"])
def test_s5_a_refund_of_another_payment_of_the_trade_is_none_of_the_winner(of: str) -> None:
    told = open_order()
    told.capture("wechat", "W1", "4200")
    told.capture("wechat", "W1", "4201")
    told.view(PAID, ("wechat", "4200"), refunds=(refund("r1", "W1", DONE, of=of),))
    told.shop("ship")

    assert is_broken(told, "S5") is (of == "4200")


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


# ---- L2, L3, L7, S6, S12


@pytest.mark.parametrize("knows", [(), ("2026",)])
def test_l2_a_payment_is_the_orders_though_it_came_before_its_trade(knows: tuple[str, ...]) -> None:
    told = open_order()
    told.capture("alipay", "A1", "2026")
    told.hand("alipay", "A1")
    told.view(OPEN, knows=knows)

    assert is_broken(told, "L2") is (not knows)


@pytest.mark.parametrize("faulty", [MINUTE, 100 * MINUTE])
def test_l7_a_close_is_not_demanded_while_faults_go_on(faulty: int) -> None:
    told = open_order(Rules(channel_first=False))
    told.oracle.handed("o1", Credential("wechat", "W1", PRICE, told.at + 2 * HOUR), told.at, told.entry)
    told.view(CLOSED)
    told.shop("release")
    told.wait(faulty)
    told.heal()

    assert is_broken(told, "L7") is (faulty == MINUTE)


@pytest.mark.parametrize("heard", [Meaning.SYSTEM_ERROR, Meaning.NO_SUCH_TRADE])
def test_l7_a_close_that_the_channel_did_not_take_in_closes_nothing(heard: Meaning) -> None:
    told = open_order(Rules(channel_first=False))
    told.oracle.handed("o1", Credential("wechat", "W1", PRICE, told.at + 2 * HOUR), told.at, told.entry)
    told.view(CLOSED)
    told.shop("release")
    told.close("wechat", "W1", heard)

    assert is_broken(told, "L7") is (heard is Meaning.SYSTEM_ERROR)


def test_l3_a_wrong_amount_has_to_go_back_while_the_order_is_open_too() -> None:
    told = open_order()
    told.capture("wechat", "W1", "4200", money("1"))
    told.view(OPEN, knows=("4200",))

    assert is_broken(told, "L3")


def test_l3_a_person_for_one_payment_is_none_for_another_that_the_console_has_begun_to_return() -> None:
    told = paid_twice()
    told.capture("wechat", "W1", "4201")
    told.ask("wechat", "W1", "r1", number="4200")
    told.desk_says("wechat", "W1", "r1", RefundStatus.ABNORMAL)
    told.give_back("wechat", "W1", "4201", "HAND-1", money("40"))
    told.view(PAID, knows=("4201",), refunds=(refund("r1", "W1", NEEDS_PERSON, of="4200"),))

    assert is_broken(told, "L3")


@pytest.mark.parametrize("wished", ["40", "39"])
def test_s6_a_payment_may_win_of_which_a_customer_had_a_part_back_already(wished: str) -> None:
    told = open_order()
    told.capture("wechat", "W1", "4200")
    told.wish("q1", money(wished))
    told.ask("wechat", "W1", "r1", money("40"))
    told.view(PAID, ("wechat", "4200"))

    assert is_broken(told, "S6") is (wished != "40")


@pytest.mark.parametrize("mine", ["mch", "other"])
def test_s12_a_notification_for_another_merchant_is_not_ours(mine: str) -> None:
    told = paid_once(Rules(mch_id=mine))
    told.ack(True)

    assert is_broken(told, "S12") is (mine != "mch")


# ---- who is the winner


def test_two_channels_may_give_the_same_number_and_one_of_the_payments_won() -> None:
    told = open_order()
    told.hand("alipay", "A1")
    told.capture("wechat", "W1", "77")
    told.capture("alipay", "A1", "77")
    told.view(PAID, ("wechat", "77"))

    assert is_broken(told, "L3")


def test_s8_a_refund_that_was_accepted_lives_though_its_repeat_is_refused() -> None:
    told = paid_twice()
    told.ask("wechat", "W1", "r1")
    told.ask("wechat", "W1", "r1", meaning=Meaning.TOO_LATE)
    told.ask("wechat", "W1", "r2")

    assert is_broken(told, "S8")


def test_s8_a_number_that_the_channel_has_closed_is_a_new_one_when_it_is_sent_again() -> None:
    told = paid_twice()
    told.ask("wechat", "W1", "r1")
    told.desk_says("wechat", "W1", "r1", RefundStatus.CLOSED)
    told.ask("wechat", "W1", "r2")
    assert not is_broken(told, "S8")
    told.ask("wechat", "W1", "r1")

    assert is_broken(told, "S8")


# ---- what is owed


def test_an_order_is_not_at_rest_while_the_channel_works_on_what_a_person_was_shown() -> None:
    told = paid_twice()
    told.ask("wechat", "W1", "r1")
    told.desk_says("wechat", "W1", "r1", RefundStatus.PROCESSING)
    told.view(PAID, refunds=(refund("r1", "W1", NEEDS_PERSON),))
    assert not told.oracle.settled
    told.desk_says("wechat", "W1", "r1", RefundStatus.ABNORMAL)

    assert told.oracle.settled
