"""What the order promises, one promise a test."""

import pytest
from tests.core.orders import DOLLARS, LESS, PART, POLICY, PRICE, fresh, paid, told

from paytwice_core import (
    Accepted,
    AlreadyPaid,
    Attempts,
    AttemptState,
    Captured,
    ClosedUnpaid,
    CloseReason,
    CloseTrade,
    CloseUnanswered,
    CloseWanted,
    Closing,
    CreateTrade,
    Disposition,
    LateSuccess,
    Mismatch,
    Money,
    NoAnswer,
    Order,
    OrderClosed,
    OrderState,
    Overdue,
    Policy,
    QueryTrade,
    RaiseAlarm,
    RefundReason,
    RefundState,
    ReleaseStock,
    SendRefund,
    Ship,
    StartAttempt,
    Unpaid,
    Winner,
    apply,
    decide,
)

EXPIRED = CloseWanted(CloseReason.EXPIRED)
LOCAL = Policy(closing=Closing.LOCAL_FIRST)
REOPEN = Policy(late=LateSuccess.REOPEN_IF_STOCK)


def paying(policy: Policy = POLICY) -> Order:
    return told(fresh(), StartAttempt("W1", "wechat", at=0), Accepted("W1", dead_at=800_000), policy=policy)


def test_an_order_is_for_more_than_nothing() -> None:
    with pytest.raises(ValueError, match=r"0\.00 CNY"):
        Order.new("O", Money.zero("CNY"), 0)


def test_a_late_wechat_success_after_alipay_paid_is_refunded_in_full() -> None:
    """The story this project was built for."""
    decision = decide(paid(), Captured("W1", "4200", PRICE), POLICY)
    order = apply(paid(), decision)

    assert decision.rows == ("A4", "O5", "R1")
    assert decision.effects == (SendRefund("O-R1"),)
    assert order.winner == Winner("alipay", "2088", "A1")
    assert order.state is OrderState.PAID
    refund = order.refund("O-R1")
    assert refund is not None
    assert (refund.attempt_id, refund.amount, refund.reason) == ("W1", PRICE, RefundReason.DUPLICATE)


def test_the_winners_success_again_changes_nothing() -> None:
    decision = decide(paid(), Captured("A1", "2088", PRICE), POLICY)

    assert decision.rows == ("A5a", "O4")
    assert not decision.changes
    assert decision.effects == ()


def test_the_same_number_at_another_channel_is_other_money() -> None:
    order = told(paid(), Captured("W1", "2088", PRICE))

    assert [refund.attempt_id for refund in order.refunds] == ["W1"]


def test_a_second_payment_of_the_winning_trade_gets_a_row_and_a_refund_of_its_own() -> None:
    order = told(paid(), Captured("A1", "2089", PRICE), Captured("A1", "2090", PRICE))

    assert [attempt.id for attempt in order.attempts] == ["W1", "A1", "A1+1", "A1+2"]
    assert [refund.attempt_id for refund in order.refunds] == ["A1+1", "A1+2"]
    assert order.winner == Winner("alipay", "2088", "A1")


def test_paying_ships_once_and_closes_what_else_is_open() -> None:
    order = told(fresh(), StartAttempt("W1", "wechat", 0), StartAttempt("A1", "alipay", 0))

    decision = decide(order, Captured("A1", "2088", PRICE), POLICY)

    assert decision.effects == (Ship("O"), CloseTrade("W1"))
    assert decision.rows == ("A4", "O3", "A6")


def test_a_payment_whose_number_belongs_to_another_attempt_moves_nothing() -> None:
    two = told(fresh(), StartAttempt("W1", "wechat", 0), StartAttempt("W2", "wechat", 0))
    two = told(two, Captured("W1", "4200", PRICE))
    decision = decide(two, Captured("W2", "4200", PRICE), POLICY)
    assert not decision.changes
    assert isinstance(decision.effects[0], RaiseAlarm)


def test_money_for_an_attempt_nobody_knows_is_refused_and_alarms() -> None:
    decision = decide(paid(), Captured("X9", "1", PRICE), POLICY)

    assert decision.refusal == "order O has no attempt X9"
    assert [type(effect) for effect in decision.effects] == [RaiseAlarm]


