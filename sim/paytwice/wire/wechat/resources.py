"""Trades and refunds as WeChat tells of them, in queries and in notifications."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs

from paytwice.calendar import Calendar
from paytwice.channels.messages import RefundRecord, TradeRecord, TradeState
from paytwice.channels.requests import AbnormalRoute
from paytwice.wire.moments import rfc3339
from paytwice.wire.numbers import WECHAT_NUMBERS
from paytwice.wire.records import Records, accepted_at, ended_at, is_done
from paytwice.wire.wechat.bills import payer_of
from paytwice.wire.wechat.calls import Prepay
from paytwice.wire.wechat.words import STATE_SENTENCES

TO_THE_PAYER: Final = "支付用户零钱"
TO_A_CARD: Final = "用户银行卡"  # [-] the real one names bank and last digits
TO_THE_MERCHANT: Final = "商户结算银行账户"


@attrs.frozen
class Resources:
    """Makes the JSON of one account's trades and refunds."""

    calendar: Calendar
    records: Records
    placed: Mapping[str, Prepay]

    def trade(self, record: TradeRecord, app_id: str, mch_id: str) -> dict[str, Any]:
        """A trade; an unpaid one has no payer, no time and no transaction_id."""
        prepay = self.placed.get(record.out_trade_no)
        amount = {"total": record.amount.minor, "currency": record.amount.currency}
        told: dict[str, Any] = {
            "appid": app_id,
            "mchid": mch_id,
            "out_trade_no": WECHAT_NUMBERS.written(record.out_trade_no),
            "trade_state": record.status,
            "trade_state_desc": STATE_SENTENCES[record.state],
            "attach": prepay.attach if prepay else "",
            "amount": amount,
        }
        if record.state in (TradeState.UNPAID, TradeState.CLOSED):
            return told
        amount |= {"payer_total": record.payer_total.minor, "payer_currency": record.payer_total.currency}
        told |= {
            "transaction_id": record.channel_number,
            "trade_type": prepay.trade_type if prepay else "NATIVE",
            "bank_type": "OTHERS",
            "success_time": rfc3339(self.calendar, record.paid_at or 0),
            "payer": {"openid": payer_of(record.out_trade_no, prepay)},
        }
        coupon = record.amount.minor - record.payer_total.minor
        return told | ({"promotion_detail": [_coupon(record, coupon)]} if coupon else {})

    def refund(self, record: RefundRecord) -> dict[str, Any]:
        """A refund as its own calls tell of it."""
        kept = self.records.refund_numbered(record.channel_refund_number)
        told: dict[str, Any] = {
            "refund_id": record.channel_refund_number,
            "out_refund_no": record.out_refund_no,
            "transaction_id": (kept.paid_as if kept else None) or "",
            "out_trade_no": WECHAT_NUMBERS.written(record.out_trade_no),
            "channel": "ORIGINAL" if kept is None or kept.route is None else "OTHER_BANKCARD",
            "user_received_account": self._account(record),
            "create_time": rfc3339(self.calendar, accepted_at(kept) if kept else 0),
            "status": record.status,
            "funds_account": "AVAILABLE",
            "amount": self._amounts(record) | self._settled(record),
            "promotion_detail": [],
        }
        if is_done(record) and kept is not None:
            told["success_time"] = rfc3339(self.calendar, ended_at(kept, record))
        return told

    def refund_news(self, record: RefundRecord, mch_id: str) -> dict[str, Any]:
        """A refund as a notification tells of its end, with other names and fewer fields."""
        told = self.refund(record)
        kept = ("transaction_id", "out_trade_no", "refund_id", "out_refund_no")
        news = {"mchid": mch_id, **{name: told[name] for name in kept}}
        news |= {"refund_status": told["status"], "user_received_account": told["user_received_account"]}
        if "success_time" in told:
            news["success_time"] = told["success_time"]
        return news | {"amount": self._amounts(record)}

    def ended_at(self, record: RefundRecord) -> int:
        """When a refund came to the state that is told of it."""
        kept = self.records.refund_numbered(record.channel_refund_number)
        return 0 if kept is None else ended_at(kept, record)

    def _amounts(self, record: RefundRecord) -> dict[str, Any]:
        kept = self.records.refund_numbered(record.channel_refund_number)
        trade = self.records.payment_of(kept) if kept is not None else None
        total = trade.record.amount.minor if trade is not None else record.amount.minor
        payer_total = trade.record.payer_total.minor if trade is not None else total
        return {
            "total": total,
            "refund": record.amount.minor,
            "payer_total": payer_total,
            "payer_refund": record.payer_refund.minor,
        }

    def _settled(self, record: RefundRecord) -> dict[str, Any]:
        """What coupons do to it: here they are prepaid by marketing, so that they settle like money."""
        amounts = self._amounts(record)
        return {
            "settlement_total": amounts["total"],
            "settlement_refund": amounts["refund"],
            "discount_refund": amounts["refund"] - amounts["payer_refund"],
            "currency": record.amount.currency,
        }

    def _account(self, record: RefundRecord) -> str:
        if record.to_merchant_card:
            return TO_THE_MERCHANT
        kept = self.records.refund_numbered(record.channel_refund_number)
        to_card = kept is not None and kept.route is AbnormalRoute.CUSTOMER_CARD
        return TO_A_CARD if to_card else TO_THE_PAYER


def _coupon(record: TradeRecord, minor: int) -> dict[str, Any]:
    """The coupon that paid for a part of a trade."""
    return {
        "coupon_id": f"C{record.channel_number}",
        "scope": "GLOBAL",
        "type": "CASH",  # prepaid: it settles like money
        "amount": minor,
        "wechatpay_contribute": minor,
        "merchant_contribute": 0,
        "other_contribute": 0,
        "currency": record.amount.currency,
    }
