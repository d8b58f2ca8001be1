"""Refunds: one number moves money once, within the budget, the window, the spacing and the balance."""

from __future__ import annotations

import attrs
import pytest
from tests.sim.channels.driving import (
    PRICE,
    close,
    credential,
    new_desk,
    paid,
    query,
    query_refund,
    refund,
    run_out,
)

from paytwice.calendar import DAY, HOUR, MINUTE, SECOND
from paytwice.channels import (
    ALIPAY,
    CHANNELS,
    UNIONPAY,
    WECHAT,
    Account,
    AskRefund,
    ChannelProfile,
    Circumstances,
    Meaning,
    Mishap,
    MovementKind,
    Outcome,
    RefundFate,
    RefundStatus,
    TradeState,
)
from paytwice_core import Money

everywhere = pytest.mark.parametrize("profile", CHANNELS.values(), ids=list(CHANNELS))


def ending(outcome: RefundStatus, after_ms: int | None = None) -> Circumstances:
    return Circumstances(refund=RefundFate(outcome, after_ms))


@everywhere
def test_a_refund_returns_the_money_in_the_end(profile: ChannelProfile) -> None:
    desk = paid(profile)
    answer = refund(desk, 1)
    assert answer.outcome is Outcome.DONE
    assert answer.refund is not None
    assert answer.refund.channel_refund_number == f"{profile.prefix}R0001"

    run_out(desk)

    told = query_refund(desk, DAY).refund
    assert told is not None
    assert told.state is RefundStatus.SUCCESS
    assert desk.ledger.returned("T1") == PRICE
    assert desk.ledger.kept("T1") == 0
    trade = query(desk, DAY).trade
    assert trade is not None
    assert (trade.state, trade.returned.minor) == (TradeState.RETURNED, PRICE)


def test_wechat_accepts_now_and_returns_five_minutes_later() -> None:
    desk = paid(WECHAT)
    answer = refund(desk, 0)

    assert answer.refund is not None
    assert answer.refund.state is RefundStatus.PROCESSING
    assert desk.ledger.returned("T1") == 0
    assert desk.owes
    assert desk.due() == 5 * MINUTE
    desk.act(5 * MINUTE)
    assert desk.ledger.returned("T1") == PRICE


def test_alipay_says_done_at_once_and_never_again() -> None:
    desk = paid(ALIPAY)

    first, again = refund(desk, 0), refund(desk, 10)

    assert first.refund is not None
    assert (first.refund.state, first.refund.status) == (RefundStatus.SUCCESS, "fund_change=Y")
    assert again.refund is not None
    assert (again.refund.state, again.refund.status) == (RefundStatus.PROCESSING, "fund_change=N")
    told = query_refund(desk, 20).refund
    assert told is not None
    assert told.status == "REFUND_SUCCESS", "only the query confirms after a lost answer"
    assert desk.ledger.returned("T1") == PRICE


def test_an_alipay_refund_to_a_card_takes_its_time() -> None:
    desk = paid(ALIPAY)
    answer = refund(desk, 0, circumstances=ending(RefundStatus.SUCCESS, HOUR))

    assert answer.refund is not None
    assert answer.refund.status == "fund_change=N"
    told = query_refund(desk, 10).refund
    assert told is not None
    assert told.status == "", "a record without REFUND_SUCCESS"
    assert desk.ledger.returned("T1") == 0


@everywhere
def test_one_number_moves_the_money_once(profile: ChannelProfile) -> None:
    desk = paid(profile)
    for now in range(3):
        assert refund(desk, now, 100).outcome is Outcome.DONE
    run_out(desk)
    refund(desk, HOUR, 100)

    assert desk.ledger.returned("T1") == 100
    assert len(desk.refunds) == 1


@everywhere
def test_the_same_number_with_another_amount_moves_nothing(profile: ChannelProfile) -> None:
    desk = paid(profile)
    refund(desk, 0, 100)
    answer = refund(desk, MINUTE, 200)
    run_out(desk)

    assert (answer.outcome, answer.meaning) == (Outcome.UNKNOWN, Meaning.OTHER_AMOUNT)
    assert desk.ledger.returned("T1") == 100


def test_a_channel_may_overlook_the_other_amount() -> None:
    desk = paid(attrs.evolve(WECHAT, refund_same_amount=False))
    refund(desk, 0, 100)

    answer = refund(desk, 1, 200)

    assert answer.refund is not None
    assert answer.refund.amount.minor == 100, "it answers with the first one"


