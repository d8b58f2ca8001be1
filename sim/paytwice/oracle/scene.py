"""The moment of the last judgement: what the checks at rest need to know beside the order."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from paytwice.calendar import HOUR
from paytwice.channels.statements import FundBill


@attrs.frozen
class Billed:
    """The newest bills of a channel: what happened before `until` (ms) stands in these or older ones."""

    until: int
    funds: FundBill


@attrs.frozen
class Scene:
    """When judgement is passed, and what may be expected of the merchant by then."""

    at: int
    healed_at: int = 0
    merchant_queries: bool = False  # the merchant asked some channel about some trade
    bill_seen: bool = False  # the run went past the bill of the last day
    billed: Mapping[str, Billed] = attrs.field(factory=dict)  # by channel: the bills of an hour ago

    def since(self, at: int) -> int:
        """When a deadline for something that happened at `at` began to run: not before the faults stopped."""
        return max(at, self.healed_at)

    def billed_until(self, channel: str) -> int:
        """Before when all that happened stands in a bill that could be fetched for an hour; -1 if in none."""
        billed = self.billed.get(channel)
        return billed.until if billed is not None and self.is_long_ago(self.healed_at) else -1

    def is_long_ago(self, at: int | None) -> bool:
        """Whether the merchant had an hour without faults for it since."""
        return at is not None and self.since(at) + HOUR <= self.at
