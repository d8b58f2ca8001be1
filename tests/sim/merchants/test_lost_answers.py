"""What real runs taught the oracle: a wish whose answer was lost may have been granted or not."""

from __future__ import annotations

from tests.sim.oracle.told import (
    CLOSED,
    DONE,
    NEEDS_PERSON,
    PAID,
    Told,
    broken,
    money,
    open_order,
    paid_once,
    refund,
)

from paytwice.channels.messages import RefundStatus
from paytwice.oracle import Conclusion


def sent(told: Told, number: str, minor: str, ends: RefundStatus) -> None:
    """A refund of the winner reaches the desk and comes to an end."""
    told.ask("wechat", "W1", number, money(minor))
    told.desk_says("wechat", "W1", number, ends, money(minor))
    if ends is RefundStatus.SUCCESS:
        told.give_back("wechat", "W1", "4200", number, money(minor))


def one_granted_one_unheard(executed: str) -> Told:
    """30 are granted and with a person, for the card is gone; 40 were wished, and the answer was lost."""
    told = paid_once()
    told.heal()
    told.wish("w1", money("30"))
    sent(told, "r1", "30", RefundStatus.ABNORMAL)
    told.wish("w2", money("40"), granted=False)
    sent(told, "r2", executed, RefundStatus.SUCCESS)
    told.view(
        PAID,
        refunds=(
            refund("r1", "W1", NEEDS_PERSON, money("30"), of="4200"),
            refund("r2", "W1", DONE, money(executed), of="4200"),
        ),
    )
    return told


def test_an_unheard_wish_that_was_carried_out_does_not_make_the_rest_a_violation() -> None:
    told = one_granted_one_unheard(executed="40")

    verdict = told.judge()

    assert broken(verdict) == []
    assert verdict.outcome is Conclusion.UNKNOWN
    assert [doubt.at_stake for doubt in verdict.unknown] == [money("30")]
    assert told.oracle.settled, "it waits for a person, and for nobody else"


def test_a_sum_that_no_reading_of_the_wishes_explains_is_a_violation() -> None:
    told = one_granted_one_unheard(executed="39")

    assert ("S4", "o1") in broken(told.judge())


def test_stock_that_was_released_twice_is_not_called_unreleased() -> None:
    told = open_order()
    told.close("wechat", "W1")
    told.view(CLOSED)
    told.shop("release")
    told.shop("release")
    told.heal()

    assert broken(told.judge()) == [("S14", "o1")]
    assert told.oracle.settled
