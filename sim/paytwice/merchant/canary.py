"""A merchant that is known to lose money: it takes every later success of a paid order for a repeat.

Campaigns play it beside the merchant under test. What does not catch this one would catch none.
"""

from __future__ import annotations

from collections.abc import Callable

from paytwice.channels.messages import Notification
from paytwice.merchant.port import Surroundings
from paytwice.merchant.reference.books import Books
from paytwice.merchant.reference.jobs import Job
from paytwice.merchant.reference.merchant import ReferenceMerchant
from paytwice_core import Captured, Decision, Evidence, NoAnswer, Order, OrderState


class _Hasty(Books):
    """Books that compare neither the channel nor its number once an order is paid."""

    async def learn(
        self,
        order_id: str,
        evidence: Evidence | Callable[[Order], Evidence],
        *,
        job: Job | None = None,
        heard: Notification | None = None,
    ) -> tuple[Order, Decision] | None:
        def hasty(order: Order) -> Evidence:
            told = evidence(order) if callable(evidence) else evidence
            is_repeat = isinstance(told, Captured) and order.state is OrderState.PAID
            return NoAnswer(told.attempt) if is_repeat and isinstance(told, Captured) else told

        return await super().learn(order_id, hasty, job=job, heard=heard)


class Canary(ReferenceMerchant):
    """The reference merchant with such books."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__(around)
        self._books = _Hasty(around, self._workers)
        self._chores.books = self._reconciliation.books = self._books
