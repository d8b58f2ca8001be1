"""The states of the three machines, and the words that go with them.

Every value equals its name, so that a state reads the same in a log, a row of a database and a chart.
"""

from enum import StrEnum


class OrderState(StrEnum):
    """What the shop sees; PAID and CLOSED are final."""

    CREATED = "CREATED"
    PAYING = "PAYING"
    CLOSING = "CLOSING"
    PAID = "PAID"
    CLOSED = "CLOSED"


class CloseReason(StrEnum):
    """Why an order was to be closed."""

    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"


class AttemptState(StrEnum):
    """One trade at one channel; SUCCEEDED, CLOSED and FAILED are final, but for late money."""

    INIT = "INIT"
    SUBMITTED = "SUBMITTED"
    UNKNOWN = "UNKNOWN"
    CLOSING = "CLOSING"
    SUCCEEDED = "SUCCEEDED"
    CLOSED = "CLOSED"
    FAILED = "FAILED"


class Disposition(StrEnum):
    """What became of the money of an attempt that succeeded."""

    WINNER = "WINNER"
    DUPLICATE = "DUPLICATE"
    LATE = "LATE"
    MISMATCH = "MISMATCH"
    RETURNED = "RETURNED"  # O7b: it had gone back, in full or in part, before anybody here heard of it


class RefundState(StrEnum):
    """One reversal of one attempt; MANUAL means that a person must look at it."""

    CREATED = "CREATED"
    SENT = "SENT"
    PROCESSING = "PROCESSING"
    UNKNOWN = "UNKNOWN"
    ABNORMAL = "ABNORMAL"
    MANUAL = "MANUAL"
    SUCCESS = "SUCCESS"
    CHANNEL_CLOSED = "CHANNEL_CLOSED"
    REJECTED = "REJECTED"
    SETTLED_BY_HAND = "SETTLED_BY_HAND"


class RefundReason(StrEnum):
    """Why money goes back: CUSTOMER was asked for, FOREIGN happened elsewhere, the others are our own."""

    CUSTOMER = "CUSTOMER"
    DUPLICATE = "DUPLICATE"
    LATE = "LATE"
    MISMATCH = "MISMATCH"
    FOREIGN = "FOREIGN"


class RefundRoute(StrEnum):
    """Where the money of a refund goes; the last two are the ways out of ABNORMAL."""

    ORIGINAL = "ORIGINAL"
    CUSTOMER_CARD = "CUSTOMER_CARD"
    MERCHANT_CARD = "MERCHANT_CARD"


class RefundView(StrEnum):
    """How much of a paid order went back to the customer."""

    NONE = "NONE"
    PARTIAL = "PARTIAL"
    FULL = "FULL"
