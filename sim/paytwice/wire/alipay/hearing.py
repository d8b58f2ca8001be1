"""Alipay's nodes and forms as a merchant understands them: trades, refunds and notifications.

KeyError, TypeError and ValueError say that a field is missing or is something else; who reads decides what
becomes of such a message. Fields that we know nothing of do no harm.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from paytwice.calendar import Calendar
from paytwice.channels.alipay import ALIPAY
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
from paytwice.channels.requests import AskRefund, QueryRefund
from paytwice.wire.alipay.bills import TRADE_COLUMNS
from paytwice.wire.alipay.files import rows_of
from paytwice.wire.moments import at_plain_time
from paytwice.wire.numbers import ALIPAY_NUMBERS
from paytwice.wire.sums import of_yuan
from paytwice_core import Money

NOTHING: Final = Money.zero("CNY")
FINISHED: Final = "TRADE_FINISHED"
REFUNDS: Final = {word: state for state, word in ALIPAY.refund_words.items()}


def trade_of(told: Mapping[str, Any], calendar: Calendar) -> TradeRecord:
    """A trade out of a query, or out of a notification, which has other names for the same.

    A query does not say how much has been returned; a notification does where it tells of a refund. And
    TRADE_CLOSED is the word for an unpaid trade and for one that was paid and went back in full: what tells
    them apart is the time of the payment.
    """
    amount, status = of_yuan(told["total_amount"]), told["trade_status"]
    paid = told.get("send_pay_date") or told.get("gmt_payment")
    returned = of_yuan(told["refund_fee"]) if told.get("refund_fee") else NOTHING
    return TradeRecord(
        ALIPAY_NUMBERS.meant(told["out_trade_no"]),
        _state(status, is_paid=paid is not None, is_returned=not returned.is_zero),
        amount,
        returned,
        told["trade_no"] if paid else None,
        None if paid is None else at_plain_time(calendar, paid),
        status,
        of_yuan(told["buyer_pay_amount"]) if paid else amount,
    )


def _state(status: str, *, is_paid: bool, is_returned: bool) -> TradeState:
    match status:
        case "WAIT_BUYER_PAY":
            return TradeState.UNPAID
        case "TRADE_CLOSED" if not is_paid:
            return TradeState.CLOSED
        case "TRADE_SUCCESS" | "TRADE_FINISHED" if is_paid and not is_returned:
            return TradeState.PAID
        case "TRADE_SUCCESS" | "TRADE_FINISHED" | "TRADE_CLOSED" if is_paid:
            return TradeState.RETURNED
        case _:
            raise ValueError(f"no trade is {status}")


def refund_of(told: Mapping[str, Any], request: AskRefund) -> RefundRecord:
    """What the answer to a refund says: `fund_change`, and no amount but the sum of all refunds.

    N is not "not done": a repeat of a refund that is done says so, too.
    """
    done = told["fund_change"] == "Y"
    return RefundRecord(
        request.out_trade_no,
        request.out_refund_no,
        "",  # refunds have no number of Alipay's
        request.amount,
        state=RefundStatus.SUCCESS if done else RefundStatus.PROCESSING,
        status=f"fund_change={told['fund_change']}",
        payer_refund=of_yuan(told.get("present_refund_buyer_amount") or told["refund_fee"]),
    )


def refund_found(told: Mapping[str, Any], request: QueryRefund) -> RefundRecord:
    """What the query of a refund found; without a status it is on its way."""
    status, amount = told.get("refund_status", ""), of_yuan(told["refund_amount"])
    return RefundRecord(
        request.out_trade_no,
        request.out_refund_no,
        "",
        amount,
        state=REFUNDS[status],
        status=status,
        payer_refund=of_yuan(told.get("present_refund_buyer_amount") or told["refund_amount"]),
    )


def notification_of(form: Mapping[str, str], calendar: Calendar) -> Notification:
    """A notification. Which send of its ladder it is, nobody says: it is told as the first.

    It may be about a refund: then the trade says how much of it has been returned by now. The refund itself
    is not told here, for `out_biz_no` comes without an amount of its own: ask for that number.
    """
    if form["notify_type"] != "trade_status_sync":
        raise ValueError(f"this is a {form['notify_type']}")
    trade = trade_of(form, calendar)
    id, app, seller = form["notify_id"], form["app_id"], form["seller_id"]
    return Notification(id, 1, ALIPAY.name, About.PAYMENT, app, seller, trade)


def bill_of(day: date, content: bytes, calendar: Calendar) -> Bill:
    """The movements of a trade bill; ValueError if the file is something else."""
    return Bill(day, tuple(_lines(content, calendar)))


def _lines(content: bytes, calendar: Calendar) -> Iterator[BillLine]:
    for row in rows_of(content, TRADE_COLUMNS):
        is_payment = row["业务类型"] == "交易"
        amount, coupon = of_yuan(row["订单金额（元）"]), of_yuan(row["支付宝优惠（元）"])
        sign = 1 if is_payment else -1
        yield BillLine(
            LineKind.PAYMENT if is_payment else LineKind.REFUND,
            ALIPAY_NUMBERS.meant(row["商户订单号"]),
            row["支付宝交易号"],
            Money(sign * amount.minor, "CNY"),
            at_plain_time(calendar, row["完成时间"]),
            None if is_payment else row["退款批次号/请求号"],
            Money(sign * (amount.minor - coupon.minor), "CNY"),
        )
