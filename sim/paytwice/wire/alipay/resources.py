"""Trades and refunds as Alipay tells of them, in answers and in notifications."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import attrs

from paytwice.calendar import Calendar
from paytwice.channels.messages import Notification, RefundRecord, TradeRecord
from paytwice.channels.requests import FetchBill, FetchFundBill, Request
from paytwice.wire.alipay.calls import Order
from paytwice.wire.moments import Stamp, plain_time
from paytwice.wire.numbers import ALIPAY_NUMBERS
from paytwice.wire.records import Records, ended_at
from paytwice.wire.strict_json import written
from paytwice.wire.sums import yuan


def buyer_of(out_trade_no: str) -> str:
    """The buyer's user id, which follows from the order."""
    return f"2088{int(sha256(out_trade_no.encode()).hexdigest(), 16) % 10**12:012d}"


@attrs.frozen
class Resources:
    """Makes the fields of one application's trades and refunds; money is in yuan, as text."""

    calendar: Calendar
    records: Records
    placed: Mapping[str, Order]

    def numbers(self, request: Request) -> dict[str, Any]:
        """The numbers of the trade that a request is about."""
        if isinstance(request, FetchBill | FetchFundBill):
            return {}
        return self._numbers(request.out_trade_no)

    def trade(self, record: TradeRecord) -> dict[str, Any]:
        """A trade, as its query tells of it."""
        told = self._numbers(record.out_trade_no)
        told |= {"trade_status": record.status, "total_amount": yuan(record.amount.minor)}
        told |= {"buyer_user_id": buyer_of(record.out_trade_no), "buyer_logon_id": "pay***@example.com"}
        if record.paid_at is not None:
            told |= self._paid(record) | {"send_pay_date": self._time(record.paid_at)}
        return told

    def refund(self, record: RefundRecord, *, asked: bool) -> dict[str, Any]:
        """A refund: `asked` in the words of its query, else of the refund call, whose sum is cumulative."""
        kept = self.records.refund_numbered(record.channel_refund_number)
        trade = self.records.payment_of(kept) if kept is not None else None
        told = self._numbers(record.out_trade_no)
        if asked:
            told |= {"out_request_no": record.out_refund_no, "refund_amount": yuan(record.amount.minor)}
            told |= {"present_refund_buyer_amount": yuan(record.payer_refund.minor)}
            told |= {"total_amount": yuan(trade.amount.minor)} if trade is not None else {}
            return told | ({"refund_status": record.status} if record.status else {})
        told |= {"buyer_user_id": buyer_of(record.out_trade_no)}
        told |= {"present_refund_buyer_amount": yuan(record.payer_refund.minor)}
        told |= {"refund_fee": yuan(trade.returned.minor)} if trade is not None else {}
        return told | {"fund_change": record.status.removeprefix("fund_change=")}

    def news(self, notification: Notification, stamp: Stamp) -> dict[str, str]:
        """A notification; its id is the same for every send, its time is not."""
        record, refund = notification.trade, notification.refund
        order = self.placed.get(record.out_trade_no)
        told = {
            "notify_time": self._time(stamp.at),
            "notify_type": "trade_status_sync",
            "notify_id": sha256(notification.id.encode()).hexdigest()[:34],
            "app_id": notification.app_id,
            "auth_app_id": notification.app_id,
            "charset": "utf-8",
            "version": "1.0",
            "sign_type": "RSA2",
            "trade_no": record.channel_number or "",
            "out_trade_no": ALIPAY_NUMBERS.written(record.out_trade_no),
            "buyer_id": buyer_of(record.out_trade_no),
            "seller_id": notification.mch_id,
            "trade_status": record.status,
            "total_amount": yuan(record.amount.minor),
            "subject": order.subject if order else "",
            "passback_params": order.passback if order else "",
        }
        trade = self.records.desk.trades.get(record.out_trade_no)
        if trade is not None:
            told["gmt_create"] = self._time(trade.created_at)
        if record.status == "TRADE_CLOSED" and trade is not None:
            told["gmt_close"] = self._time(trade.history[-1][0])
        if record.paid_at is not None:
            told |= self._paid(record) | {"gmt_payment": self._time(record.paid_at)}
            told["fund_bill_list"] = _funds(record)
        if refund is not None:
            told |= self._refunded(record, refund)
        return {name: value for name, value in told.items() if value}

    def _refunded(self, record: TradeRecord, refund: RefundRecord) -> dict[str, str]:
        kept = self.records.refund_numbered(refund.channel_refund_number)
        at = ended_at(kept, refund) if kept is not None else 0
        return {
            "refund_fee": yuan(record.returned.minor),
            "out_biz_no": refund.out_refund_no,
            "gmt_refund": f"{self._time(at)}.000",
        }

    def _paid(self, record: TradeRecord) -> dict[str, str]:
        """Coupons are Alipay's own here: the merchant receives the whole."""
        return {
            "receipt_amount": yuan(record.amount.minor),
            "buyer_pay_amount": yuan(record.payer_total.minor),
        }

    def _numbers(self, out_trade_no: str) -> dict[str, Any]:
        trade = self.records.desk.trades.get(out_trade_no)
        number = trade.channel_number if trade is not None else None
        return {"out_trade_no": ALIPAY_NUMBERS.written(out_trade_no)} | (
            {"trade_no": number} if number else {}
        )

    def _time(self, at: int) -> str:
        return plain_time(self.calendar, at)


def _funds(record: TradeRecord) -> str:
    """JSON in a form: its quotation marks are signed as they are, whatever a web framework makes of them."""
    coupon = record.amount.minor - record.payer_total.minor
    funds = (("ALIPAYACCOUNT", record.payer_total.minor), ("COUPON", coupon))
    told = [{"amount": yuan(minor), "fundChannel": name} for name, minor in funds if minor]
    return written(told).decode()
