"""What the oracle knows of one refund number."""

from __future__ import annotations

from typing import Final

import attrs

from paytwice.channels.messages import Meaning, RefundStatus

# Answers after which the desk may still carry the refund out, now or on the next call: keep the number.
MAY_STILL_COME: Final = frozenset(
    {Meaning.OK, Meaning.SYSTEM_ERROR, Meaning.NO_ANSWER, Meaning.BUSY, Meaning.TOO_SOON, Meaning.NO_BALANCE}
)


@attrs.define(eq=False)
class Refund:
    """One refund number at a desk, whoever asked for it."""

    number: str
    asked_minor: int = 0
    asked_at: int | None = None  # None: this merchant never asked for it (the console, the channel by itself)
    entry: int = -1
    sent_at: set[int] = attrs.field(factory=set)  # the moments in the signatures of its requests
    of: str | None = None  # the channel number that it names
    accepted: bool = False
    refused: bool = False
    answer: Meaning | None = None
    status: RefundStatus | None = None
    last_entry: int = -1  # of its state at the desk
    known_at: int | None = None  # when the desk took it on
    returned: int = 0  # to the customer
    returned_at: int | None = None
    at_merchant: bool = False  # the money went to the merchant's own card
    heard_at: int | None = None  # when the merchant acked the news that it is done

    @property
    def is_alive(self) -> bool:
        """Whether this number was asked for and has moved money, or still may."""
        if self.asked_at is None or self.status is RefundStatus.CLOSED:
            return False
        return self.accepted or self.status is not None or not self.refused

    @property
    def is_stuck(self) -> bool:
        """Whether the channel cannot get the money to the customer, and does not try any more."""
        return self.status is RefundStatus.ABNORMAL or self.at_merchant
