"""ABNORMAL has two ways out, one of which leaves the customer unpaid; an empty account has two as well."""

from __future__ import annotations

import attrs
import pytest
from tests.sim.channels.driving import PRICE, ack_all, credential, new_desk, paid, query, query_refund, refund

from paytwice.calendar import DAY, HOUR, MINUTE
from paytwice.channels import (
    ALIPAY,
    ALIPAY_OLD_REFUND_QUERY,
    UNIONPAY,
    WECHAT,
    AbnormalRoute,
    Account,
    Answer,
    ApplyAbnormalRefund,
    ChannelProfile,
    Circumstances,
    Desk,
    Meaning,
    Mishap,
    MovementKind,
    Outcome,
    RefundFate,
    RefundStatus,
    TradeState,
)

TO_CUSTOMER, TO_MERCHANT = AbnormalRoute.CUSTOMER_CARD, AbnormalRoute.MERCHANT_CARD


def ending(outcome: RefundStatus, after: int | None = None) -> Circumstances:
    return Circumstances(refund=RefundFate(outcome, after))


def abnormal() -> Desk:
    """A desk whose only refund is ABNORMAL, and everybody has been told."""
    desk = paid(WECHAT)
    refund(desk, 0, circumstances=ending(RefundStatus.ABNORMAL, 0))
    ack_all(desk, 0)
    return desk


def reroute(
    desk: Desk, route: AbnormalRoute, now: int = HOUR, end: RefundStatus = RefundStatus.SUCCESS
) -> Answer:
    return desk.handle(ApplyAbnormalRefund("T1", "R1", route), now, ending(end))


def state_of(answer: Answer) -> RefundStatus:
    assert answer.refund is not None, answer
    return answer.refund.state


def test_the_customers_card_gets_the_money_a_day_later() -> None:
    desk = abnormal()

    assert state_of(reroute(desk, TO_CUSTOMER)) is RefundStatus.PROCESSING
    assert desk.owes
    [told] = ack_all(desk, HOUR + DAY)

    assert told.refund is not None
    assert (told.refund.state, told.refund.to_merchant_card) == (RefundStatus.SUCCESS, False)
    assert desk.ledger.kept("T1") == 0
    assert not desk.owes


def test_the_merchants_card_gets_the_money_and_the_customer_has_none() -> None:
    desk = abnormal()

    reroute(desk, TO_MERCHANT)
    [told] = ack_all(desk, HOUR + DAY)

    assert told.refund is not None
    assert (told.refund.state, told.refund.to_merchant_card) == (RefundStatus.SUCCESS, True)
    assert (desk.ledger.returned("T1"), desk.ledger.kept("T1")) == (0, PRICE)
    assert desk.ledger.accounts[Account.IN_TRANSIT] == 0
    assert (desk.ledger.accounts[Account.MERCHANT], desk.ledger.accounts[Account.MERCHANT_CARD]) == (0, PRICE)
    assert desk.ledger.movements[-1].kind is MovementKind.TO_MERCHANT_CARD
    record = query(desk, HOUR + DAY).trade
    assert record is not None
    assert record.returned.minor == 0, "what the merchant got did not go back"
    assert refund(desk, 2 * DAY, 1, "R2").meaning is Meaning.OVER_BUDGET, "to the channel it is refunded"


def test_a_route_that_fails_leaves_the_other_and_is_told_again() -> None:
    desk = abnormal()

    reroute(desk, TO_CUSTOMER, end=RefundStatus.ABNORMAL)
    [again] = ack_all(desk, HOUR + DAY)
    reroute(desk, TO_MERCHANT, 2 * DAY)
    [done] = ack_all(desk, 3 * DAY)

    assert again.refund is not None
    assert again.refund.state is RefundStatus.ABNORMAL
    assert len(dict.fromkeys(desk.ladders)) == 4, "paid, ABNORMAL, ABNORMAL again, SUCCESS"
    assert done.refund is not None
    assert done.refund.to_merchant_card


def test_the_same_route_again_changes_nothing_and_another_is_refused_meanwhile() -> None:
    desk = abnormal()
    reroute(desk, TO_CUSTOMER)

    assert state_of(reroute(desk, TO_CUSTOMER, HOUR + 1)) is RefundStatus.PROCESSING
    assert reroute(desk, TO_MERCHANT, HOUR + 2).meaning is Meaning.NOT_ABNORMAL
    ack_all(desk, HOUR + DAY)
    assert state_of(reroute(desk, TO_CUSTOMER, 2 * DAY)) is RefundStatus.SUCCESS
    assert desk.ledger.returned("T1") == PRICE


@pytest.mark.parametrize("number", ["R1", "R9"])
def test_only_an_abnormal_refund_goes_another_way(number: str) -> None:
    desk = paid(WECHAT)
    refund(desk, 0)
    answer = desk.handle(ApplyAbnormalRefund("T1", number, TO_CUSTOMER), 1)

    assert answer.meaning is (Meaning.NOT_ABNORMAL if number == "R1" else Meaning.NO_SUCH_REFUND)
    assert answer.outcome is Outcome.REFUSED


