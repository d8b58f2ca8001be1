"""Bills: the day goes by the channel's own times, and the paper is made once."""

from __future__ import annotations

from datetime import date

import attrs
import pytest
from tests.sim.channels.driving import PRICE, credential, new_desk, paid, refund, run_out

from paytwice.calendar import DAY, HOUR, MINUTE, Calendar
from paytwice.channels import (
    CHANNELS,
    WECHAT,
    Bill,
    ChannelProfile,
    Desk,
    FetchBill,
    LineKind,
    Meaning,
    Outcome,
)

CALENDAR = Calendar()
TODAY = CALENDAR.day_of(0)
TOMORROW = CALENDAR.day_of(DAY)
MIDNIGHT = CALENDAR.ms_at(TOMORROW)
READY = CALENDAR.ms_at(TOMORROW, hour=10)

everywhere = pytest.mark.parametrize("profile", CHANNELS.values(), ids=list(CHANNELS))


def bill_of(desk: Desk, day: date, now: int) -> Bill:
    answer = desk.handle(FetchBill(day), now)
    assert answer.bill is not None, answer
    return answer.bill


@everywhere
def test_the_bill_is_there_at_ten_in_the_next_morning(profile: ChannelProfile) -> None:
    desk = paid(profile)

    early = desk.handle(FetchBill(TODAY), READY - 1)

    assert (early.outcome, early.meaning) == (Outcome.REFUSED, Meaning.NOT_READY)
    assert [line.out_trade_no for line in bill_of(desk, TODAY, READY).lines] == ["T1"]


def test_a_payment_belongs_to_the_day_of_its_success() -> None:
    desk = new_desk(WECHAT)
    for no, at in (("LAST", MIDNIGHT - 1), ("FIRST", MIDNIGHT)):
        desk.pay(credential(desk, no, MIDNIGHT - HOUR, expires_at=MIDNIGHT + HOUR), at)

    assert [line.out_trade_no for line in bill_of(desk, TODAY, READY).lines] == ["LAST"]
    assert [line.out_trade_no for line in bill_of(desk, TOMORROW, READY + DAY).lines] == ["FIRST"]


def test_a_refund_belongs_to_the_day_of_its_acceptance() -> None:
    desk = paid(WECHAT)
    refund(desk, MIDNIGHT - 1)
    run_out(desk)

    payment, returned = bill_of(desk, TODAY, READY).lines

    assert (payment.kind, payment.at, payment.channel_number) == (LineKind.PAYMENT, 0, "WX0001")
    assert (returned.kind, returned.at, returned.out_refund_no) == (LineKind.REFUND, MIDNIGHT - 1, "R1")
    assert (payment.amount.minor, returned.amount.minor) == (PRICE, PRICE)
    assert bill_of(desk, TOMORROW, READY + DAY).lines == ()


def test_a_bill_is_made_once() -> None:
    desk = paid(WECHAT)
    assert bill_of(desk, TODAY, READY) is bill_of(desk, TODAY, READY + DAY)


def test_a_day_without_movements_has_an_empty_bill() -> None:
    assert bill_of(new_desk(WECHAT), date(2020, 1, 1), 0).lines == ()


def test_the_hour_is_a_switch() -> None:
    desk = paid(attrs.evolve(WECHAT, bill_hour=9, bill_minute=30))

    assert desk.handle(FetchBill(TODAY), READY - 30 * MINUTE - 1).meaning is Meaning.NOT_READY
    assert bill_of(desk, TODAY, READY - 30 * MINUTE).lines
