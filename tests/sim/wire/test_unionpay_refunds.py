"""Returns and voids at UnionPay: what is accepted, what is a duplicate, and what the desk has to see."""

from __future__ import annotations

import attrs
from tests.sim.wire.wiring_unionpay import NO, PRICE, REFUND_NO, Gateway, fields_of

from paytwice.calendar import HOUR, MINUTE, SECOND
from paytwice.channels import (
    About,
    AskRefund,
    Circumstances,
    Meaning,
    Mishap,
    Notification,
    Outcome,
    QueryRefund,
    RefundStatus,
)
from paytwice.wire.unionpay.merchant import Known
from paytwice_core import Money

YUAN = Money(100, "CNY")


def test_a_refund_is_accepted_and_then_asked_for() -> None:
    gateway = Gateway().paid()
    asked = AskRefund(NO, REFUND_NO, YUAN, "UP0001")
    first = gateway.asked(asked)
    again = gateway.asked(asked)
    gateway.now = 5 * MINUTE
    [_, (meant, post)] = gateway.posts()

    told = gateway.asked(QueryRefund(NO, REFUND_NO))

    assert first == again
    assert first.refund is not None
    assert (first.refund.state, first.refund.channel_refund_number) == (RefundStatus.PROCESSING, "UPR0001")
    assert told.refund is not None
    assert (told.refund.state, told.refund.out_trade_no) == (RefundStatus.SUCCESS, NO)
    heard = gateway.hears(post)
    assert isinstance(heard, Notification)
    assert (heard.about, heard.refund) == (About.REFUND, meant.refund)
    assert gateway.desk.trades[NO].returned == YUAN


def test_a_refund_with_another_time_is_a_duplicate_and_with_another_amount_the_desks_to_see() -> None:
    gateway = Gateway().paid()
    asked = AskRefund(NO, REFUND_NO, YUAN, "UP0001")
    gateway.asked(asked)
    seen = len(gateway.desk.requests)

    later = gateway.asked(asked, Known(SECOND))
    other = gateway.asked(attrs.evolve(asked, amount=Money(200, "CNY")))

    assert (later.code, other.code) == ("12", "12")
    assert other.outcome is Outcome.UNKNOWN
    assert [asked.meaning for asked in gateway.desk.requests[seen:]] == [Meaning.OTHER_AMOUNT]


def test_a_number_cannot_be_an_order_and_a_refund() -> None:
    gateway = Gateway().paid()

    assert gateway.asked(AskRefund(NO, NO, YUAN, "UP0001")).code == "12"


def test_a_refund_may_name_the_order_by_its_time() -> None:
    gateway = Gateway().paid()
    asked = AskRefund(NO, REFUND_NO, YUAN)

    wrong = gateway.asked(asked, Known(0, order_time=SECOND))
    right = gateway.asked(asked, Known(0, order_time=0))

    assert (wrong.code, right.code) == ("34", "00")


def test_a_refund_that_was_done_and_not_told_of_is_found_by_its_query() -> None:
    gateway = Gateway().paid()

    answer = gateway.asked(
        AskRefund(NO, REFUND_NO, YUAN, "UP0001"), circumstances=Circumstances(Mishap.AFTER)
    )

    assert (answer.outcome, answer.code) == (Outcome.UNKNOWN, "04")
    assert gateway.asked(QueryRefund(NO, REFUND_NO)).meaning is Meaning.OK
    assert gateway.asked(QueryRefund(NO, REFUND_NO), Known(SECOND)).meaning is Meaning.NO_SUCH_REFUND


def test_what_was_never_done_leaves_its_number_free() -> None:
    gateway = Gateway().paid()
    asked = AskRefund(NO, REFUND_NO, YUAN, "UP0001")
    gateway.asked(asked, Known(0), Circumstances(Mishap.BEFORE))

    assert gateway.asked(asked, Known(SECOND)).meaning is Meaning.OK


def voided(gateway: Gateway, minor: int, no: str = REFUND_NO) -> dict[str, str]:
    request = AskRefund(NO, no, Money(minor, "CNY"), "UP0001")
    return fields_of(gateway.exchanged(gateway.written(request, gateway.known(request, void=True))))


def test_a_void_returns_all_of_it_once() -> None:
    gateway = Gateway().paid()

    told = [voided(gateway, 9_900), voided(gateway, 9_900), voided(gateway, 9_900, "P1-1-R2")]

    assert [one["respCode"] for one in told] == ["00", "00", "35"]
    assert (told[0]["txnType"], told[0]["origQryId"], told[0]["queryId"]) == ("31", "UP0001", "UPR0001")
    assert told[2]["respMsg"] == "原交易状态不正确[2050002]"
    assert len(gateway.desk.over_budget) == 1, "who asks for it twice has to be seen"
    gateway.now = 5 * MINUTE
    [_, (_, post)] = gateway.posts()
    assert b"txnType=31" in post.body
    assert fields_of(gateway.exchanged(gateway.written(QueryRefund(NO, REFUND_NO))))["txnType"] == "31"


def test_a_void_of_a_part_is_refused_and_one_of_too_much_is_the_desks_to_see() -> None:
    gateway = Gateway().paid()

    part = voided(gateway, 9_899)

    assert (part["respCode"], "[2050001]" in part["respMsg"]) == ("35", True)
    assert gateway.desk.over_budget == []
    assert voided(gateway, 9_901)["respCode"] == "35"
    assert len(gateway.desk.over_budget) == 1


def test_a_void_ends_with_the_clearing_day_and_its_repeat_does_not() -> None:
    gateway = Gateway().paid()
    gateway.now = 10 * HOUR - 1
    first = voided(gateway, 9_900)
    other = Gateway().paid()
    other.now = 10 * HOUR

    assert first["respCode"] == "00"
    gateway.now = 10 * HOUR
    assert voided(gateway, 9_900)["respCode"] == "00"
    late = voided(other, 9_900)
    assert (late["respCode"], "[2040006]" in late["respMsg"]) == ("35", True)


def test_a_void_of_what_is_not_paid_is_the_desks_to_refuse() -> None:
    gateway = Gateway()
    gateway.desk.open(gateway.opened(), 0)
    request = AskRefund(NO, REFUND_NO, PRICE)

    answer = gateway.asked(request, Known(0, order_time=0, void=True))

    assert answer.meaning is Meaning.NOT_PAID
