"""Each promise about sums of money is broken by one observation, and told with what led there."""

from __future__ import annotations

import pytest
from tests.sim.oracle.accused import the_violation
from tests.sim.oracle.told import (
    DONE,
    NEEDS_PERSON,
    PAID,
    PENDING,
    PRICE,
    Told,
    broken,
    money,
    paid_once,
    paid_twice,
    refund,
)

from paytwice.channels.ledger import Account, Ledger, Movement, MovementKind
from paytwice.channels.messages import Meaning, RefundStatus
from paytwice.oracle import Conclusion
from paytwice_core import Money


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


def test_the_sum_at_stake_counts_every_order_once() -> None:
    told = Told()
    told.hand("wechat", "W1")
    told.capture("wechat", "W1", "4200")
    verdict = told.judge()

    assert len(verdict.violations) == 3
    assert verdict.at_stake == (PRICE,)


def test_s4_tells_more_than_the_price_that_was_granted_as_such() -> None:
    told = paid_once()
    for name, amount in (("q1", "99"), ("q2", "20")):
        told.wish(name, money(amount))

    violation = next(one for one in told.judge().violations if one.invariant == "S4")
    assert "¥20.00 more than its price has been granted to the customer" in violation.message
    assert violation.at_stake == money("119")
