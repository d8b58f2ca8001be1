"""What a merchant has at a channel to pay refunds with, and the refunds that wait for more of it."""

from __future__ import annotations

import attrs

from paytwice.channels.trade import Refund


@attrs.define(eq=False)
class Funds:
    """The merchant's account for refunds; `minor` is in minor units, and None is enough for all.

    Captured money does not add to it: it is settled away, which is the reason why refunds can lack money at
    all. A refund that is not covered is refused, or taken on to wait for money where `takes_on` says so:
    channels do both, by how the account is set up.
    """

    minor: int | None = None
    takes_on: bool = False
    waiting: dict[str, Refund] = attrs.Factory(dict)  # taken on and not covered, oldest first

    def covers(self, amount: int) -> bool:
        """Whether there is enough for this."""
        return self.minor is None or self.minor >= amount

    def take(self, amount: int) -> None:
        """Pay something out of it."""
        if self.minor is not None:
            self.minor -= amount

    def give(self, amount: int) -> None:
        """Put something in."""
        if self.minor is not None:
            self.minor += amount

    def now_covered(self) -> list[Refund]:
        """The waiting refunds that can be paid now, in their order: taken from the list, and not paid yet."""
        found, left = [], self.minor
        for number, refund in list(self.waiting.items()):
            if left is not None and left < refund.amount.minor:
                break  # first come, first served: a small one does not overtake
            left = None if left is None else left - refund.amount.minor
            found.append(self.waiting.pop(number))
        return found
