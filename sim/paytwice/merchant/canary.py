"""A merchant that is known to lose money: it takes every later success of a paid order for a repeat.

Campaigns play it beside the merchant under test. What does not catch this one would catch none.
"""

from __future__ import annotations

from collections.abc import Callable

import attrs

from paytwice.channels.messages import Notification
from paytwice.merchant.port import Surroundings
from paytwice.merchant.reference.books import Books
from paytwice.merchant.reference.jobs import Job
from paytwice.merchant.reference.merchant import ReferenceMerchant
from paytwice_core import Captured, Decision, Evidence, NoAnswer, Order, OrderState


@attrs.define(eq=False)
class DeafBooks(Books):
    """Books that do not take in the payments that `ignores` is true of."""

    ignores: Callable[[Order, Captured], bool] = lambda order, payment: False

    async def learn(
        self,
        order_id: str,
        evidence: Evidence | Callable[[Order], Evidence],
        *,
        job: Job | None = None,
        heard: Notification | None = None,
    ) -> tuple[Order, Decision] | None:
        """Lock an order and decide, with what is ignored taken for no answer."""

        def deaf(order: Order) -> Evidence:
            told = evidence(order) if callable(evidence) else evidence
            if isinstance(told, Captured) and self.ignores(order, told):
                return NoAnswer(told.attempt)
            return told

        return await super().learn(order_id, deaf, job=job, heard=heard)


class Canary(ReferenceMerchant):
    """The reference merchant, which compares neither the channel nor its number once an order is paid."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__(around)
        self._books = DeafBooks(around, self._workers, self.ignores)
        self._chores.books = self._reconciliation.books = self._books

    def ignores(self, order: Order, payment: Captured) -> bool:
        """Whether a payment is taken for a repeat of one that is known."""
        return order.state is OrderState.PAID
