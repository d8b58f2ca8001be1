"""Requests to the gateway as the desk takes them.

Fields and lengths: opendocs.alipay.com/apis/api_1 (alipay.trade.precreate, .query, .close, .cancel, .refund,
.fastpay.refund.query) [S]. A cancel of a paid trade refunds what is left of it, under the trade's own number
[-]: the desk has no cancel, and at the counter it is a close or a refund.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

import attrs

from paytwice.calendar import DAY, HOUR, MINUTE, Calendar
from paytwice.channels.requests import (
    AskRefund,
    CloseTrade,
    CreateTrade,
    FetchBill,
    FetchFundBill,
    QueryRefund,
    QueryTrade,
)
from paytwice.wire.alipay.calls import Call, Form, Order
from paytwice.wire.http import ADDRESS
from paytwice.wire.moments import at_plain_time
from paytwice.wire.numbers import ALIPAY_NUMBERS
from paytwice.wire.records import Records
from paytwice.wire.strict_json import Fields, Malformed, parsed
from paytwice_core import Money

PRICE: Final = re.compile(r"(\d{1,9})(?:\.(\d{1,2}))?", re.ASCII)
EXPRESS: Final = re.compile(r"([1-9]\d{0,4})([mhd])", re.ASCII)
UNITS: Final = {"m": MINUTE, "h": HOUR, "d": DAY}
WITHOUT_EXPIRY: Final = 15 * DAY  # [-] what an order lives that says nothing


@attrs.frozen
class Reader:
    """Reads what one application asks; `expiries` are those of the orders so far."""

    calendar: Calendar
    records: Records
    expiries: Mapping[str, int]

    def read(self, method: str, parameters: Mapping[str, str], now: int) -> Call | Form:
        """The call of a method that is known; Malformed if the content makes none."""
        content = Fields(parsed(parameters.get("biz_content", "").encode(), numbers_as_text=True))
        return READS[method](self, content, parameters, now)

    def _precreate(self, content: Fields, parameters: Mapping[str, str], now: int) -> Call:
        return Call("alipay.trade.precreate", self._creation(content, now), _order(content, parameters))

    def _form(self, content: Fields, parameters: Mapping[str, str], now: int) -> Form:
        credential = self.records.desk.profile.credential(self._creation(content, now), now)
        return Form(credential, _order(content, parameters))

    def _query(self, content: Fields, _parameters: Mapping[str, str], _now: int) -> Call:
        return Call("alipay.trade.query", QueryTrade(self._trade(content)[0]))

    def _close(self, content: Fields, _parameters: Mapping[str, str], _now: int) -> Call:
        return Call("alipay.trade.close", CloseTrade(self._trade(content)[0]))

    def _cancel(self, content: Fields, _parameters: Mapping[str, str], _now: int) -> Call:
        no, number = self._trade(content)
        trade = self.records.desk.trades.get(no)
        payment = None if trade is None else trade.payment(number)
        if payment is None or not payment.is_paid:
            return Call("alipay.trade.cancel", CloseTrade(no), action="close")
        asked = ALIPAY_NUMBERS.written(no)
        before = payment.refunds.get(asked)  # a cancel that is repeated means the same refund
        left = Money(payment.amount.minor - payment.promised, payment.amount.currency)
        amount = left if before is None else before.amount
        if amount.is_zero:
            return Call("alipay.trade.cancel", CloseTrade(no), action="close")
        return Call("alipay.trade.cancel", AskRefund(no, asked, amount, number), action="refund")

    def _refund(self, content: Fields, _parameters: Mapping[str, str], _now: int) -> Call:
        no, number = self._trade(content)
        amount = _price(content, "refund_amount")
        named = content.has("out_request_no")
        asked = content.text("out_request_no", longest=64) if named else ALIPAY_NUMBERS.written(no)
        return Call("alipay.trade.refund", AskRefund(no, asked, amount, number))

    def _query_refund(self, content: Fields, _parameters: Mapping[str, str], _now: int) -> Call:
        no, _ = self._trade(content)
        asked = content.text("out_request_no", longest=64)
        return Call("alipay.trade.fastpay.refund.query", QueryRefund(no, asked))

    def _bill(self, content: Fields, _parameters: Mapping[str, str], _now: int) -> Call:
        kind = content.text("bill_type", longest=20)
        if kind not in ("trade", "signcustomer"):
            raise content.wrong("bill_type", "must be trade or signcustomer")
        try:
            day = date.fromisoformat(content.text("bill_date", longest=10))
        except ValueError:
            raise content.wrong("bill_date", "is no day") from None
        if not 2000 <= day.year < 3000:
            raise content.wrong("bill_date", "is no day of ours")
        request = FetchBill(day) if kind == "trade" else FetchFundBill(day)
        return Call("alipay.data.dataservice.bill.downloadurl.query", request)

    def _trade(self, content: Fields) -> tuple[str, str | None]:
        """The trade that is meant, and its channel number if it was named by that, which goes before."""
        if content.has("trade_no"):
            number = content.text("trade_no", longest=64)
            return self.records.trade_number_of(number), number
        return _order_number(content), None

    def _creation(self, content: Fields, now: int) -> CreateTrade:
        no = _order_number(content)
        content.text("subject", longest=256)
        return CreateTrade(no, _price(content, "total_amount"), self._expiry(content, no, now))

    def _expiry(self, content: Fields, no: str, now: int) -> int:
        """The absolute time, which goes before the relative one; a repeat without it means the first."""
        if content.has("time_expire"):
            try:
                return at_plain_time(self.calendar, content.text("time_expire", longest=19))
            except ValueError:
                raise content.wrong("time_expire", "must be like 2018-06-08 10:34:56") from None
        if no in self.expiries:
            return self.expiries[no]
        if not content.has("timeout_express"):
            return now + WITHOUT_EXPIRY
        match = EXPRESS.fullmatch(content.text("timeout_express", longest=6))
        if match is None:
            raise content.wrong("timeout_express", "must be like 15m, 2h or 1d")
        return now + int(match[1]) * UNITS[match[2]]


def _order_number(content: Fields) -> str:
    return ALIPAY_NUMBERS.meant(content.text("out_trade_no", longest=64, pattern=ALIPAY_NUMBERS.allowed))


def _price(content: Fields, name: str) -> Money:
    match = PRICE.fullmatch(content.text(name, longest=12))
    minor = 0 if match is None else int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))
    if minor < 1:
        raise content.wrong(name, "must be yuan, from 0.01, with at most two decimals")
    return Money(minor, "CNY")


def _order(content: Fields, parameters: Mapping[str, str]) -> Order:
    passback = content.text("passback_params", longest=512) if content.has("passback_params") else ""
    address = parameters.get("notify_url") or None
    if address is not None and ADDRESS.fullmatch(address) is None:
        raise Malformed("notify_url", "must be an address of a server")  # [-] what Alipay makes of it
    return Order(content.text("subject", longest=256), address, passback)


READS: Final[Mapping[str, Callable[[Reader, Fields, Mapping[str, str], int], Call | Form]]] = {
    "alipay.trade.precreate": Reader._precreate,
    "alipay.trade.page.pay": Reader._form,
    "alipay.trade.wap.pay": Reader._form,
    "alipay.trade.query": Reader._query,
    "alipay.trade.close": Reader._close,
    "alipay.trade.cancel": Reader._cancel,
    "alipay.trade.refund": Reader._refund,
    "alipay.trade.fastpay.refund.query": Reader._query_refund,
    "alipay.data.dataservice.bill.downloadurl.query": Reader._bill,
}
