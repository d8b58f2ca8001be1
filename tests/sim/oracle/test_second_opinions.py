"""What a second look at the oracle has found: each was judged wrongly once, or could have been unnoticed."""

from __future__ import annotations

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
    VOID,
    Told,
    broken,
    closed_unpaid,
    money,
    open_order,
    paid_once,
    paid_twice,
    refund,
    send_back,
)

from paytwice.channels.messages import Credential, Meaning, RefundStatus
from paytwice.channels.requests import AskRefund
from paytwice.oracle import Rules


def poll(told: Told, trade: str = "W1") -> None:
    """A query every hour, as long as it takes to be too many."""
    for _ in range(5):
        told.wait(HOUR)
        told.query("wechat", trade)


# ---- S2, S20


def test_s20_the_second_paper_of_a_trade_is_over_another_sum_and_dies_sooner() -> None:
    told = open_order()
    told.oracle.handed("o1", Credential("wechat", "W1", money("1"), told.at + MINUTE), told.at, told.entry)

    assert ("S20", "o1") in broken(told.judge())


def test_s2_a_refund_that_is_shown_twice_is_done_if_one_of_them_is() -> None:
    told = paid_twice()
    send_back(told)
    shown = (refund("r1", "W1", DONE), refund("r1", "W1", PENDING))
    for refunds in (shown, shown[::-1]):
        told.view(PAID, refunds=refunds)

    assert broken(told.judge()) == [("L4", "o1")]


# ---- C4, L10, L11


def test_l11_a_trade_may_be_asked_for_while_a_refund_of_it_is_pending() -> None:
    told = paid_twice()
    told.view(PAID, refunds=(refund("r1", "W1", PENDING),))
    told.ask("wechat", "W1", "r1")
    told.desk_says("wechat", "W1", "r1", RefundStatus.PROCESSING)
    poll(told)

    assert ("L11", "o1") not in broken(told.judge())


def test_l11_polling_a_trade_that_was_closed_for_good() -> None:
    told = closed_unpaid()
    poll(told)

    assert broken(told.judge()) == [("L11", "o1")]


@pytest.mark.parametrize("local", [False, True])
def test_l11_who_may_not_know_that_a_trade_is_closed_may_ask(local: bool) -> None:
    told = open_order(Rules(channel_first=not local))
    told.view(CLOSED if local else OPEN)
    told.close("wechat", "W1")
    poll(told)

    assert ("L11", "o1") not in broken(told.judge())


def test_l10_is_vacuous_for_a_merchant_that_shows_no_refunds() -> None:
    told = paid_twice()
    told.refunds = None
    told.view(PAID)
    told.ask("wechat", "W1", "r1")
    told.desk_says("wechat", "W1", "r1", RefundStatus.ABNORMAL)

    assert "L10" in told.judge().vacuous


@pytest.mark.parametrize(("by_hand", "found"), [("99", []), ("50", [("L10", "o1"), ("S4", "o1")])])
def test_l10_a_person_may_know_of_it_under_another_number(by_hand: str, found: list[tuple[str, str]]) -> None:
    told = paid_twice()
    told.ask("wechat", "W1", "r1")
    told.desk_says("wechat", "W1", "r1", RefundStatus.ABNORMAL)
    told.view(PAID, refunds=(refund("r1", "W1", VOID), refund("payout", "W1", NEEDS_PERSON, money(by_hand))))

    assert sorted(broken(told.judge())) == found


def test_c4_is_vacuous_where_the_merchant_had_no_news() -> None:
    told = paid_once()
    told.give_back("wechat", "W1", "4200", "HAND-1", money("40"))

    assert "C4" in told.judge().vacuous


# ---- S7


@pytest.mark.parametrize("is_copy", [True, False])
def test_s7_what_the_network_delivers_twice_was_asked_once(is_copy: bool) -> None:
    told = paid_once()
    asked, sent_at = AskRefund("W1", "r1", PRICE), told.at

    def r1_arrives(sent_at: int) -> None:
        told.oracle.requested("wechat", asked, Meaning.OVER_BUDGET, told.at, told.entry, sent_at)

    r1_arrives(sent_at)  # somebody at the console was first
    told.ask("wechat", "W1", "r2")
    told.wait(HOUR)
    r1_arrives(sent_at if is_copy else told.at)

    assert (("S7", "o1") in broken(told.judge())) is not is_copy


@pytest.mark.parametrize("is_copy", [True, False])
def test_s7_a_copy_of_a_refused_refund_that_met_a_rate_limit_does_not_revive_it(is_copy: bool) -> None:
    told = paid_once()
    asked, sent_at = AskRefund("W1", "r1", PRICE), told.at
    told.wish("q1", PRICE)
    told.oracle.requested("wechat", asked, Meaning.OVER_BUDGET, told.at, told.entry, sent_at)
    told.wait(1)
    told.oracle.requested("wechat", asked, Meaning.BUSY, told.at, told.entry, sent_at if is_copy else told.at)
    told.ask("wechat", "W1", "r2", meaning=Meaning.OVER_BUDGET)

    assert (("S7", "o1") in broken(told.judge())) is not is_copy
