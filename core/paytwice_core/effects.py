"""What must now be done, because of what was decided.

A merchant writes effects to its outbox in the transaction that writes the order, and carries them out
afterwards, at least once. Each names the thing by its id; amounts and numbers are read from the order at
the time of the call, so that a repeat cannot disagree with the first. The merchant paces them: a channel
that asks for patience (spacing of refunds, rate limits) is not asked again at once because an effect says
so.
"""

from typing import TypeAlias

import attrs

from paytwice_core.states import CloseReason


@attrs.frozen
class CreateTrade:
    """Ask the channel for what the customer can pay with; a repeat uses the same out_trade_no (O2)."""

    attempt: str


@attrs.frozen
class QueryTrade:
    """Ask the channel what became of a trade (A2, A8, O11)."""

    attempt: str


@attrs.frozen
class CloseTrade:
    """Ask the channel to close a trade; safe to repeat, and for nothing where there is no close (A6, A10)."""

    attempt: str


@attrs.frozen
class SendRefund:
    """Send a refund, or send it again under the same number and amount (R1, R6, R10).

    Before the call the merchant commits `RefundSent`; if that is refused, there is nothing to send any more.
    """

    refund: str


@attrs.frozen
class QueryRefund:
    """Ask the channel what became of a refund (R3, R5)."""

    refund: str


@attrs.frozen
class RerouteRefund:
    """Look for another way for a refund that cannot reach the customer's account, or tell a person (R9)."""

    refund: str


@attrs.frozen
class Ship:
    """The order is paid: hand over the goods. Given once in the life of an order (O3, O10, O6R)."""

    order: str


@attrs.frozen
class OrderClosed:
    """The order will not be paid: tell the shop and the customer (O8L, O9)."""

    order: str
    reason: CloseReason


@attrs.frozen
class ReleaseStock:
    """Put the goods back on the shelf (O8L, O9), also where they were reserved again in vain (O6)."""

    order: str


@attrs.frozen
class RaiseAlarm:
    """A person must know; `about` is the id of the order, attempt or refund."""

    about: str
    text: str


Effect: TypeAlias = (
    CreateTrade
    | QueryTrade
    | CloseTrade
    | SendRefund
    | QueryRefund
    | RerouteRefund
    | Ship
    | OrderClosed
    | ReleaseStock
    | RaiseAlarm
)
