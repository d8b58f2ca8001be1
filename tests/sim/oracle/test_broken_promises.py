"""Each promise is broken by one observation, and exactly that promise is reported, with what led there."""

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

from paytwice.channels.ledger import Account, Ledger, Movement, MovementKind
from paytwice.channels.messages import Credential, Meaning, RefundStatus
from paytwice.merchant.port import RefundView, Said
from paytwice.oracle import Conclusion, Rules, Verdict, Violation
from paytwice_core import Money


def the_violation(verdict: Verdict, invariant: str) -> Violation:
    """The only violation there is."""
    assert broken(verdict) == [(invariant, "o1")], [one.message for one in verdict.violations]
    assert verdict.outcome is Conclusion.VIOLATED
    assert invariant in verdict.checked
    return verdict.violations[0]


# ---- the winner


def test_s1_a_winner_that_is_overwritten() -> None:
    told = open_order()
    told.hand("alipay", "A1")
    wechat = told.capture("wechat", "W1", "4200")
    alipay = told.capture("alipay", "A1", "2026")
    first = told.view(PAID, ("alipay", "2026"), knows=("4200",))
    told.shop("ship")
    told.ask("wechat", "W1", "r1")
    told.give_back("wechat", "W1", "4200", "r1")
    told.view(PAID, refunds=(refund("r1", "W1", DONE),))
    second = told.view(PAID, ("wechat", "4200"))
    told.view(PAID, ("alipay", "2026"))

    violation = the_violation(told.judge(), "S1")
    assert violation.at_stake == PRICE
    assert violation.entries == (wechat, alipay, first, second)
    assert "alipay payment 2026" in violation.message


def test_s2_paid_is_left() -> None:
    told = paid_once()
    worse = told.view(OPEN)
    told.view(PAID)

    violation = the_violation(told.judge(), "S2")
    assert violation.at_stake == PRICE
    assert violation.entries[-1] == worse


def test_s2_a_closed_order_is_reopened_though_that_was_not_declared() -> None:
    told = closed_unpaid(Rules(channel_first=False))
    told.capture("wechat", "W1", "4200")
    told.shop("reserve")
    told.view(PAID, ("wechat", "4200"))
    told.shop("ship")

    the_violation(told.judge(), "S2")


@pytest.mark.parametrize("becomes", [(refund("r1", "W1", VOID),), ()])
def test_s2_a_refund_is_not_done_any_more(becomes: tuple[RefundView, ...]) -> None:
    told = paid_twice()
    send_back(told)
    done = told.entry
    told.view(PAID, refunds=becomes)

    assert the_violation(told.judge(), "S2").entries == (done, done + 1)


def test_s2_a_refund_that_the_channel_took_back_may_be_left() -> None:
    told = paid_twice()
    send_back(told)
    told.desk_says("wechat", "W1", "r1", RefundStatus.ABNORMAL)
    told.view(PAID, refunds=(refund("r1", "W1", NEEDS_PERSON),))

    assert told.judge().violations == ()


def test_s3_paid_by_a_payment_that_is_of_another_channel() -> None:
    told = open_order()
    capture = told.capture("wechat", "W1", "4200")
    claim = told.view(PAID, ("alipay", "4200"), knows=("4200",))
    told.wish("q1", PRICE)
    told.ask("wechat", "W1", "r1")
    told.give_back("wechat", "W1", "4200", "r1")
    told.view(PAID, refunds=(refund("r1", "W1", DONE),))

    violation = the_violation(told.judge(), "S3")
    assert violation.entries == (capture, claim)


def test_s3_paid_before_the_money_is_there() -> None:
    told = open_order()
    told.view(PAID, ("wechat", "4200"))
    told.capture("wechat", "W1", "4200")
    told.view(PAID, knows=("4200", "again"))
    told.shop("ship")

    assert the_violation(told.judge(), "S3").at_stake == PRICE