@pytest.mark.parametrize("amount", [LESS, DOLLARS])
@pytest.mark.parametrize(
    ("mismatch", "state"), [(Mismatch.REFUND, RefundState.CREATED), (Mismatch.PERSON, RefundState.MANUAL)]
)
def test_another_amount_or_currency_never_pays(amount: Money, mismatch: Mismatch, state: RefundState) -> None:
    order = told(paying(), Captured("W1", "4200", amount), policy=Policy(mismatch=mismatch))

    assert order.state is OrderState.PAYING
    assert order.attempts[0].disposition is Disposition.MISMATCH
    assert [(refund.amount, refund.state) for refund in order.refunds] == [(amount, state)]


def test_expiry_asks_the_channels_first_and_keeps_the_stock() -> None:
    decision = decide(paying(), EXPIRED, POLICY)
    closing = apply(paying(), decision)
    last = decide(closing, ClosedUnpaid("W1"), POLICY)

    assert decision.effects == (CloseTrade("W1"),)
    assert closing.state is OrderState.CLOSING
    assert last.rows == ("A7", "O9")
    assert last.effects == (ReleaseStock("O"), OrderClosed("O", CloseReason.EXPIRED))
    assert apply(closing, last).close_reason is CloseReason.EXPIRED


def test_an_order_nobody_tried_to_pay_closes_at_once() -> None:
    assert decide(fresh(), EXPIRED, POLICY).rows == ("O8", "O9")


def test_local_first_closes_at_once_and_the_channels_follow() -> None:
    decision = decide(paying(), EXPIRED, LOCAL)

    assert decision.rows == ("O8L", "A6")
    assert decision.effects == (ReleaseStock("O"), OrderClosed("O", CloseReason.EXPIRED), CloseTrade("W1"))


def test_already_paid_asks_the_channel_and_the_answer_pays_the_order() -> None:
    closing = told(paying(), EXPIRED)

    assert decide(closing, AlreadyPaid("W1"), POLICY).effects == (QueryTrade("W1"),)
    assert decide(closing, Captured("W1", "4200", PRICE, by="query"), POLICY).rows == ("A4", "O10")


def test_late_money_for_a_closed_order_goes_back_and_alarms() -> None:
    closed = told(paying(), EXPIRED, ClosedUnpaid("W1"))

    decision = decide(closed, Captured("W1", "4200", PRICE), POLICY)

    assert decision.rows == ("A4", "O6", "R1")
    assert [type(effect) for effect in decision.effects] == [RaiseAlarm, SendRefund]
    assert apply(closed, decision).state is OrderState.CLOSED


def test_late_money_reopens_the_order_only_if_the_stock_was_regained() -> None:
    closed = told(paying(), EXPIRED, policy=Policy(Closing.LOCAL_FIRST, LateSuccess.REOPEN_IF_STOCK))
    with_stock = Captured("W1", "4200", PRICE, stock_regained=True)

    assert decide(closed, with_stock, REOPEN).rows == ("A4", "O6R")
    assert decide(closed, Captured("W1", "4200", PRICE), REOPEN).rows == ("A4", "O6", "R1")
    # Reserved in vain: the shelf gets it back.
    assert ReleaseStock("O") in decide(closed, with_stock, POLICY).effects


def test_money_that_went_back_before_we_heard_of_it_pays_nothing() -> None:
    order = told(paying(), Captured("W1", "4200", PRICE, returned=PRICE))

    assert order.state is OrderState.PAYING
    assert order.attempts[0].disposition is Disposition.RETURNED
    assert [(refund.reason, refund.state) for refund in order.refunds] == [
        (RefundReason.FOREIGN, RefundState.SUCCESS)
    ]


def test_money_that_went_back_in_part_is_left_to_a_person() -> None:
    order = told(paying(), Captured("W1", "4200", PRICE, returned=PART))

    assert [(str(refund.amount), refund.state) for refund in order.refunds] == [
        ("30.00 CNY", RefundState.SUCCESS),
        ("69.00 CNY", RefundState.MANUAL),
    ]


def test_of_a_duplicate_only_what_the_channel_kept_goes_back() -> None:
    order = told(paid(), Captured("W1", "4200", PRICE, returned=PART))

    assert order.attempts[0].disposition is Disposition.DUPLICATE
    assert str(order.refunds[-1].amount) == "69.00 CNY"
    assert order.refunds[-1].state is RefundState.CREATED


