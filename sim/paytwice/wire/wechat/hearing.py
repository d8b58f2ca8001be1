"""WeChat's JSON as a merchant understands it: trades, refunds, notifications and bills.

KeyError, TypeError and ValueError say that a field is missing or is something else; who reads decides what
becomes of such a message. Fields that we know nothing of do no harm.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from paytwice.calendar import Calendar
from paytwice.channels.messages import (
    About,
    Bill,
    BillLine,
    LineKind,
    Notification,
    RefundRecord,
    RefundStatus,
    TradeRecord,
    TradeState,
)
from paytwice.channels.wechat import WECHAT
from paytwice.wire.moments import MILLISECOND, at_rfc3339
from paytwice.wire.numbers import WECHAT_NUMBERS
from paytwice.wire.wechat.bills import TRADE_COLUMNS, rows_of
from paytwice.wire.wechat.resources import TO_THE_MERCHANT
from paytwice_core import Money

STATES = {word: state for state, word in WECHAT.trade_words.items()}


def trade_of(told: Mapping[str, Any], calendar: Calendar) -> TradeRecord:
    """A trade out of a query or a notification; how much of it has been returned is not said, so nothing."""
    amount = told["amount"]
    currency = amount["currency"]
    total = Money(amount["total"], currency)
    time = told.get("success_time")
    return TradeRecord(
        WECHAT_NUMBERS.meant(told["out_trade_no"]),
        STATES[told["trade_state"]],
        total,
        Money.zero(currency),
        told.get("transaction_id"),
        None if time is None else at_rfc3339(calendar, time),
        told["trade_state"],
        Money(amount.get("payer_total", total.minor), currency),
    )


def refund_of(told: Mapping[str, Any], status: str) -> RefundRecord:
    """A refund; its notification calls the status otherwise, and does not say the currency."""
    amount = told["amount"]
    currency = amount.get("currency", "CNY")
    return RefundRecord(
        WECHAT_NUMBERS.meant(told["out_trade_no"]),
        told["out_refund_no"],
        told["refund_id"],
        Money(amount["refund"], currency),
        state=RefundStatus(status),
        status=status,
        to_merchant_card=told.get("user_received_account") == TO_THE_MERCHANT,
        payer_refund=Money(amount["payer_refund"], currency),
    )


def notification_of(
    envelope: Mapping[str, Any], resource: Mapping[str, Any], calendar: Calendar
) -> Notification:
    """A notification. Which send of its ladder it is, nobody says: it is told as the first.

    Of a refund it names the trade, and says nothing of its state but that there is a refund; no app either.
    """
    if envelope["event_type"] == "TRANSACTION.SUCCESS":
        trade = trade_of(resource, calendar)
        app, mch = resource["appid"], resource["mchid"]
        return Notification(envelope["id"], 1, WECHAT.name, About.PAYMENT, app, mch, trade)
    refund = refund_of(resource, resource["refund_status"])
    amount, currency = resource["amount"], refund.amount.currency
    trade = TradeRecord(
        refund.out_trade_no,
        TradeState.RETURNED,
        Money(amount["total"], currency),
        Money.zero(currency),
        resource["transaction_id"],
        None,
        WECHAT.trade_words[TradeState.RETURNED],
        Money(amount["payer_total"], currency),
    )
    mch = resource["mchid"]
    return Notification(envelope["id"], 1, WECHAT.name, About.REFUND, "", mch, trade, refund)


def bill_of(day: date, content: bytes, calendar: Calendar) -> Bill:
    """The movements of a trade bill; ValueError if the file is something else."""
    return Bill(day, tuple(_lines(content.decode("utf-8"), calendar)))


def _lines(content: str, calendar: Calendar) -> Iterator[BillLine]:
    for row in rows_of(content, TRADE_COLUMNS):
        is_payment = row["交易状态"] == "SUCCESS"
        currency = row["货币种类"]
        amount = Money.parse(f"{row['订单金额' if is_payment else '申请退款金额']} {currency}")
        coupon = Money.parse(f"{row['代金券金额' if is_payment else '充值券退款金额']} {currency}")
        time = datetime.fromisoformat(row["交易时间"]).replace(tzinfo=calendar.begins.tzinfo)
        yield BillLine(
            LineKind.PAYMENT if is_payment else LineKind.REFUND,
            WECHAT_NUMBERS.meant(row["商户订单号"]),
            row["微信订单号"],
            amount,
            (time - calendar.begins) // MILLISECOND,
            None if is_payment else row["商户退款单号"],
            amount - coupon,
        )
