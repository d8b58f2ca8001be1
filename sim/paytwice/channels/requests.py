"""What can be asked of a channel, in one vocabulary for all of them.

Times are integer milliseconds since the run began, money is `Money`.
"""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Final

import attrs

from paytwice_core import Money


@attrs.frozen
class CreateTrade:
    """Register a trade, so that the customer gets something to pay with."""

    out_trade_no: str
    amount: Money
    expires_at: int


@attrs.frozen
class QueryTrade:
    """Ask for the state of a trade."""

    out_trade_no: str


@attrs.frozen
class CloseTrade:
    """Make an unpaid trade unpayable."""

    out_trade_no: str


@attrs.frozen
class AskRefund:
    """Return money of a trade; `channel_number` tells two payments under one out_trade_no apart."""

    out_trade_no: str
    out_refund_no: str
    amount: Money
    channel_number: str | None = None


@attrs.frozen
class QueryRefund:
    """Ask for the state of a refund."""

    out_trade_no: str
    out_refund_no: str


class AbnormalRoute(Enum):
    """Where the money of an ABNORMAL refund goes in place of the account it came from."""

    CUSTOMER_CARD = "USER_BANK_CARD"
    MERCHANT_CARD = "MERCHANT_BANK_CARD"  # the merchant then has to pay the customer in another way


@attrs.frozen
class ApplyAbnormalRefund:
    """Send the money of an ABNORMAL refund by another route; the same again changes nothing."""

    out_trade_no: str
    out_refund_no: str
    route: AbnormalRoute


@attrs.frozen
class FetchBill:
    """Ask for the bill of a day, in the channel's time zone."""

    day: date


@attrs.frozen
class FetchFundBill:
    """Ask for the fund bill of a day, which is a document of its own: what moved the merchant's balance."""

    day: date


Request = (
    CreateTrade
    | QueryTrade
    | CloseTrade
    | AskRefund
    | QueryRefund
    | ApplyAbnormalRefund
    | FetchBill
    | FetchFundBill
)


# What a request is called in the journal.
KINDS: Final = {
    CreateTrade: "trade.create",
    QueryTrade: "trade.query",
    CloseTrade: "trade.close",
    AskRefund: "refund.ask",
    QueryRefund: "refund.query",
    ApplyAbnormalRefund: "refund.reroute",
    FetchBill: "bill.fetch",
    FetchFundBill: "fund-bill.fetch",
}


def key_of(request: Request) -> str:
    """What a request is about: its refund number, its out_trade_no, or the day of a bill."""
    match request:
        case AskRefund() | QueryRefund() | ApplyAbnormalRefund():
            return request.out_refund_no
        case FetchBill() | FetchFundBill():
            return request.day.isoformat()
        case _:
            return request.out_trade_no
