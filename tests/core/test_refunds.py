"""What refunds promise: the right one, no more than was captured, one intent one movement."""

import attrs
import pytest
from tests.core.orders import DOLLARS, LESS, PART, POLICY, PRICE, paid, told

from paytwice_core import (
    AbnormalRouteAccepted,
    Captured,
    Decision,
    Evidence,
    ForeignRefund,
    Mismatch,
    Money,
    Order,
    PaidByHand,
    Policy,
    QueryRefund,
    QueryTrade,
    RaiseAlarm,
    RefundAbnormal,
    RefundAccepted,
    RefundAsked,
    RefundClosedByChannel,
    RefundGivenUp,
    RefundReason,
    RefundRefused,
    RefundRevoked,
    RefundRoute,
    RefundSent,
    RefundState,
    RefundSucceeded,
    RefundUnanswered,
    RefundView,
    RerouteRefund,
    SendRefund,
    apply,
    decide,
)


def duplicate() -> Order:
    """Paid with A1; W1 is a duplicate, and O-R1 its refund."""
    return told(paid(), Captured("W1", "4200", PRICE))


def tell(order: Order, evidence: Evidence) -> Decision:
    return decide(order, evidence, POLICY)


def states(order: Order) -> list[tuple[str, str, str]]:
    return [(refund.id, str(refund.amount), str(refund.state)) for refund in order.refunds]


def test_a_customer_gets_back_no_more_than_was_paid() -> None:
    order = told(paid(), RefundAsked("A1", LESS, "q1"))

    assert "more than the 9.00 CNY" in (tell(order, RefundAsked("A1", PART, "q2")).refusal or "")
    assert tell(order, RefundAsked("A1", Money.parse("9.00 CNY"), "q2")).effects == (SendRefund("O-R2"),)


def test_the_same_request_again_is_the_same_refund() -> None:
    order = told(paid(), RefundAsked("A1", PART, "q1"))

    again = tell(order, RefundAsked("A1", PART, "q1"))
    assert (again.changes, again.refusal, again.rows) == (False, None, ("R1",))
    assert tell(order, RefundAsked("A1", LESS, "q1")).refusal is not None


@pytest.mark.parametrize(
    "wish",
    [
        RefundAsked("W1", PART, "q1"),
        RefundAsked("nowhere", PART, "q1"),
        RefundAsked("A1", DOLLARS, "q1"),
        RefundAsked("A1", Money.zero("CNY"), "q1"),
        RefundAsked("A1", PART, "q1", RefundReason.DUPLICATE),
    ],
)
def test_customers_are_refunded_of_the_winner_in_its_currency_only(wish: RefundAsked) -> None:
    decision = tell(duplicate(), wish)

    assert decision.refusal is not None
    assert decision.steps == ()
    # Nor is it a matter of budget.
    assert tell(attrs.evolve(duplicate(), refunds=()), wish).steps == ()


def test_how_much_of_the_order_is_refunded_counts_the_winner_only() -> None:
    order = told(duplicate(), RefundSucceeded("O-R1", PRICE))
    assert order.refund_view is RefundView.NONE

    part = told(order, RefundAsked("A1", PART, "q1"), RefundSucceeded("O-R2", PART))
    assert part.refund_view is RefundView.PARTIAL

    rest = Money.parse("69.00 CNY")
    full = told(part, RefundAsked("A1", rest, "q2"), RefundSucceeded("O-R3", rest))
    assert full.refund_view is RefundView.FULL
    assert Order.new("O", PRICE, 0).refund_view is RefundView.NONE


def test_a_refund_is_not_sent_while_it_is_on_its_way() -> None:
    assert tell(told(duplicate(), RefundSent("O-R1")), RefundSent("O-R1")).refusal is not None
    assert tell(duplicate(), RefundSent("nowhere")).refusal == "order O has no refund nowhere"


