"""Trades and refunds as UnionPay tells of them, in answers and in notifications.

Which fields there are is as in the recorded messages of the test gateway. A coupon is not told of: the test
gateway's messages have none, so that a merchant hears the order's total only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import attrs

from paytwice.calendar import Calendar
from paytwice.channels.messages import Notification, RefundRecord, TradeRecord
from paytwice.wire.numbers import UNIONPAY_NUMBERS
from paytwice.wire.records import Records
from paytwice.wire.unionpay.calls import CONSUME, RETURN, Placed
from paytwice.wire.unionpay.times import settle_date, trace_number, trace_time, txn_time
from paytwice.wire.unionpay.words import SENTENCES

ECHOED: Final = (
    *("version", "encoding", "signMethod", "bizType", "accessType"),
    *("txnType", "txnSubType", "merId", "orderId", "txnTime"),
)
# Nothing else comes back before it has been checked: a & in a value would make it another message.
HARMLESS: Final = re.compile(r"[0-9A-Za-z.-]{1,40}", re.ASCII)


def echo(said: Mapping[str, str]) -> dict[str, str]:
    """What of a request comes back in every answer; what cannot be echoed is left out."""
    usual = {"version": "5.1.0", "encoding": "utf-8", "signMethod": "01"}
    kept = {name: said[name] for name in ECHOED if HARMLESS.fullmatch(said.get(name, ""))}
    return {**usual, **kept}


@attrs.frozen
class Resources:
    """Makes the fields of one account's trades and refunds; money is in fen, as text."""

    calendar: Calendar
    records: Records
    placed: Mapping[str, Placed]

    def trade(self, record: TradeRecord) -> dict[str, str]:
        """A consume, as its query tells of it: the type is that of what was asked for."""
        told = {"origRespCode": record.status, "origRespMsg": SENTENCES.get(record.status, "")}
        told |= {"txnType": CONSUME, "txnSubType": "01", "txnAmt": str(record.amount.minor)}
        if record.paid_at is None:
            return told | {"settleAmt": "0"} | self._reserved(record.out_trade_no)
        return told | self._paid(record, record.paid_at) | self._reserved(record.out_trade_no)

    def refund(self, record: RefundRecord) -> dict[str, str]:
        """A return or a void, as its query tells of it."""
        told = {"origRespCode": record.status, "origRespMsg": SENTENCES.get(record.status, "")}
        return told | self.accepted(record) | self._reserved(record.out_refund_no)

    def accepted(self, record: RefundRecord) -> dict[str, str]:
        """A return or a void, as the answer to it tells that it is on its way."""
        kept = self.records.refund_numbered(record.channel_refund_number)
        placed = self._placed(record.out_refund_no)
        return {
            "txnType": placed.txn_type if placed else RETURN,
            "txnSubType": "00",
            "queryId": record.channel_refund_number,
            "origQryId": (kept.paid_as if kept else None) or "",
            "txnAmt": str(record.amount.minor),
        }

    def news(self, notification: Notification) -> dict[str, str]:
        """A notification, without certificate and signature."""
        refund, trade = notification.refund, notification.trade
        number = trade.out_trade_no if refund is None else refund.out_refund_no
        status = trade.status if refund is None else refund.status
        placed = self._placed(number)
        told = {
            "bizType": "000201",
            "accessType": "0",
            **echo(placed.fields if placed else {}),
            "merId": notification.mch_id,
            "orderId": UNIONPAY_NUMBERS.written(number),
            "txnTime": self._txn_time(number, trade.paid_at or 0),
            "respCode": status,
            "respMsg": SENTENCES.get(status, ""),
        }
        if refund is not None:
            told |= self.accepted(refund) | {"currencyCode": "156"}
        else:
            told |= {"txnType": CONSUME, "txnSubType": "01", **self._paid(trade, trade.paid_at or 0)}
        return told | {"txnAmt": str((refund or trade).amount.minor)} | self._reserved(number)

    def _paid(self, record: TradeRecord, paid_at: int) -> dict[str, str]:
        number = record.channel_number or ""
        return {
            "queryId": number,
            "currencyCode": "156",
            "settleAmt": str(record.amount.minor),
            "settleCurrencyCode": "156",
            "settleDate": settle_date(self.calendar, paid_at),
            "traceNo": trace_number(number),
            "traceTime": trace_time(self.calendar, paid_at),
        }

    def _txn_time(self, number: str, otherwise: int) -> str:
        placed = self._placed(number)
        return placed.fields["txnTime"] if placed else txn_time(self.calendar, otherwise)

    def _reserved(self, number: str) -> dict[str, str]:
        """The merchant's own words, which come back in queries and notifications as they were."""
        placed = self._placed(number)
        words = placed.fields.get("reqReserved", "") if placed else ""
        return {"reqReserved": words} if words else {}

    def _placed(self, number: str) -> Placed | None:
        return self.placed.get(UNIONPAY_NUMBERS.written(number))
