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
    _failing: dict[str, int] = attrs.Factory(dict)  # a pattern of calls, and until when; in milliseconds
    _busy_until: int = 0
    _unmet: dict[str, None] = attrs.Factory(dict)  # what nothing has come of yet, in words

    def fail(self, pattern: str, until: int) -> None:
        """Let calls such as `trade.query` not be served until then."""
        self._failing[pattern] = until
        self._unmet[f"fail {pattern!r}"] = None

    def be_busy(self, until: int) -> None:
        """Let every call meet the rate limit until then."""
        self._busy_until = until
        self._unmet["be busy"] = None

    def in_vain(self, what: str) -> None:
        """Remember what somebody at the console wanted to do, and found nothing to do it with."""
        self._unmet[what] = None

    def fate(self, request: Request) -> RefundFate | None:
        """The fate that was arranged for this refund or this route of it, if one was; it is used up."""
        if self.refund_fates and isinstance(request, AskRefund):
            return self.refund_fates.popleft()
        if self.route_fates and isinstance(request, ApplyAbnormalRefund):
            return self.route_fates.popleft()
        return None

    def heal(self) -> list[str]:
        """End what is a fault of the channel, and say in words what never came to be."""
        unmet = [*["book a payment twice"] * len(self.second_bookings), *self._unmet]
        self.read_lag = self._busy_until = 0
        self.second_bookings.clear()
        self._failing.clear()
        self._unmet.clear()
        return unmet

    def left_over(self) -> list[str]:
        """The ends that no refund came to, in words: asked when the run is over, for refunds come late."""
        refunds = [f"end a refund as {fate.outcome.value}" for fate in self.refund_fates]
        routes = [f"end an ABNORMAL refund's other way as {fate.outcome.value}" for fate in self.route_fates]
        return refunds + routes

    def lag(self, request: Request) -> int:
        """How many milliseconds ago this query is answered from, at least."""
        return self.read_lag if isinstance(request, QueryTrade | QueryRefund) else 0

    def is_busy(self, now: int) -> bool:
        """Whether a call that arrives now meets the rate limit."""
        if now >= self._busy_until:
            return False
        self._unmet.pop("be busy", None)
        return True

    def fails(self, call: str, now: int) -> bool:
        """Whether a call such as `trade.query` is not served now."""
        fails = False
        for pattern, until in self._failing.items():
            if now < until and fnmatchcase(call, pattern):
                self._unmet.pop(f"fail {pattern!r}", None)
                fails = True
        return fails