@everywhere
def test_more_than_the_budget_is_refused_and_counted(profile: ChannelProfile) -> None:
    desk = paid(profile)
    refund(desk, 0, PRICE - 100, "R1")
    answer = refund(desk, HOUR, 101, "R2")

    assert (answer.outcome, answer.meaning) == (Outcome.REFUSED, Meaning.OVER_BUDGET)
    assert [(asked.at, asked.meaning) for asked in desk.over_budget] == [(HOUR, Meaning.OVER_BUDGET)]
    assert refund(desk, HOUR, 100, "R3").outcome is Outcome.DONE
    assert len(desk.over_budget) == 1


@pytest.mark.parametrize("mishap", [Mishap.BEFORE, Mishap.BUSY, Mishap.AFTER])
def test_an_over_budget_request_counts_even_when_the_desk_did_not_look_at_it(mishap: Mishap) -> None:
    desk = paid(WECHAT)
    refund(desk, 0, PRICE + 1, circumstances=Circumstances(mishap=mishap))

    assert len(desk.over_budget) == 1
    assert desk.ledger.returned("T1") == 0


def test_an_unpaid_or_closed_trade_has_nothing_to_refund() -> None:
    desk = new_desk(WECHAT)
    credential(desk)
    assert refund(desk, 0).meaning is Meaning.NOT_PAID
    close(desk, 1)
    assert refund(desk, 2).meaning is Meaning.NOT_PAID


@everywhere
def test_a_refund_names_the_payment_it_means(profile: ChannelProfile) -> None:
    desk = paid(profile)

    assert refund(desk, 0, no="T9").meaning is Meaning.NO_SUCH_TRADE
    assert refund(desk, 0, channel_number="XX0001").meaning is Meaning.NO_SUCH_TRADE
    assert refund(desk, 0, channel_number=f"{profile.prefix}0001").outcome is Outcome.DONE


@pytest.mark.parametrize(("profile", "spacing"), [(WECHAT, MINUTE), (ALIPAY, 3 * SECOND), (UNIONPAY, 0)])
def test_a_new_number_keeps_its_distance_and_a_repeat_need_not(profile: ChannelProfile, spacing: int) -> None:
    desk = paid(profile)
    refund(desk, 0, 1, "R1")

    assert refund(desk, 1, 1, "R1").outcome is Outcome.DONE
    if spacing:
        answer = refund(desk, spacing - 1, 1, "R2")
        assert (answer.outcome, answer.meaning) == (Outcome.UNKNOWN, Meaning.TOO_SOON)
    assert refund(desk, spacing, 1, "R2").outcome is Outcome.DONE


@pytest.mark.parametrize(("profile", "window"), [(WECHAT, 365), (ALIPAY, 365), (UNIONPAY, 330)])
def test_the_window_closes(profile: ChannelProfile, window: int) -> None:
    desk = paid(profile)

    assert refund(desk, window * DAY + 1, 1, "R1").meaning is Meaning.TOO_LATE
    assert refund(desk, window * DAY, 1, "R2").outcome is Outcome.DONE


def test_wechat_takes_fifty_parts() -> None:
    desk = paid(WECHAT)
    for part in range(50):
        assert refund(desk, part * MINUTE, 1, f"R{part}").outcome is Outcome.DONE

    assert refund(desk, HOUR, 1, "R50").meaning is Meaning.TOO_MANY_PARTS
    assert refund(desk, HOUR, 1, "R49").outcome is Outcome.DONE, "a repeat is no new part"


def test_a_wechat_number_belongs_to_the_merchant_and_an_alipay_number_to_its_trade() -> None:
    for profile, meaning in ((WECHAT, Meaning.NUMBER_USED), (ALIPAY, Meaning.OK)):
        desk = paid(profile)
        desk.pay(credential(desk, "T2"), 0)
        refund(desk, 0, 1, "R1", no="T1")

        assert refund(desk, 0, 1, "R1", no="T2").meaning is meaning


def test_a_balance_that_is_too_small_is_topped_up_and_the_same_number_goes_through() -> None:
    desk = paid(WECHAT, balance=PRICE - 1)
    answer = refund(desk, 0)
    assert (answer.outcome, answer.meaning) == (Outcome.UNKNOWN, Meaning.NO_BALANCE)

    desk.top_up(1, 0)

    assert refund(desk, 0).outcome is Outcome.DONE
    assert desk.balance == 0
    with pytest.raises(ValueError, match="not by 0"):
        desk.top_up(0, 0)