@pytest.mark.parametrize("paid", [money("1"), Money.parse("99.00 USD")])
def test_s3_paid_with_another_amount_or_currency(paid: Money) -> None:
    told = open_order()
    told.capture("wechat", "W1", "4200", paid)
    told.view(PAID, ("wechat", "4200"))

    assert broken(told.judge())[0] == ("S3", "o1")


def test_s3_paid_without_a_winner() -> None:
    told = open_order()
    told.capture("wechat", "W1", "4200")
    told.view(PAID, knows=("4200",))

    assert broken(told.judge())[0] == ("S3", "o1")


def test_s3_shipped_because_of_a_payment_that_does_not_exist() -> None:
    told = open_order()
    told.capture("wechat", "W1", "4200")
    told.view(PAID, ("wechat", "4200"))
    told.view(PAID, ("wechat", "9999"))
    ship = told.shop("ship")
    verdict = told.judge()

    assert broken(verdict)[:2] == [("S1", "o1"), ("S3", "o1")]
    assert ship in verdict.violations[1].entries


# ---- money


def test_s4_a_duplicate_that_nobody_sends_back() -> None:
    told = paid_twice()
    told.refunds = None
    told.view(PAID)

    violation = the_violation(told.judge(), "S4")
    assert violation.at_stake == PRICE
    assert violation.message == (
        "Order o1 is PAID: the channels hold ¥198.00 of it, and ¥99.00 is the merchant's to keep. "
        "¥99.00 of the customer's money is stranded."
    )


def test_s4_a_refund_that_was_granted_and_not_made() -> None:
    told = paid_once()
    wish = told.wish("q1", money("30"))
    verdict = told.judge()

    assert broken(verdict) == [("S4", "o1"), ("C3", "o1")]
    violation = verdict.violations[0]
    assert violation.at_stake == money("30")
    assert wish in violation.entries


def test_s4_more_went_back_than_was_granted() -> None:
    told = paid_once()
    told.wish("q1", money("30"), granted=False)
    told.wish("q2", money("10"), granted=False)
    told.ask("wechat", "W1", "r1", money("20"))
    told.give_back("wechat", "W1", "4200", "r1", money("20"))
    told.view(PAID, refunds=(refund("r1", "W1", DONE, money("20")),))

    assert the_violation(told.judge(), "S4").at_stake == money("20")


def test_s4_a_difference_that_a_person_knows_of_is_unknown() -> None:
    told = paid_twice()
    told.ask("wechat", "W1", "r1")
    told.desk_says("wechat", "W1", "r1", RefundStatus.ABNORMAL)
    told.view(PAID, refunds=(refund("r1", "W1", NEEDS_PERSON),))
    verdict = told.judge()

    assert told.oracle.settled
    assert verdict.outcome is Conclusion.UNKNOWN
    assert [doubt.invariant for doubt in verdict.unknown] == ["S4"]
    assert not verdict.ok


@pytest.mark.parametrize(("trade", "amount"), [("W1", money("98")), ("A1", PRICE)])
def test_s4_a_person_must_know_the_attempt_and_the_amount(trade: str, amount: Money) -> None:
    told = paid_twice()
    told.ask("wechat", "W1", "r1")
    told.desk_says("wechat", "W1", "r1", RefundStatus.ABNORMAL)
    told.view(PAID, refunds=(refund("r1", trade, NEEDS_PERSON, amount),))

    assert ("S4", "o1") in broken(told.judge())
    assert not told.oracle.settled


def test_s4_a_refund_that_the_desk_works_on_is_unknown() -> None:
    told = paid_twice()
    told.ask("wechat", "W1", "r1")
    told.desk_says("wechat", "W1", "r1", RefundStatus.PROCESSING)
    told.view(PAID, refunds=(refund("r1", "W1", PENDING),))
    verdict = told.judge()

    assert not told.oracle.settled
    assert verdict.outcome is Conclusion.UNKNOWN
    assert [doubt.invariant for doubt in verdict.unknown] == ["S4", "L4"]