def test_a_refund_of_unknown_outcome_keeps_its_number_and_its_budget() -> None:
    order = told(duplicate(), RefundSent("O-R1"), RefundUnanswered("O-R1", "timeout"))

    assert states(order) == [("O-R1", "99.00 CNY", "UNKNOWN")]
    assert order.budget_left(order.attempts[0]).is_zero
    assert told(order, RefundSent("O-R1")).refunds[0].sends == 2


def test_an_empty_balance_is_told_to_a_person() -> None:
    decision = tell(told(duplicate(), RefundSent("O-R1")), RefundUnanswered("O-R1", "NOT_ENOUGH"))

    assert decision.effects[0] == QueryRefund("O-R1")
    assert isinstance(decision.effects[1], RaiseAlarm)


def test_a_refund_that_the_channel_closed_gets_one_successor() -> None:
    order = told(duplicate(), RefundSent("O-R1"), RefundClosedByChannel("O-R1"))
    again = told(order, RefundClosedByChannel("O-R1"))
    later = told(again, RefundSent("O-R2"), RefundClosedByChannel("O-R2"))

    assert states(again) == [("O-R1", "99.00 CNY", "CHANNEL_CLOSED"), ("O-R2", "99.00 CNY", "CREATED")]
    assert [refund.parent_id for refund in later.refunds] == [None, "O-R1", "O-R2"]


def test_a_success_after_all_takes_the_place_of_the_successor() -> None:
    order = told(duplicate(), RefundSent("O-R1"), RefundClosedByChannel("O-R1"))

    decision = tell(order, RefundSucceeded("O-R1", PRICE))
    order = told(order, RefundSucceeded("O-R1", PRICE))
    assert decision.rows == ("R16", "R17")
    assert [state for _, _, state in states(order)] == ["SUCCESS", "REJECTED"]

    # Taken back and closed once more: the line goes on from its last.
    order = told(order, RefundRevoked("O-R1"), RefundClosedByChannel("O-R1"))
    assert [refund.parent_id for refund in order.refunds] == [None, "O-R1", "O-R2"]


def test_a_live_successor_is_enough() -> None:
    order = told(duplicate(), RefundSent("O-R1"), RefundClosedByChannel("O-R1"), RefundSent("O-R2"))
    order = told(order, RefundSucceeded("O-R1", PRICE), RefundRevoked("O-R1"), RefundClosedByChannel("O-R1"))

    assert len(order.refunds) == 2


def test_a_live_successor_is_enough_even_where_budget_is_left() -> None:
    order = told(duplicate(), RefundSent("O-R1"))
    first = attrs.evolve(order.refunds[0], amount=PART)
    second = attrs.evolve(first, id="O-R2", parent_id="O-R1")

    order = told(attrs.evolve(order, refunds=(first, second)), RefundClosedByChannel("O-R1"))

    assert [refund.id for refund in order.refunds] == ["O-R1", "O-R2"]


def test_a_customers_refund_that_the_channel_closed_gets_a_new_number_too() -> None:
    order = told(paid(), RefundAsked("A1", PART, "q1"), RefundSent("O-R1"))

    decision = tell(order, RefundClosedByChannel("O-R1"))
    again = tell(apply(order, decision), RefundAsked("A1", PART, "q1"))

    assert decision.rows == ("R10", "R1")
    assert decision.effects == (SendRefund("O-R2"),)
    assert again.rows == ("R1",), "the customer's request is known, and moves nothing more"
    assert not again.changes


def test_a_refusal_is_definite_only_on_the_first_call() -> None:
    refused = RefundRefused("O-R1", "PARAM_ERROR")
    asked = told(paid(), RefundAsked("A1", PART, "q1"), RefundSent("O-R1"))
    repeated = told(asked, RefundUnanswered("O-R1", "timeout"), RefundSent("O-R1"))

    assert told(asked, refused).refunds[0].state is RefundState.REJECTED
    assert told(repeated, refused).refunds[0].state is RefundState.MANUAL
    assert told(duplicate(), RefundSent("O-R1"), refused).refunds[0].state is RefundState.MANUAL


