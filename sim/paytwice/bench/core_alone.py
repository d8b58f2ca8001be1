"""The other way: a rule-based state machine that calls the core, as a team writes it without a simulator.

Money is paid, news is told, again and out of order; after each step the invariants of a single order are
checked. There is no channel with a ladder, no process that dies, no lock and no clock, so most mistakes of
the gallery are not in what it calls: those it cannot see, whatever it draws.
"""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

from hypothesis import HealthCheck, Phase, assume, seed, settings, strategies
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from paytwice.bench.task import APART, Assignment, Trial
from paytwice.gallery.collection import gallery
from paytwice.merchant.reference.merchant import ReferenceMerchant
from paytwice_core import (
    Accepted,
    Captured,
    ClosedUnpaid,
    CloseReason,
    CloseWanted,
    Evidence,
    Money,
    Order,
    OrderState,
    Policy,
    RefundAsked,
    RefundSent,
    RefundSucceeded,
    StartAttempt,
    apply,
)
from paytwice_core.order import DEAD_REFUNDS
from paytwice_core.states import RefundState

PRICE = Money(99_00, "CNY")
CHANNELS = ("wechat", "alipay", "unionpay")
anything = strategies.integers(0, 99)


class OneOrder(RuleBasedStateMachine):
    """One order, its payments at channels that are a dict, and news of them in any order."""

    decide: Any
    examples = 0

    @initialize()
    def open(self) -> None:
        type(self).examples += 1
        self.order = Order.new("P1", PRICE, 900_000)
        self.paid: dict[str, str] = {}  # channel numbers by attempt
        self.winner: object = None
        self.final: OrderState | None = None

    def tell(self, evidence: Evidence) -> None:
        try:
            decision = self.decide(self.order, evidence)
        except Exception as error:  # of the merchant's own, whatever it is: no test would let it pass
            raise AssertionError("a merchant's decision ended in an error") from error
        self.order = apply(self.order, decision)

    @rule(channel=strategies.sampled_from(CHANNELS))
    def start(self, channel: str) -> None:
        attempt = f"P1-{len(self.order.attempts) + 1}"
        self.tell(StartAttempt(attempt, channel, 1))
        if self.order.attempt(attempt) is not None:
            self.tell(Accepted(attempt, 900_000))

    @rule(n=anything)
    def pay(self, n: int) -> None:
        unpaid = [one.id for one in self.order.live_attempts if one.id not in self.paid]
        assume(unpaid)
        self.paid[unpaid[n % len(unpaid)]] = f"N{len(self.paid) + 1}"

    @rule(n=anything)
    def hear(self, n: int) -> None:
        assume(self.paid)
        attempt = sorted(self.paid)[n % len(self.paid)]
        self.tell(Captured(attempt, self.paid[attempt], PRICE))

    @rule(reason=strategies.sampled_from(CloseReason))
    def close(self, reason: CloseReason) -> None:
        self.tell(CloseWanted(reason))

    @rule(n=anything)
    def closed(self, n: int) -> None:
        unpaid = [one.id for one in self.order.live_attempts if one.id not in self.paid]
        assume(unpaid)
        self.tell(ClosedUnpaid(unpaid[n % len(unpaid)]))

    @rule(minor=strategies.integers(1, 120_00), n=anything)
    def ask_back(self, minor: int, n: int) -> None:
        attempt = "" if self.order.winner is None else self.order.winner.attempt
        self.tell(RefundAsked(attempt, Money(minor, "CNY"), f"R{n}"))

    @rule()
    def send_back(self) -> None:
        for refund in self.order.refunds:
            if refund.state is RefundState.CREATED:
                self.tell(RefundSent(refund.id))
                self.tell(RefundSucceeded(refund.id, refund.amount))

    @invariant()
    def who_won_stays(self) -> None:
        if self.winner is not None:
            assert self.order.winner == self.winner
        self.winner = self.order.winner

    @invariant()
    def final_is_final(self) -> None:
        if self.final is not None:
            assert self.order.state is self.final
        if self.order.state in (OrderState.PAID, OrderState.CLOSED):
            self.final = self.order.state

    @invariant()
    def no_more_goes_back_than_came(self) -> None:
        for attempt in self.order.attempts:
            assert self.order.overdrawn(attempt) <= 0

    def teardown(self) -> None:
        """In the end everything is heard: what did not pay the order is on its way back."""
        if not hasattr(self, "order"):
            return
        for attempt, number in sorted(self.paid.items()):
            self.tell(Captured(attempt, number, PRICE))
        self.who_won_stays()
        back = [one for one in self.order.refunds if one.state not in DEAD_REFUNDS]
        winner = self.order.winner
        assert (winner is not None) or self.order.state is OrderState.CLOSED or not self.paid
        others = len(self.paid) - (winner is not None)
        of_others = [one for one in back if winner is None or one.attempt_id != winner.attempt]
        assert sum(one.amount.minor for one in of_others) == others * PRICE.minor


def try_core(assignment: Assignment) -> Trial:
    """Run the state machine against the decisions of an exhibit, one example after another."""
    factory, began = gallery()[assignment.exhibit].factory, time.process_time()  # no part of a run
    bare = factory.__new__(factory)
    bare.around = SimpleNamespace(policy=Policy())  # type: ignore[assignment]  # all that decisions need

    class Machine(OneOrder):
        decide = staticmethod(bare.decide)

    seed(assignment.trial * APART)(Machine)
    caught = False
    if factory.decide is not ReferenceMerchant.decide:  # else it would try our own core, which is no task
        try:
            run_state_machine_as_test(
                Machine,
                settings=settings(
                    max_examples=assignment.limit,
                    stateful_step_count=20,
                    database=None,
                    deadline=None,
                    derandomize=False,
                    phases=[Phase.generate],
                    suppress_health_check=list(HealthCheck),
                    print_blob=False,
                ),
            )
        except AssertionError:
            caught = True
    cpu_ms = int(1000 * (time.process_time() - began))
    # Hypothesis begins more examples than it may count: some end at an `assume`.
    seeds = min(Machine.examples, assignment.limit) if caught else assignment.limit
    return Trial(*assignment.key, caught, seeds, cpu_ms, "core" if caught else "", seeds if caught else 0)