@pytest.mark.parametrize("profile", [ALIPAY, UNIONPAY], ids=["alipay", "unionpay"])
def test_a_channel_without_the_call_does_not_know_it(profile: ChannelProfile) -> None:
    desk = paid(profile)
    refund(desk, 0, circumstances=ending(RefundStatus.ABNORMAL, 0))

    assert reroute(desk, TO_CUSTOMER).meaning is Meaning.NOT_SUPPORTED


# ---- an account that is empty


def test_a_refund_that_is_taken_on_waits_for_money_and_is_closed_after_seven_days() -> None:
    desk = paid(WECHAT)
    desk.drain(takes_on=True)
    assert state_of(refund(desk, 0)) is RefundStatus.PROCESSING
    assert desk.ledger.accounts[Account.IN_TRANSIT] == 0, "there was nothing to set aside"
    assert desk.due() == 7 * DAY

    [told] = ack_all(desk, 7 * DAY)

    assert told.refund is not None
    assert told.refund.state is RefundStatus.CLOSED
    assert (desk.balance, desk.ledger.kept("T1")) == (0, PRICE)
    assert refund(desk, 7 * DAY, number="R2").outcome is Outcome.DONE, "the budget is free for a new number"


def test_money_that_is_paid_in_goes_to_those_that_waited_longest() -> None:
    desk = paid(WECHAT)
    desk.drain(takes_on=True)
    refund(desk, 0, 6_000, "R1")
    refund(desk, 2 * MINUTE, 3_000, "R2")

    desk.top_up(5_999, HOUR)
    assert desk.balance == 5_999, "a small one does not overtake"
    desk.top_up(1, HOUR)
    assert desk.balance == 0
    ack_all(desk, HOUR + 5 * MINUTE)

    assert desk.ledger.returned("T1") == 6_000
    assert state_of(query_refund(desk, DAY, "R2")) is RefundStatus.PROCESSING
    ack_all(desk, 7 * DAY + 2 * MINUTE)
    assert state_of(query_refund(desk, 8 * DAY, "R1")) is RefundStatus.SUCCESS, "paid in time: not given up"
    assert state_of(query_refund(desk, 8 * DAY, "R2")) is RefundStatus.CLOSED


def test_a_shortage_for_a_moment_leaves_no_trace() -> None:
    desk = paid(WECHAT)
    answer = refund(desk, 0, circumstances=Circumstances(Mishap.SHORT))

    assert (answer.outcome, answer.meaning) == (Outcome.UNKNOWN, Meaning.NO_BALANCE)
    assert query_refund(desk, 1).meaning is Meaning.NO_SUCH_REFUND
    assert refund(desk, 2).outcome is Outcome.DONE


def test_an_account_cannot_be_drained_below_nothing() -> None:
    with pytest.raises(ValueError, match="-1"):
        new_desk(WECHAT).drain(-1)


# ---- readings of the channels


def test_the_older_alipay_query_finds_a_refund_only_when_it_is_done() -> None:
    slow = attrs.evolve(ALIPAY_OLD_REFUND_QUERY, refund_takes=HOUR)
    desk = paid(slow)
    refund(desk, 0)

    assert query_refund(desk, 1).meaning is Meaning.NO_SUCH_REFUND
    ack_all(desk, HOUR)
    assert state_of(query_refund(desk, HOUR)) is RefundStatus.SUCCESS


def test_a_bank_that_pays_unionpay_too_late_gives_the_customer_the_money_back_and_tells_nobody() -> None:
    desk = new_desk(UNIONPAY)
    held = credential(desk)
    desk.open(held, HOUR - MINUTE)

    late = desk.pay(held, HOUR + MINUTE)
    assert desk.pay(held, HOUR + 2 * MINUTE).meaning is Meaning.TOO_LATE, "a bank pays once"

    assert (late.accepted, late.meaning) == (False, Meaning.TOO_LATE)
    assert desk.ledger.accounts[Account.CUSTOMER] == -PRICE
    assert desk.ledger.captured("T1") == 0, "it was never the merchant's"
    assert desk.owes
    assert "paid too late for T1" in desk.pending()[0]
    told = query(desk, HOUR + HOUR).trade
    assert told is not None
    assert told.state is TradeState.UNPAID
    assert refund(desk, 2 * HOUR).meaning is Meaning.NOT_PAID

    assert ack_all(desk, HOUR + MINUTE + 7 * DAY) == []
    assert desk.ledger.accounts[Account.CUSTOMER] == 0
    assert not desk.owes


def test_a_form_that_nobody_opened_in_time_reaches_no_bank() -> None:
    desk = new_desk(UNIONPAY)
    desk.pay(credential(desk), HOUR + MINUTE)

    assert desk.ledger.movements == []


def test_a_route_that_fails_twice_is_told_of_twice() -> None:
    """Found by a hostile seed of the refund desk: the second ladder stood on rungs of the first."""
    desk = abnormal()
    told = []
    for day in (1, 3):
        reroute(desk, TO_MERCHANT, day * DAY, end=RefundStatus.ABNORMAL)
        told += ack_all(desk, (day + 1) * DAY)

    assert [one.refund.state for one in told if one.refund is not None] == [RefundStatus.ABNORMAL] * 2
    assert len({one.id for one in told}) == 2