def test_what_the_channel_refused_to_send_back_is_not_promised_to_the_customer_twice() -> None:
    refused = RefundRefused("O-R1", "INVALID_REQUEST")
    order = told(paid(), RefundAsked("A1", LESS, "q1"), RefundSent("O-R1"), refused)

    assert "more than the 9.00 CNY" in (tell(order, RefundAsked("A1", PART, "q2")).refusal or "")
    assert tell(order, RefundAsked("A1", Money.parse("9.00 CNY"), "q2")).effects == (SendRefund("O-R2"),)
    gone = told(order, ForeignRefund("A1", "F1", PART))
    assert "more than the 0.00 CNY" in (tell(gone, RefundAsked("A1", PART, "q2")).refusal or "")


def test_money_on_the_merchants_own_card_is_no_refund() -> None:
    abnormal = attrs.evolve(duplicate().refunds[0], state=RefundState.ABNORMAL)
    order = attrs.evolve(duplicate(), refunds=(abnormal,))
    order = told(order, AbnormalRouteAccepted("O-R1", RefundRoute.MERCHANT_CARD))

    decision = tell(order, RefundSucceeded("O-R1", PRICE))
    by_hand = told(order, RefundSucceeded("O-R1", PRICE), PaidByHand("O-R1"))

    assert decision.rows == ("R8",)
    assert [type(effect) for effect in decision.effects] == [RaiseAlarm]
    assert states(by_hand) == [("O-R1", "99.00 CNY", "SETTLED_BY_HAND")]


def test_a_success_of_another_amount_alarms_and_proves_nothing() -> None:
    decision = tell(duplicate(), RefundSucceeded("O-R1", PART))

    assert not decision.changes
    assert [type(effect) for effect in decision.effects] == [RaiseAlarm]


def test_a_refund_at_the_console_leaves_less_to_send() -> None:
    part = told(duplicate(), ForeignRefund("W1", "F1", PART))
    rest = told(part, ForeignRefund("W1", "F2", Money.parse("69.00 CNY")))

    assert states(part) == [("O-R1", "69.00 CNY", "CREATED"), ("O-R2", "30.00 CNY", "SUCCESS")]
    assert states(rest)[0] == ("O-R1", "69.00 CNY", "REJECTED")
    assert tell(rest, RefundSent("O-R1")).refusal is not None
    assert not tell(rest, ForeignRefund("W1", "F2", PART)).changes


def test_a_refund_at_the_console_while_ours_is_on_its_way_alarms() -> None:
    decision = tell(told(duplicate(), RefundSent("O-R1")), ForeignRefund("W1", "F1", PART))

    assert [type(effect) for effect in decision.effects] == [RaiseAlarm]


def test_what_a_person_was_to_settle_is_settled_by_a_refund_at_the_console() -> None:
    order = told(paid(), Captured("W1", "4200", LESS), policy=Policy(mismatch=Mismatch.PERSON))

    assert states(told(order, ForeignRefund("W1", "F1", LESS)))[0] == ("O-R1", "90.00 CNY", "REJECTED")


def test_what_was_refused_since_the_console_was_first_shrinks_when_its_refund_is_heard_of() -> None:
    refused = told(duplicate(), RefundSent("O-R1"), RefundRefused("O-R1", "OVER_BUDGET"))

    assert [state for _, _, state in states(told(refused, ForeignRefund("W1", "F1", PRICE)))] == [
        "REJECTED",
        "SUCCESS",
    ]
    assert states(told(refused, ForeignRefund("W1", "F1", PART)))[0] == ("O-R1", "69.00 CNY", "MANUAL")