def test_a_duplicate_that_went_back_already_needs_nothing_more() -> None:
    assert decide(paid(), Captured("W1", "4200", PRICE, returned=PRICE), POLICY).rows == ("A4'", "R17", "O7b")


def test_returned_zero_is_as_good_as_not_returned() -> None:
    assert told(paying(), Captured("W1", "4200", PRICE, returned=Money.zero("CNY"))).state is OrderState.PAID


def test_one_at_a_time_waits_for_the_attempt_that_may_still_be_paid() -> None:
    policy = Policy(attempts=Attempts.ONE_AT_A_TIME)
    second = StartAttempt("A1", "alipay", at=0)

    assert decide(paying(), second, policy).refusal is not None
    assert decide(told(paying(), ClosedUnpaid("W1")), second, policy).effects == (CreateTrade("A1"),)


def test_no_attempt_starts_within_the_guard_band_before_expiry() -> None:
    policy = Policy(guard_band_ms=60_000)

    assert decide(fresh(), StartAttempt("W1", "wechat", at=839_999), policy).refusal is None
    assert decide(fresh(), StartAttempt("W1", "wechat", at=840_000), policy).refusal is not None


def test_unpaid_proves_nothing_before_the_credential_is_dead_and_the_read_lag_over() -> None:
    unknown = told(paying(), EXPIRED)

    for found in (True, False):
        assert decide(unknown, Unpaid("W1", 810_000, found), POLICY).rows == ("A11",)
        assert decide(unknown, Unpaid("W1", 810_001, found), POLICY).rows == ("A12", "O9")


def test_a_close_that_overtakes_the_answer_to_create_still_learns_when_the_credential_dies() -> None:
    closing = told(fresh(), StartAttempt("W1", "wechat", 0), EXPIRED, Accepted("W1", dead_at=950_000))

    assert closing.attempts[0].state is AttemptState.CLOSING
    assert closing.attempts[0].dead_at == 950_000
    assert decide(closing, Unpaid("W1", 950_000, found=True), POLICY).rows == ("A11",)


def test_of_two_credentials_the_one_that_dies_later_counts() -> None:
    order = told(paying(), Accepted("W1", dead_at=700_000))

    assert order.attempts[0].dead_at == 800_000


def test_an_attempt_nobody_answered_for_dies_with_the_order() -> None:
    unknown = told(fresh(), StartAttempt("W1", "wechat", 0), NoAnswer("W1"))

    assert decide(unknown, Unpaid("W1", 910_000, found=False), POLICY).rows == ("A11",)
    assert decide(unknown, Unpaid("W1", 910_001, found=False), POLICY).rows == ("A12",)


def test_an_unanswered_close_is_repeated_and_a_long_one_alarms() -> None:
    closing = told(paying(), EXPIRED)

    assert decide(closing, CloseUnanswered("W1"), POLICY).effects == (CloseTrade("W1"),)
    overdue = decide(closing, Overdue(), POLICY)
    assert overdue.rows == ("O11",)
    assert overdue.effects[1:] == (QueryTrade("W1"),)


@pytest.mark.parametrize(
    ("order", "answer"),
    [
        (paid(), "order O is PAID: ask for a refund"),
        (told(fresh(), EXPIRED), "order O is CLOSED: make a new order"),
        (told(paying(), EXPIRED), "order O is CLOSING: wait for the outcome"),
    ],
)
def test_who_cannot_have_what_they_want_hears_the_present_state(order: Order, answer: str) -> None:
    assert decide(order, CloseWanted(CloseReason.CANCELLED), POLICY).refusal == answer
    assert decide(order, StartAttempt("U1", "union", 0), POLICY).refusal == answer


def test_a_capture_is_of_more_than_nothing_and_returns_its_own_currency() -> None:
    with pytest.raises(ValueError, match=r"Captured\.amount .* 0\.00 CNY"):
        Captured("W1", "4200", Money.zero("CNY"))
    with pytest.raises(ValueError, match=r"99\.00 USD"):
        Captured("W1", "4200", PRICE, returned=DOLLARS)
