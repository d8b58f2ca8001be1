"""What a story has arranged at a channel: it holds whatever the seed, and comes before all draws."""

from __future__ import annotations

from collections import deque

import attrs

from paytwice.channels.circumstances import RefundFate
from paytwice.channels.messages import AskRefund, QueryRefund, QueryTrade, Request


@attrs.define(eq=False)
class Arrangements:
    """Fates of the refunds to come, oldest first, and how far queries lag behind."""

    refund_fates: deque[RefundFate] = attrs.Factory(deque)
    read_lag: int = 0
    second_bookings: deque[int] = attrs.Factory(deque)  # how long after the payments to come, oldest first

    def fate(self, request: Request) -> RefundFate | None:
        """The fate that was arranged for this refund, if one was; it is used up."""
        return self.refund_fates.popleft() if self.refund_fates and isinstance(request, AskRefund) else None

    def heal(self) -> list[str]:
        """End what is a fault of the channel, and say in words what never came to be."""
        self.read_lag = 0
        unmet = ["book a payment twice"] * len(self.second_bookings)
        self.second_bookings.clear()
        return unmet

    def lag(self, request: Request) -> int:
        """How many milliseconds ago this query is answered from, at least."""
        return self.read_lag if isinstance(request, QueryTrade | QueryRefund) else 0