def test_a_refund_that_may_have_moved_is_not_dropped_for_one_at_the_console() -> None:
    sent = told(duplicate(), RefundSent("O-R1"), RefundUnanswered("O-R1", "timeout"), RefundSent("O-R1"))
    refused = told(sent, RefundRefused("O-R1", "PARAM_ERROR"))

    order = told(refused, ForeignRefund("W1", "F1", PRICE))

    assert [state for _, _, state in states(order)] == ["MANUAL", "SUCCESS"]


def test_a_refund_nobody_asked_for_of_money_nobody_knows_of_asks_the_channel() -> None:
    assert tell(paid(), ForeignRefund("W1", "F1", PART)).effects == (QueryTrade("W1"),)
    assert tell(paid(), ForeignRefund("X9", "F1", PART)).refusal == "order O has no attempt X9"
    assert [type(e) for e in tell(paid(), ForeignRefund("A1", "F1", DOLLARS)).effects] == [RaiseAlarm]


def test_our_own_refund_is_no_foreign_one() -> None:
    order = told(duplicate(), RefundSent("O-R1"))
    numbered = attrs.evolve(order, refunds=(attrs.evolve(order.refunds[0], number="5000"),))

    decision = tell(numbered, ForeignRefund("W1", "5000", PRICE))

    assert (decision.changes, decision.effects) == (False, (QueryRefund("O-R1"),))


def returned(sum: Money) -> Captured:
    return Captured("W1", "4200", PRICE, returned=sum, by="bill")


def test_a_sum_of_returns_counts_only_what_is_not_known_yet() -> None:
    under_way = told(duplicate(), RefundSent("O-R1"))

    assert tell(under_way, returned(PRICE)).effects == (QueryRefund("O-R1"),)
    assert not tell(under_way, returned(PRICE)).changes
    assert not tell(told(under_way, RefundSucceeded("O-R1", PRICE)), returned(PRICE)).changes
    assert states(told(duplicate(), returned(PART))) == [
        ("O-R1", "69.00 CNY", "CREATED"),
        ("O-R2", "30.00 CNY", "SUCCESS"),
    ]


@pytest.mark.parametrize(
    ("named", "amounts"),
    [
        ([30], ["30.00 CNY"]),
        ([10], ["20.00 CNY", "10.00 CNY"]),
        ([10, 20], ["20.00 CNY", "10.00 CNY"]),
        ([50], ["50.00 CNY"]),
    ],
)
def test_foreign_money_known_by_sum_is_not_counted_again_by_number(
    named: list[int], amounts: list[str]
) -> None:
    order = told(paid(), Captured("A1", "2088", PRICE, returned=PART))
    for yuan in named:
        order = told(order, ForeignRefund("A1", f"F{yuan}", Money(yuan * 100, "CNY")))

    assert [str(refund.amount) for refund in order.refunds] == amounts


def test_giving_up_keeps_the_budget_and_tells_a_person() -> None:
    order = told(duplicate(), RefundSent("O-R1"), RefundUnanswered("O-R1", "timeout"))

    assert [type(effect) for effect in tell(order, RefundGivenUp("O-R1")).effects] == [RaiseAlarm]
    assert told(order, RefundGivenUp("O-R1")).budget_left(order.attempts[0]).is_zero


def test_an_abnormal_refund_looks_for_another_way_whenever_it_is_told_again() -> None:
    sent = told(duplicate(), RefundSent("O-R1"), RefundAccepted("O-R1"))
    first = tell(sent, RefundAbnormal("O-R1"))
    again = told(sent, RefundAbnormal("O-R1"), AbnormalRouteAccepted("O-R1", RefundRoute.CUSTOMER_CARD))

    assert first.rows == ("R9",)
    assert RerouteRefund("O-R1") in first.effects
    assert again.refunds[0].route is RefundRoute.CUSTOMER_CARD
    assert RerouteRefund("O-R1") in tell(again, RefundAbnormal("O-R1")).effects
    assert told(again, RefundSucceeded("O-R1", PRICE)).refunds[0].state is RefundState.SUCCESS