def test_s7_more_is_asked_back_than_is_left() -> None:
    told = paid_once()
    told.wish("q1", money("60"))
    told.wish("q2", money("60"), granted=False)
    first = told.ask("wechat", "W1", "r1", money("60"))
    told.give_back("wechat", "W1", "4200", "r1", money("60"))
    second = told.ask("wechat", "W1", "r2", money("60"), meaning=Meaning.OVER_BUDGET)
    told.view(PAID, refunds=(refund("r1", "W1", DONE, money("60")),))

    violation = the_violation(told.judge(), "S7")
    assert violation.at_stake == money("60")
    assert violation.entries == (first, second)
    assert "¥39.00 of ¥99.00 was left" in violation.message


def test_s7_more_is_returned_than_was_captured() -> None:
    told = paid_once()
    told.give_back("wechat", "W1", "4200", None, PRICE)
    told.give_back("wechat", "W1", "4200", None, money("1"))

    assert the_violation(told.judge(), "S7").at_stake == money("1")


def test_s7_money_that_the_console_returned_is_not_held_against_the_merchant() -> None:
    """From when on it has to know, C4 says."""
    told = paid_twice()
    told.give_back("wechat", "W1", "4200", None, money("20"))
    told.ask("wechat", "W1", "r1", meaning=Meaning.OVER_BUDGET)

    assert ("S7", "o1") not in broken(told.judge())


def test_s18_a_ledger_that_makes_money() -> None:
    told = paid_once()
    told.ledgers["wechat"].accounts[Account.CUSTOMER] += 1

    assert broken(told.judge()) == [("S18", "")]


def test_s18_a_movement_that_the_oracle_was_not_told_of() -> None:
    told = paid_once()
    ledger = told.ledgers.setdefault("alipay", Ledger())
    ledger.record(Movement(1, MovementKind.CAPTURED, "A1", "2026", PRICE))

    assert broken(told.judge()) == [("S18", "")]


def test_money_for_a_trade_that_nobody_was_given_is_unknown() -> None:
    told = paid_once()
    told.capture("alipay", "A9", "2029")

    assert told.judge().outcome is Conclusion.UNKNOWN


# ---- the shop


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


# ---- refunds


def test_s6_the_winner_is_sent_back_in_place_of_the_duplicate() -> None:
    told = paid_twice()
    ask = told.ask("alipay", "A1", "r1")
    told.give_back("alipay", "A1", "2026", "r1")
    told.refunds = None
    told.view(PAID)

    violation = the_violation(told.judge(), "S6")
    assert violation.at_stake == PRICE
    assert ask in violation.entries


def test_s6_a_payment_that_is_being_sent_back_becomes_the_winner() -> None:
    told = open_order()
    told.capture("wechat", "W1", "4200")
    told.ask("wechat", "W1", "r1", meaning=Meaning.SYSTEM_ERROR)
    told.view(PAID, ("wechat", "4200"))
    told.shop("ship")

    the_violation(told.judge(), "S6")


@pytest.mark.parametrize(("channel", "number"), [("wechat", "2026"), ("unionpay", None)])
def test_s6_the_duplicate_is_asked_back_from_somewhere_else(channel: str, number: str | None) -> None:
    told = paid_twice()
    told.ask(channel, "W1", "r0", number=number, meaning=Meaning.NO_SUCH_TRADE)
    send_back(told)

    the_violation(told.judge(), "S6")


def test_s6_one_of_two_payments_under_one_number_is_sent_back_as_often_as_both() -> None:
    told = paid_once()
    told.capture("wechat", "W1", "4201")
    told.ask("wechat", "W1", "r1", number="4200")
    told.give_back("wechat", "W1", "4200", "r1")
    told.refunds = None
    told.view(PAID, knows=("4201",))

    the_violation(told.judge(), "S6")


