"""What WeChat's side makes of an HTTP request: the desk's request, and what its answer has to know."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import attrs

from paytwice.channels.requests import FetchBill, FetchFundBill, Request


@attrs.frozen
class Prepay:
    """An order as it was placed; the desk needs none of it, the answers and notifications do.

    `fields` is the whole body, unknown fields included. `product` is jsapi, native, app or h5,
    `expires_at` virtual time.
    """

    product: str
    fields: Mapping[str, Any] = attrs.field(hash=False)
    expires_at: int

    @property
    def trade_type(self) -> str:
        """As queries, notifications and bills have it."""
        return "MWEB" if self.product == "h5" else self.product.upper()

    @property
    def notify_url(self) -> str | None:
        """Where the merchant wants to hear of the payment."""
        return self._text("notify_url")

    @property
    def attach(self) -> str:
        """The merchant's own words, which come back in every answer."""
        return self._text("attach") or ""

    @property
    def description(self) -> str:
        """What is sold."""
        return self._text("description") or ""

    @property
    def openid(self) -> str | None:
        """The payer, where the merchant had to name one."""
        payer = self.fields.get("payer")
        return payer.get("openid") if isinstance(payer, Mapping) else None

    def _text(self, name: str) -> str | None:
        value = self.fields.get(name)
        return value if isinstance(value, str) else None


@attrs.frozen
class BillFile:
    """A bill in one of its forms: a trade bill of ALL, SUCCESS or REFUND, or a fund bill of BASIC."""

    kind: str  # trade, fund
    day: date
    type: str = "ALL"
    gzip: bool = False

    @property
    def request(self) -> FetchBill | FetchFundBill:
        """What the desk is asked for."""
        return FetchBill(self.day) if self.kind == "trade" else FetchFundBill(self.day)


@attrs.frozen
class Call:
    """A request for the desk; `prepay` if it places an order, `bill` if it wants one, `file` for its bytes.

    `notify_url` is where a refund's end is to be told.
    """

    request: Request
    prepay: Prepay | None = None
    bill: BillFile | None = None
    file: bool = False
    notify_url: str | None = None
