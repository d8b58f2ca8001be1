"""Every state with every evidence, by tables a person can read; a dot means: the state stays."""

from collections.abc import Iterator
from itertools import product

import attrs
import pytest
from tests.core.orders import (
    LESS,
    POLICIES,
    POLICY,
    PRICE,
    all_evidence,
    attempt_evidence,
    fresh,
    order_in,
    order_with_refund,
    refund_evidence,
)

from paytwice_core import (
    MACHINES,
    AttemptState,
    Decision,
    Evidence,
    Order,
    OrderState,
    Pair,
    Policy,
    RefundReason,
    RefundState,
    Winner,
    apply,
    decide,
)

ATTEMPTS = """
                      INIT      SUBMITTED UNKNOWN   CLOSING   SUCCEEDED CLOSED    FAILED
Accepted              SUBMITTED .         SUBMITTED .         .         .         .
NoAnswer              UNKNOWN   .         .         .         .         .         .
Refused               FAILED    .         .         .         .         .         .
CloseSent             CLOSING   CLOSING   CLOSING   .         .         .         .
ClosedUnpaid          .         CLOSED    CLOSED    CLOSED    .         .         .
AlreadyPaid           .         .         .         .         .         .         .
CloseUnanswered       .         .         .         .         .         .         .
Unpaid-early-found    .         .         SUBMITTED .         .         .         .
Unpaid-early-unknown  .         .         .         .         .         .         .
Unpaid-late-found     .         CLOSED    CLOSED    CLOSED    .         .         .
Unpaid-late-unknown   .         CLOSED    CLOSED    CLOSED    .         .         .
PaymentFailed         .         FAILED    FAILED    FAILED    .         .         .
"""
# The refund has been sent once, for a reason of our own.
REFUNDS = """
                   CREATED SENT           PROCESSING     UNKNOWN        ABNORMAL       MANUAL          SUCCESS CHANNEL_CLOSED REJECTED SETTLED_BY_HAND
Sent               SENT    .              .              SENT           .              .               .       .              .        .
Accepted           .       PROCESSING     .              PROCESSING     .              .               .       .              .        .
Unanswered         .       UNKNOWN        .              .              .              .               .       .              .        .
NotFound           .       .              .              .              .              .               .       .              .        .
Succeeded          SUCCESS SUCCESS        SUCCESS        SUCCESS        SUCCESS        SUCCESS         .       SUCCESS        SUCCESS  SUCCESS
SucceededMerchant  MANUAL  MANUAL         MANUAL         MANUAL         MANUAL         .               .       .              .        .
SucceededOtherwise .       .              .              .              .              .               .       .              .        .
Abnormal           .       ABNORMAL       ABNORMAL       ABNORMAL       .              .               .       .              .        .
Rerouted           .       .              .              .              PROCESSING     .               .       .              .        .
Closed             .       CHANNEL_CLOSED CHANNEL_CLOSED CHANNEL_CLOSED CHANNEL_CLOSED CHANNEL_CLOSED  .       .              .        .
Refused            .       MANUAL         .              MANUAL         .              .               .       .              .        .
Revoked            .       .              .              .              .              .               MANUAL  .              .        .
GivenUp            .       .              MANUAL         MANUAL         MANUAL         .               .       .              .        .
PaidByHand         .       .              .              .              .              SETTLED_BY_HAND .       .              .        .
"""  # noqa: E501  # a table is read by its columns
# W1 is open; a paid order was paid by A1. Policy: channel first, late money goes back.
ORDERS = """
                CREATED PAYING  CLOSING PAID CLOSED
Start           PAYING  .       .       .    .
StartAgain      .       .       .       .    .
StartTooLate    .       .       .       .    .
Expire          CLOSING CLOSING .       .    .
Cancel          CLOSING CLOSING .       .    .
Overdue         .       .       .       .    .
Fits            PAID    PAID    PAID    .    .
FitsWithStock   PAID    PAID    PAID    .    .
PartlyReturned  .       .       CLOSED  .    .
PartlyStock     .       .       CLOSED  .    .
AllReturned     .       .       CLOSED  .    .
AllStock        .       .       CLOSED  .    .
Mismatch        .       .       CLOSED  .    .
"""


def table(text: str, states: list[str]) -> list[tuple[str, int, str, str]]:
    header, *lines = text.strip("\n").splitlines()
    assert header.split() == states
    return [
        (name, index, state, state if target == "." else target)
        for index, line in enumerate(lines)
        for name, *targets in [line.split()]
        for state, target in zip(states, targets, strict=True)
    ]


@pytest.mark.parametrize(("name", "index", "state", "target"), table(ATTEMPTS, list(AttemptState)))
def test_what_an_attempt_makes_of_it(name: str, index: int, state: str, target: str) -> None:
    order = order_in(OrderState.PAYING, AttemptState(state))
    evidence = attempt_evidence("W1")[index]
    assert type(evidence).__name__ == name.split("-")[0]

    attempt = apply(order, decide(order, evidence, POLICY)).attempt("W1")

    assert attempt is not None
    assert attempt.state == target


@pytest.mark.parametrize(("name", "index", "state", "target"), table(REFUNDS, list(RefundState)))
def test_what_a_refund_makes_of_it(name: str, index: int, state: str, target: str) -> None:
    order = order_with_refund(RefundState(state), RefundReason.DUPLICATE)

    refund = apply(order, decide(order, refund_evidence("R")[index], POLICY)).refund("R")

    assert refund is not None
    assert refund.state == target


@pytest.mark.parametrize(("name", "index", "state", "target"), table(ORDERS, list(OrderState)))
def test_what_an_order_makes_of_it(name: str, index: int, state: str, target: str) -> None:
    order = order_in(OrderState(state))

    assert apply(order, decide(order, all_evidence()[index], POLICY)).state == target


def every_case() -> Iterator[tuple[Policy, Order, Evidence]]:
    orders = [order_in(state, attempt) for state, attempt in product(OrderState, AttemptState)]
    refunds = [order_with_refund(*each) for each in product(RefundState, RefundReason, (0, 1, 2))]
    yield from product(POLICIES, [fresh(), *orders], all_evidence())
    yield from product([POLICY], refunds, all_evidence())


def test_nothing_makes_decide_raise_and_no_final_word_is_taken_back() -> None:
    seen: set[str] = set()
    pairs: set[Pair] = set()
    for policy, order, evidence in every_case():
        decision = decide(order, evidence, policy)
        after = apply(order, decision)
        assert isinstance(decision, Decision)
        assert decision.because
        assert decision.changes == (after != order)
        assert after.winner == order.winner or order.winner is None
        assert after.state is order.state or order.state is not OrderState.PAID
        seen |= set(decision.rows)
        pairs |= set(decision.pairs)

    # O1 is Order.new; all other rows are exercised by something above.
    assert seen == {row.id for machine in MACHINES for row in machine.rows} - {"O1"}
    assert pairs == {pair for machine in MACHINES for pair in machine.pairs}


def test_a_paid_order_has_the_winner_that_paid_it() -> None:
    order = order_in(OrderState.PAID)

    assert order.winner == Winner("alipay", "2088", "A1")
    assert attrs.evolve(order, attempts=()).attempt("A1") is None
    assert decide(order, all_evidence()[0], Policy()).refusal == "order O is PAID: ask for a refund"
    assert order.budget_left(order.attempts[0]) == PRICE
    assert LESS < PRICE