@pytest.mark.parametrize("first", [Meaning.OK, Meaning.SYSTEM_ERROR, Meaning.BUSY, Meaning.NO_BALANCE])
def test_s8_a_retry_with_a_new_number(first: Meaning) -> None:
    told = paid_twice()
    one = told.ask("wechat", "W1", "r1", money("50"), meaning=first)
    two = told.ask("wechat", "W1", "r2", money("49"))
    told.give_back("wechat", "W1", "4200", "r1", money("50"))
    told.give_back("wechat", "W1", "4200", "r2", money("49"))

    violation = the_violation(told.judge(), "S8")
    assert violation.at_stake == money("49")
    assert violation.entries == (one, two)


@pytest.mark.parametrize("state", [RefundStatus.PROCESSING, RefundStatus.ABNORMAL, RefundStatus.SUCCESS])
def test_s8_a_new_number_while_the_first_may_have_moved_money(state: RefundStatus) -> None:
    told = paid_twice()
    told.ask("wechat", "W1", "r1", money("50"))
    told.desk_says("wechat", "W1", "r1", state, money("50"))
    told.ask("wechat", "W1", "r2", money("49"))

    assert broken(told.judge())[0] == ("S8", "o1")


def test_s8_a_wish_is_carried_out_twice_and_another_not_at_all() -> None:
    told = paid_once()
    told.wish("q1", money("30"))
    told.wish("q2", money("40"))
    told.ask("wechat", "W1", "r1", money("30"), meaning=Meaning.SYSTEM_ERROR)
    told.ask("wechat", "W1", "r2", money("30"))

    assert broken(told.judge())[0] == ("S8", "o1")


def test_s8_a_number_that_was_refused_for_good_may_be_replaced() -> None:
    told = paid_twice()
    told.ask("wechat", "W1", "r1", money("50"), meaning=Meaning.NUMBER_USED)
    told.ask("wechat", "W1", "r2")
    told.give_back("wechat", "W1", "4200", "r2")
    told.view(PAID, refunds=(refund("r2", "W1", DONE),))

    assert told.judge().ok


def test_s9_a_refund_is_done_before_the_money_came_back() -> None:
    told = paid_twice()
    ask = told.ask("wechat", "W1", "r1")
    told.desk_says("wechat", "W1", "r1", RefundStatus.PROCESSING)
    claim = told.view(PAID, refunds=(refund("r1", "W1", DONE),))
    told.desk_says("wechat", "W1", "r1", RefundStatus.SUCCESS)
    told.give_back("wechat", "W1", "4200", "r1")

    violation = the_violation(told.judge(), "S9")
    assert violation.at_stake == PRICE
    assert violation.entries == (ask, claim)


def test_s9_a_made_up_number_does_not_help() -> None:
    told = paid_twice()
    send_back(told)
    told.view(PAID, refunds=(refund("r1", "W1", DONE), refund("r9", "W1", DONE)))

    the_violation(told.judge(), "S9")


# ---- the customer


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


# ---- progress


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


@pytest.mark.parametrize(
    ("answer", "accused"),
    [(Meaning.SYSTEM_ERROR, True), (Meaning.NO_BALANCE, False), (Meaning.TOO_LATE, False)],
)
def test_l3_a_person_may_take_over_when_the_channel_takes_no_refund(answer: Meaning, accused: bool) -> None:
    told = paid_twice()
    told.ask("wechat", "W1", "r1", meaning=answer)
    told.view(PAID, refunds=(refund("r1", "W1", NEEDS_PERSON),))

    assert broken(told.judge()) == ([("L3", "o1")] if accused else [])


def test_one_promise_to_one_order_is_reported_once_and_the_first_time() -> None:
    told = paid_once()
    first = told.view(OPEN)
    told.view(PAID)
    told.view(OPEN)
    told.view(PAID)

    assert the_violation(told.judge(), "S2").entries[-1] == first


def test_the_sum_at_stake_counts_every_order_once() -> None:
    told = Told()
    told.hand("wechat", "W1")
    told.capture("wechat", "W1", "4200")
    verdict = told.judge()

    assert len(verdict.violations) == 3
    assert verdict.at_stake == (PRICE,)
