"""What happens around one request without the desk's doing: the caller chooses, the desk never draws."""

from __future__ import annotations

from typing import Final

import attrs

from paytwice.channels.messages import RefundStatus
from paytwice.vocabulary import Word


class Mishap(Word):
    """How a call can go wrong inside the channel, after the request has arrived."""

    NONE = "NONE"
    BEFORE = "BEFORE"  # SYSTEM_ERROR, and nothing was done
    AFTER = "AFTER"  # everything was done, and the answer is SYSTEM_ERROR all the same
    BUSY = "BUSY"  # a rate limit: nothing was done
    SHORT = "SHORT"  # the merchant's account does not cover a refund just now: nothing was done


@attrs.frozen
class RefundFate:
    """How an accepted refund ends, and how long that takes; None is the profile's normal duration."""

    outcome: RefundStatus = RefundStatus.SUCCESS
    after_ms: int | None = None

    def __attrs_post_init__(self) -> None:
        if self.outcome is RefundStatus.PROCESSING:
            raise ValueError("a refund cannot end as PROCESSING: use SUCCESS, CLOSED or ABNORMAL")
        if self.after_ms is not None and self.after_ms < 0:
            raise ValueError(f"a refund cannot end {-self.after_ms} ms before it is accepted: use 0 or more")


CALM_FATE: Final = RefundFate()


@attrs.frozen
class Circumstances:
    """The circumstances of one request; the default is a calm day."""

    mishap: Mishap = Mishap.NONE
    refund: RefundFate = CALM_FATE
    read_lag: int = 0  # a query answers as things stood so many ms ago
    at_the_console: bool = False  # a person asks at the channel's own console, and not the merchant's system


CALM: Final = Circumstances()