def test_a_closed_refund_frees_the_budget_and_the_money() -> None:
    desk = paid(WECHAT, balance=PRICE)
    refund(desk, 0, number="R1", circumstances=ending(RefundStatus.CLOSED))
    assert refund(desk, 0, number="R2").meaning is Meaning.OVER_BUDGET
    assert (desk.balance, desk.ledger.accounts[Account.IN_TRANSIT]) == (0, PRICE)
    run_out(desk)

    assert (desk.balance, desk.ledger.accounts[Account.IN_TRANSIT]) == (PRICE, 0)
    told = refund(desk, DAY, number="R1").refund
    assert told is not None
    assert told.state is RefundStatus.CLOSED, "a repeat does not start it again"
    assert refund(desk, DAY, number="R2").outcome is Outcome.DONE
    run_out(desk)
    assert desk.ledger.returned("T1") == PRICE


def test_an_abnormal_refund_keeps_the_money_in_transit_and_the_budget_taken() -> None:
    desk = paid(WECHAT)
    refund(desk, 0, circumstances=ending(RefundStatus.ABNORMAL))
    run_out(desk)

    assert desk.ledger.accounts[Account.IN_TRANSIT] == PRICE
    assert desk.ledger.returned("T1") == 0
    assert refund(desk, DAY, 1, "R2").meaning is Meaning.OVER_BUDGET
    assert not desk.owes


@pytest.mark.parametrize("mishap", [Mishap.BEFORE, Mishap.BUSY])
def test_a_mishap_before_the_effect_moves_nothing(mishap: Mishap) -> None:
    desk = paid(ALIPAY)
    answer = refund(desk, 0, circumstances=Circumstances(mishap=mishap))

    assert answer.outcome is Outcome.UNKNOWN
    assert desk.ledger.total_returned == 0
    assert refund(desk, 1).outcome is Outcome.DONE


def test_a_mishap_after_the_effect_is_found_out_by_the_same_number() -> None:
    desk = paid(ALIPAY)
    answer = refund(desk, 0, circumstances=Circumstances(mishap=Mishap.AFTER))

    assert (answer.outcome, answer.refund) == (Outcome.UNKNOWN, None)
    assert desk.requests[-1].meaning is Meaning.OK
    refund(desk, 1)
    assert desk.ledger.returned("T1") == PRICE


@everywhere
def test_an_unknown_refund_is_not_found(profile: ChannelProfile) -> None:
    answer = query_refund(paid(profile), 0)

    assert (answer.meaning, answer.refund) == (Meaning.NO_SUCH_REFUND, None)
    assert answer.outcome is not Outcome.DONE


def test_a_lagging_query_tells_the_older_state_of_a_refund() -> None:
    desk = paid(WECHAT)
    refund(desk, MINUTE, circumstances=ending(RefundStatus.SUCCESS, SECOND))
    desk.act(MINUTE + SECOND)

    def told(lag: int) -> RefundStatus | None:
        answer = query_refund(desk, MINUTE + SECOND, circumstances=Circumstances(read_lag=lag))
        return answer.refund.state if answer.refund is not None else None

    assert [told(0), told(1), told(SECOND), told(SECOND + 1)] == [
        RefundStatus.SUCCESS,
        RefundStatus.PROCESSING,
        RefundStatus.PROCESSING,
        None,
    ]


@pytest.mark.parametrize("amount", [Money(0, "CNY"), Money(-1, "CNY"), Money(1, "USD")])
def test_what_is_no_amount_here_is_refused(amount: Money) -> None:
    desk = paid(WECHAT)

    assert desk.handle(AskRefund("T1", "R1", amount), 0).outcome is Outcome.REFUSED
    kinds = [movement.kind for movement in desk.ledger.movements]
    assert kinds == [MovementKind.CAPTURED, MovementKind.FEE]


def test_a_fate_is_an_end() -> None:
    with pytest.raises(ValueError, match="PROCESSING"):
        RefundFate(RefundStatus.PROCESSING)
    with pytest.raises(ValueError, match="before it is accepted"):
        RefundFate(RefundStatus.SUCCESS, -1)
