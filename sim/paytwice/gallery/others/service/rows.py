"""The tables: one class a table, one object a row, a status column in each.

Rows are mutable, as an ORM's are; a service changes those of its session only. `next_run_at` is when the
scheduler looks after a row again (by the merchant's clock, in milliseconds), and None when there is nothing
to do; `tries` counts how often it did in vain, where that makes the next wait longer.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Final

import attrs

from paytwice_core import Money


class OrderStatus(StrEnum):
    """What the business sees; PAID and CLOSED are final."""

    UNPAID = "UNPAID"
    CLOSING = "CLOSING"  # wanted closed, and some payment may still come
    PAID = "PAID"
    CLOSED = "CLOSED"


class PaymentStatus(StrEnum):
    """One trade at one channel."""

    CREATED = "CREATED"  # on record; whether the channel has heard of it, nobody knows yet
    OPEN = "OPEN"  # the customer has something to pay with
    CLOSING = "CLOSING"  # the channel is to close it
    PAID = "PAID"
    CLOSED = "CLOSED"  # unpaid, and cannot be paid any more


class RefundStatus(StrEnum):
    """One refund number."""

    WAITING = "WAITING"  # on record, to be sent
    SENT = "SENT"  # the channel may have done it or not
    ACCEPTED = "ACCEPTED"  # the channel is at work on it
    ABNORMAL = "ABNORMAL"  # the channel cannot reach the customer's account
    DONE = "DONE"
    VOID = "VOID"  # it will never move money
    PERSON = "PERSON"  # left to a person


class Reason(StrEnum):
    """Why money goes back."""

    CUSTOMER = "CUSTOMER"
    DUPLICATE = "DUPLICATE"  # the order was paid by another payment
    LATE = "LATE"  # the order was closed
    MISMATCH = "MISMATCH"  # not what the order costs
    ELSEWHERE = "ELSEWHERE"  # it went back without us: at the console, or by the channel itself


class Effect(StrEnum):
    """What the shop is to be told."""

    SHIP = "SHIP"
    RELEASE = "RELEASE"


class OutboxStatus(StrEnum):
    """Whether the shop was told."""

    PENDING = "PENDING"
    DELIVERED = "DELIVERED"
    DROPPED = "DROPPED"


OPEN_ORDERS: Final = (OrderStatus.UNPAID, OrderStatus.CLOSING)
LIVE_PAYMENTS: Final = (PaymentStatus.CREATED, PaymentStatus.OPEN, PaymentStatus.CLOSING)


@attrs.define(kw_only=True)
class OrderRow:
    """What a customer is to pay; `version` counts the commits that changed it or what belongs to it."""

    TABLE: ClassVar[str] = "orders"
    id: str
    order_id: str  # its own id: so that every row tells whose lock it is under
    amount: Money
    expires_at: int
    status: OrderStatus = OrderStatus.UNPAID
    paid_by: str | None = None  # the payment that settled it
    version: int = 0
    next_run_at: int | None = None


@attrs.define(kw_only=True)
class PaymentRow:
    """One payment; a second one under the same out_trade_no has a row and an id of its own."""

    TABLE: ClassVar[str] = "payments"
    id: str
    order_id: str
    out_trade_no: str
    channel: str
    status: PaymentStatus = PaymentStatus.CREATED
    dead_at: int | None = None  # after that, what the customer holds cannot be paid; by the channel's clock
    number: str | None = None  # the channel's own
    captured: Money | None = None
    last_refund_no: str | None = None  # sent last, and when: channels want refund numbers apart
    last_refund_at: int = 0
    next_run_at: int | None = None
    tries: int = 0


@attrs.define(kw_only=True)
class RefundRow:
    """One refund number of one payment; `sends` is 0 while it cannot have moved money."""

    TABLE: ClassVar[str] = "refunds"
    id: str
    order_id: str
    payment_id: str
    out_refund_no: str
    amount: Money
    reason: Reason
    status: RefundStatus
    since: int
    request_id: str | None = None  # the customer's wish
    sends: int = 0
    rerouted: bool = False  # it was sent to another card of the customer's
    next_run_at: int | None = None
    tries: int = 0


@attrs.define(kw_only=True)
class OutboxRow:
    """Something the shop is to be told once; written in the transaction that decides it."""

    TABLE: ClassVar[str] = "outbox"
    id: str
    order_id: str
    effect: Effect
    status: OutboxStatus = OutboxStatus.PENDING
    next_run_at: int | None = None


@attrs.define(kw_only=True)
class BillRow:
    """The bill of one day at one channel; `day` is written as in ISO 8601."""

    TABLE: ClassVar[str] = "bills"
    id: str
    channel: str
    day: str
    since: int
    next_run_at: int | None = None
    tries: int = 0


Row = OrderRow | PaymentRow | RefundRow | OutboxRow
