"""What a story has arranged at a channel: it holds whatever the seed, and comes before all draws."""

from __future__ import annotations

from collections import deque
from fnmatch import fnmatchcase

import attrs

from paytwice.channels.circumstances import RefundFate
from paytwice.channels.requests import ApplyAbnormalRefund, AskRefund, QueryRefund, QueryTrade, Request


@attrs.define(eq=False)
class Arrangements:
    """Fates of refunds and abnormal routes to come, oldest first, how far queries lag, which calls fail."""

    refund_fates: deque[RefundFate] = attrs.Factory(deque)
    route_fates: deque[RefundFate] = attrs.Factory(deque)
    read_lag: int = 0
    second_bookings: deque[int] = attrs.Factory(deque)  # how long after the payments to come, oldest first
    failing: dict[str, int] = attrs.Factory(dict)  # a pattern of calls, and until when; in milliseconds
    _met: dict[str, bool] = attrs.Factory(dict)  # the patterns that some call met
    busy_until: int = 0

    def fate(self, request: Request) -> RefundFate | None:
        """The fate that was arranged for this refund or this route of it, if one was; it is used up."""
        if self.refund_fates and isinstance(request, AskRefund):
            return self.refund_fates.popleft()
        if self.route_fates and isinstance(request, ApplyAbnormalRefund):
            return self.route_fates.popleft()
        return None

    def heal(self) -> list[str]:
        """End what is a fault of the channel, and say in words what never came to be."""
        self.read_lag = self.busy_until = 0
        unmet = ["book a payment twice"] * len(self.second_bookings)
        self.second_bookings.clear()
        unmet += [f"fail {pattern!r}" for pattern in self.failing if pattern not in self._met]
        self.failing.clear()
        return unmet

    def lag(self, request: Request) -> int:
        """How many milliseconds ago this query is answered from, at least."""
        return self.read_lag if isinstance(request, QueryTrade | QueryRefund) else 0

    def fails(self, call: str, now: int) -> bool:
        """Whether a call such as `trade.query` is not served now."""
        fails = False
        for pattern, until in self.failing.items():
            if now < until and fnmatchcase(call, pattern):
                fails = self._met[pattern] = True
        return fails
