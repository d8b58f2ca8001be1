"""The money, by property: whatever is said in whatever order, one payment is kept and the rest goes back."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from tests.core.ledger_model import Ledger

from paytwice_core import Attempt, Captured, Money, Order, OrderSign, Policy, success_rules

QUICK = settings(
    max_examples=150,
    stateful_step_count=25,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
NO_SHRINKING = settings(QUICK, max_examples=5000, phases=[Phase.generate])


def test_no_order_of_messages_strands_money_or_pays_twice() -> None:
    run_state_machine_as_test(Ledger, settings=QUICK)


def by_channel_only(order: Order, channel: str, number: str) -> Attempt | None:
    return next((a for a in order.attempts if a.channel == channel and a.number), None)


def by_number_only(order: Order, channel: str, number: str) -> Attempt | None:
    return next((a for a in order.attempts if a.number == number), None)


def all_of_it(order: Order, attempt: Attempt) -> Money:
    return attempt.captured or Money.zero("CNY")


def nothing(order: Order, attempt: Attempt) -> Money:
    return Money.zero("CNY")


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("holder_of", by_channel_only),
        ("holder_of", by_number_only),
        ("budget_left", all_of_it),
        ("budget_left", nothing),
    ],
)
def test_the_model_finds_an_order_that_is_wrong(
    monkeypatch: pytest.MonkeyPatch, name: str, broken: Callable[..., object]
) -> None:
    monkeypatch.setattr(Order, name, broken)

    with pytest.raises((AssertionError, ValueError)):
        run_state_machine_as_test(Ledger, settings=NO_SHRINKING)


def any_money_will_do(evidence: Captured, order: Order, policy: Policy) -> OrderSign:
    return OrderSign.SUCCESS


def test_the_model_finds_a_guard_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(success_rules, "success_sign", any_money_will_do)

    with pytest.raises((AssertionError, ValueError)):
        run_state_machine_as_test(Ledger, settings=NO_SHRINKING)
