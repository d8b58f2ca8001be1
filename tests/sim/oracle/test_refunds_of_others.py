"""C4, L10, L11, and L3 for each loser of its own: what a told oracle says of them, and what it lets pass."""

from __future__ import annotations

import pytest
from tests.sim.oracle.told import (
    CLOSED,
    DONE,
    HOUR,
    MINUTE,
    NEEDS_PERSON,
    PAID,
    PENDING,
    PRICE,
    VOID,
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
from paytwice.channels.requests import AskRefund, QueryRefund, QueryTrade, Request
from paytwice.merchant.port import RefundStanding
from paytwice.oracle import Conclusion, Violation
from paytwice_core import Money


def only(told: Told, name: str) -> Violation:
    [violation] = told.judge().violations
    assert violation.invariant == name
    return violation


def desk_ends(told: Told, state: RefundStatus, *, to_merchant_card: bool = False) -> None:
    told.at += 1000
    told.entry += 1
    record = RefundRecord("W1", "r1", "R-r1", PRICE, state, state.value, to_merchant_card)
    told.oracle.refund_changed("wechat", record, told.at, told.entry)


def console_returns(told: Told, amount: Money, *, news: bool = True) -> None:
    told.give_back("wechat", "W1", "4200", "HAND-1", amount)
    told.entry += 1
    trade = TradeRecord("W1", TradeState.RETURNED, PRICE, amount, "4200", 1, "REFUND")
    done = RefundRecord("W1", "HAND-1", "R-1", amount, RefundStatus.SUCCESS, "SUCCESS")
    notice = Notification("n-hand", 1, "wechat", About.REFUND, "app", "mch", trade, done)
    told.oracle.acked(notice, news, True, told.at, told.entry)


def request(
    told: Told, asked: Request, meaning: Meaning = Meaning.OK, *, after: int = 1000, took: int = 0
) -> None:
    told.at += after
    told.entry += 1
    told.oracle.requested("wechat", asked, meaning, told.at, told.entry, told.at - took)


# ---- C4


@pytest.mark.parametrize(("by_hand", "asked", "too_much"), [("99", "99", "99"), ("40", "60", "1")])
def test_c4_what_the_console_returned_is_asked_back_again(by_hand: str, asked: str, too_much: str) -> None:
    told = paid_twice()
    console_returns(told, money(by_hand))
    told.wait(HOUR)
    told.ask("wechat", "W1", "r1", money(asked), meaning=Meaning.OVER_BUDGET)

    [violation] = [one for one in told.judge().violations if one.invariant == "C4"]
    assert violation.at_stake == money(too_much)
    assert ("S7", "o1") not in broken(told.judge()), "one mistake, one name"
    assert violation.entries[-1] == told.entry


def test_c4_the_rest_of_what_the_console_returned_may_be_asked_back() -> None:
    told = paid_twice()
    console_returns(told, money("40"))
    told.wait(20 * MINUTE)
    told.view(PAID, refunds=(refund("r1", "W1", PENDING, money("59")),))
    told.ask("wechat", "W1", "r1", money("59"))
    told.give_back("wechat", "W1", "4200", "r1", money("59"))
    told.view(PAID, refunds=(refund("r1", "W1", DONE, money("59")),))

    verdict = told.judge()
    assert verdict.violations == ()
    assert "C4" in verdict.checked


@pytest.mark.parametrize(("news", "wait"), [(True, 8_000), (False, 25 * HOUR)])
def test_c4_nobody_is_blamed_who_cannot_have_known(news: bool, wait: int) -> None:
    told = paid_twice()
    console_returns(told, PRICE, news=news)
    told.wait(wait)
    told.ask("wechat", "W1", "r1", meaning=Meaning.OVER_BUDGET)

    assert ("C4", "o1") not in broken(told.judge())


def test_c4_a_request_that_was_on_its_way_when_the_news_came_may_arrive_whenever_it_does() -> None:
    told = paid_twice()
    sent_at = told.at
    console_returns(told, PRICE)
    asked = AskRefund("W1", "r1", PRICE)
    told.oracle.requested("wechat", asked, Meaning.OVER_BUDGET, told.at + HOUR, told.entry, sent_at)

    assert ("C4", "o1") not in broken(told.judge())


def test_c4_is_vacuous_where_nobody_returned_anything_unasked() -> None:
    told = paid_twice()
    send_back(told)

    assert "C4" in told.judge().vacuous


# ---- L10


@pytest.mark.parametrize("shown", [(), (refund("r1", "W1", VOID),), (refund("r1", "W1", DONE),)])
@pytest.mark.parametrize("at_merchant", [False, True])
def test_l10_an_abnormal_refund_that_no_person_knows_of(shown: tuple[object, ...], at_merchant: bool) -> None:
    told = paid_twice()
    told.ask("wechat", "W1", "r1")
    state = RefundStatus.SUCCESS if at_merchant else RefundStatus.ABNORMAL
    desk_ends(told, state, to_merchant_card=at_merchant)
    told.view(PAID, refunds=shown)  # type: ignore[arg-type]  # of refund views

    [violation] = [one for one in told.judge().violations if one.invariant == "L10"]
    assert violation.at_stake == PRICE


@pytest.mark.parametrize("at_merchant", [False, True])
def test_l10_a_person_is_enough_and_the_verdict_is_unknown(at_merchant: bool) -> None:
    told = paid_twice()
    told.ask("wechat", "W1", "r1")
    state = RefundStatus.SUCCESS if at_merchant else RefundStatus.ABNORMAL
    desk_ends(told, state, to_merchant_card=at_merchant)
    told.view(PAID, refunds=(refund("r1", "W1", NEEDS_PERSON),))

    verdict = told.judge()
    assert verdict.violations == ()
    assert verdict.outcome is Conclusion.UNKNOWN, "the customer is unpaid still"
    assert [doubt.at_stake for doubt in verdict.unknown] == [PRICE]
    assert "L10" in verdict.checked


def test_l10_a_route_that_worked_is_a_resolution() -> None:
    told = paid_twice()
    told.ask("wechat", "W1", "r1")
    desk_ends(told, RefundStatus.ABNORMAL)
    desk_ends(told, RefundStatus.PROCESSING)
    desk_ends(told, RefundStatus.SUCCESS)
    told.give_back("wechat", "W1", "4200", "r1")
    told.view(PAID, refunds=(refund("r1", "W1", DONE),))

    verdict = told.judge()
    assert verdict.ok
    assert "L10" in verdict.checked


def test_l10_what_people_do_at_the_console_is_known_to_people() -> None:
    told = paid_once()
    desk_ends(told, RefundStatus.ABNORMAL)

    assert told.judge().ok


def test_l10_is_vacuous_where_no_refund_got_stuck() -> None:
    told = paid_twice()
    send_back(told)

    assert "L10" in told.judge().vacuous


# ---- L11


def test_l11_a_storm_of_new_numbers_inside_the_spacing() -> None:
    told = paid_once()
    told.wish("q1", money("99"))
    for n in range(4):
        request(told, AskRefund("W1", f"r{n}", money("1")), Meaning.TOO_SOON)

    [violation] = [one for one in told.judge().violations if one.invariant == "L11"]
    assert "4 times inside the spacing" in violation.message


@pytest.mark.parametrize(("took", "violations"), [(10_000, ["L11"]), (10_001, [])])
def test_l11_what_a_link_has_held_up_arrives_at_once_and_is_no_storm(
    took: int, violations: list[str]
) -> None:
    told = paid_once()
    told.wish("q1", money("99"))
    for n in range(9):
        request(told, AskRefund("W1", f"r{n}", money("1")), Meaning.TOO_SOON, took=took)

    assert [one.invariant for one in told.judge().violations if one.invariant == "L11"] == violations


def test_l11_many_parts_of_which_some_were_too_soon_are_no_storm() -> None:
    told = paid_once()
    told.wish("q1", money("99"))
    for n in range(8):
        request(told, AskRefund("W1", f"r{n}", money("1")), Meaning.TOO_SOON)
        request(told, AskRefund("W1", f"r{n}", money("1")), after=2 * MINUTE)

    assert "L11" not in [one.invariant for one in told.judge().violations]


@pytest.mark.parametrize("standing", [DONE, VOID])
def test_l11_polling_a_refund_that_is_over(standing: RefundStanding) -> None:
    told = paid_twice()
    told.ask("wechat", "W1", "r1")
    told.give_back("wechat", "W1", "4200", "r1")
    told.view(PAID, refunds=(refund("r1", "W1", standing),))
    for _ in range(5):
        request(told, QueryRefund("W1", "r1"), after=11 * MINUTE)

    assert "after the merchant knew its end" in only(told, "L11").message


def test_l11_polling_a_trade_whose_payment_is_known() -> None:
    told = paid_once()
    for _ in range(5):
        request(told, QueryTrade("W1"), after=11 * MINUTE)

    assert "QueryTrade W1" in only(told, "L11").message


def test_l11_a_rate_limit_without_a_pause() -> None:
    told = open_order()
    for _ in range(6):
        request(told, QueryTrade("W1"), Meaning.BUSY, after=10)

    assert "within a second of a rate limit" in told.judge().violations[0].message


@pytest.mark.parametrize("sent_before", [True, False])
def test_l11_what_was_on_its_way_when_a_rate_limit_came_is_no_haste(sent_before: bool) -> None:
    """A link that hangs lets go of ten minutes of queries at once."""
    told = paid_once()
    told.at += 2 * MINUTE
    for n in range(6):
        told.entry += 1
        at = told.at + n * 10
        sent_at = at - 60_000 if sent_before else at
        told.oracle.requested("wechat", QueryTrade("W1"), Meaning.BUSY, at, told.entry, sent_at)

    assert ("L11" in [one.invariant for one in told.judge().violations]) is not sent_before


def test_l11_who_does_not_know_may_ask() -> None:
    told = paid_twice()
    told.view(PAID, refunds=(refund("r1", "W1", PENDING),))
    for _ in range(50):
        request(told, QueryRefund("W1", "r1"), after=MINUTE)
        request(told, QueryTrade("X1"), Meaning.NO_SUCH_TRADE)
        request(told, QueryTrade("W1"), Meaning.BUSY, after=1000)
        told.ack(True)

    assert ("L11", "o1") not in broken(told.judge())


def test_l11_what_was_held_up_on_the_way_is_no_storm() -> None:
    told = paid_once()
    for _ in range(50):
        request(told, QueryTrade("W1"), after=10)
    for _ in range(3):
        request(told, QueryTrade("W1"), after=HOUR)

    assert told.judge().ok


# ---- L3, by loser


def test_l3_the_second_loser_of_a_trade_is_late_though_the_first_was_in_time() -> None:
    told = paid_twice()
    told.capture("wechat", "W1", "4201")
    told.view(PAID, knows=("4201",))
    told.heal()
    told.ask("wechat", "W1", "r1", number="4200")
    told.give_back("wechat", "W1", "4200", "r1")
    told.wait(2 * HOUR)
    told.ask("wechat", "W1", "r2", number="4201")
    told.give_back("wechat", "W1", "4201", "r2")
    told.view(PAID, refunds=(refund("r1", "W1", DONE), refund("r2", "W1", DONE, of="4201")))

    assert "wechat payment 4201" in only(told, "L3").message


def test_l3_a_customers_refund_of_the_winner_does_not_count_for_a_loser_under_the_same_number() -> None:
    told = paid_once()
    told.heal()
    told.wish("q1", money("20"))
    told.ask("wechat", "W1", "r1", money("20"), number="4200")
    told.give_back("wechat", "W1", "4200", "r1", money("20"))
    told.capture("wechat", "W1", "4201")
    done = refund("r1", "W1", DONE, money("20"))
    told.view(PAID, knows=("4201",), refunds=(done,))
    told.wait(2 * HOUR)
    told.ask("wechat", "W1", "r2", number="4201")
    told.give_back("wechat", "W1", "4201", "r2")
    told.view(PAID, refunds=(done, refund("r2", "W1", DONE, of="4201")))

    assert only(told, "L3").at_stake == PRICE


def test_l3_money_on_the_merchants_card_may_be_left_to_a_person() -> None:
    told = open_order()
    told.close("wechat", "W1", Meaning.ALREADY_PAID)
    told.capture("wechat", "W1", "4200", money("1"))
    told.view(CLOSED, knows=("4200",))
    told.shop("release")
    told.ask("wechat", "W1", "r1", money("1"))
    desk_ends(told, RefundStatus.SUCCESS, to_merchant_card=True)
    told.view(CLOSED, refunds=(refund("r1", "W1", NEEDS_PERSON, money("1")),))

    assert told.judge().violations == ()


# ---- S4, where the console was first


def test_s4_a_wish_that_was_granted_and_then_fulfilled_at_the_console_leaves_nothing_owed() -> None:
    told = paid_once()
    told.wish("q1", money("10"))
    told.ask("wechat", "W1", "r1", money("10"), meaning=Meaning.OVER_BUDGET)
    console_returns(told, PRICE)
    told.view(PAID, refunds=(refund("HAND-1", "W1", DONE), refund("r1", "W1", VOID, money("10"))))

    assert told.judge().ok


def test_s4_a_wish_beside_a_refund_at_the_console_is_owed_all_the_same() -> None:
    told = paid_once()
    told.wish("q1", money("10"))
    console_returns(told, money("50"))

    assert only(told, "S4").at_stake == money("10")
