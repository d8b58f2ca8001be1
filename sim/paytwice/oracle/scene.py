"""The moment of the last judgement: what the checks at rest need to know beside the order."""

from __future__ import annotations

import attrs


@attrs.frozen
class Scene:
    """When judgement is passed, and what may be expected of the merchant by then."""

    at: int
    healed_at: int = 0
    merchant_queries: bool = False  # the merchant asked some channel about some trade
    bill_seen: bool = False  # the run went past the bill of the last day

    def since(self, at: int) -> int:
        """When a deadline for something that happened at `at` began to run: not before the faults stopped."""
        return max(at, self.healed_at)
