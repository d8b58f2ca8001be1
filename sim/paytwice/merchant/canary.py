"""A merchant that is known to lose money: it takes every later success of a paid order for a repeat.

Campaigns play it beside the merchant under test. What does not catch this one would catch none.
"""

from __future__ import annotations

from paytwice.merchant.reference.merchant import ReferenceMerchant
from paytwice_core import Captured, Decision, Evidence, NoAnswer, Order, OrderState


class Deaf(ReferenceMerchant):
    """The reference merchant, but for the payments that `ignores` is true of: they were never heard of."""

    def decide(self, order: Order, told: Evidence) -> Decision:
        """Decide, with what is ignored taken for no answer."""
        if isinstance(told, Captured) and self.ignores(order, told):
            told = NoAnswer(told.attempt)
        return super().decide(order, told)

    def ignores(self, order: Order, payment: Captured) -> bool:
        """Whether a payment is taken for a repeat of one that is known."""
        raise NotImplementedError(f"{type(self).__name__} says which payments it ignores")


class Canary(Deaf):
    """The reference merchant, which compares neither the channel nor its number once an order is paid."""

    def ignores(self, order: Order, payment: Captured) -> bool:
        """Whether a payment is taken for a repeat of one that is known."""
        return order.state is OrderState.PAID
