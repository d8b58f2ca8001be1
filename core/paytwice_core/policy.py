"""The switches that real merchants differ in; every setting is right somewhere.

What the channels do is no switch: the facts about Alipay, WeChat Pay and UnionPay (a close that answers
"already paid", a trade that exists only once it is scanned, a channel with no close at all) are built into
the tables, and their figures come from the channels' documentation, not from here.
"""

from enum import StrEnum

import attrs


class Closing(StrEnum):
    """Who closes first when an order expires or is cancelled.

    CHANNEL_FIRST asks the channels, and gives the stock back once no attempt can be paid any more (O8, O9).
    LOCAL_FIRST closes at once (O8L): simpler, and money that comes later is refunded or reopens the order.
    """

    LOCAL_FIRST = "LOCAL_FIRST"
    CHANNEL_FIRST = "CHANNEL_FIRST"


class LateSuccess(StrEnum):
    """What to do with money for an order that is closed: give it back, or sell after all (O6, O6R)."""

    REFUND = "REFUND"
    REOPEN_IF_STOCK = "REOPEN_IF_STOCK"


class Attempts(StrEnum):
    """Whether a customer may start a second payment while the first may still be paid (O2)."""

    ONE_AT_A_TIME = "ONE_AT_A_TIME"
    PARALLEL = "PARALLEL"


class Mismatch(StrEnum):
    """What to do with a payment of the wrong amount or currency: refund it, or leave it to a person (O7)."""

    REFUND = "REFUND"
    PERSON = "PERSON"


@attrs.frozen
class Policy:
    """How one merchant plays it.

    `guard_band_ms`: no attempt starts this close to the order's expiry. `read_lag_ms`: how much older than
    its sending a query's answer may be; "unpaid" was seen at WeChat 3 s after a success, so 10 s is meant
    to be safe.
    """

    closing: Closing = Closing.CHANNEL_FIRST
    late: LateSuccess = LateSuccess.REFUND
    attempts: Attempts = Attempts.PARALLEL
    mismatch: Mismatch = Mismatch.REFUND
    guard_band_ms: int = 0
    read_lag_ms: int = 10_000
