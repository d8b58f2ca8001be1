"""A channel's statements of account, as it sends them: the bill of trades and the fund bill.

The two are documents of their own. The bill of trades tells what was sold and returned; the fund bill what
became of the merchant's balance, fees and refunds that came to nothing included.
"""

from __future__ import annotations

from datetime import date
from enum import Enum

import attrs

from paytwice_core import Money


class LineKind(Enum):
    """What a line of a bill is about."""

    PAYMENT = "PAYMENT"
    REFUND = "REFUND"


@attrs.frozen
class BillLine:
    """One movement of money in a bill; payments by success time, refunds by acceptance time.

    `amount` is the order total, or what was returned of it; `payer_amount` the payer's cash in it.
    """

    kind: LineKind
    out_trade_no: str
    channel_number: str
    amount: Money
    at: int
    out_refund_no: str | None = None
    payer_amount: Money = attrs.field()

    @payer_amount.default
    def _all_in_cash(self) -> Money:
        return self.amount


@attrs.frozen
class Bill:
    """All movements of one day, as the channel saw them when it made the bill."""

    day: date
    lines: tuple[BillLine, ...]


class FundKind(Enum):
    """What moved the merchant's balance."""

    PAYMENT = "PAYMENT"
    FEE = "FEE"
    REFUND = "REFUND"  # accepted: the money is on its way
    FEE_RETURNED = "FEE_RETURNED"
    RELEASED = "RELEASED"  # a refund was closed: the money is the merchant's again


@attrs.frozen
class FundLine:
    """One change of the merchant's balance: `amount` is above zero where the balance grew."""

    kind: FundKind
    out_trade_no: str
    channel_number: str
    amount: Money
    at: int
    out_refund_no: str | None = None


@attrs.frozen
class FundBill:
    """All changes of the merchant's balance in one day, and the balance with which the day closed."""

    day: date
    lines: tuple[FundLine, ...]
    closing: Money
