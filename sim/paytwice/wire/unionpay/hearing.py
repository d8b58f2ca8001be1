"""UnionPay's fields as a merchant understands them: trades, refunds and notifications.

KeyError and ValueError say that a field is missing or is something else; who reads decides what becomes of
such a message. Fields that we know nothing of do no harm.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from paytwice.calendar import Calendar
from paytwice.channels.messages import (
    About,
    Notification,
    RefundRecord,
    RefundStatus,
    TradeRecord,
    TradeState,
)
from paytwice.channels.unionpay import UNIONPAY
from paytwice.wire.numbers import UNIONPAY_NUMBERS
from paytwice.wire.unionpay.calls import CONSUME, RETURN, VOID
from paytwice.wire.unionpay.times import at_trace_time, at_txn_time
from paytwice.wire.unionpay.words import SUCCESSES
from paytwice_core import Money

# A trade that was paid and then returned is told of as paid: nothing here says how much went back.
TRADES: Final = {
    **dict.fromkeys(SUCCESSES, TradeState.PAID),
    UNIONPAY.trade_words[TradeState.UNPAID]: TradeState.UNPAID,
    UNIONPAY.trade_words[TradeState.CLOSED]: TradeState.CLOSED,
}
REFUNDS: Final = {word: state for state, word in UNIONPAY.refund_words.items()} | dict.fromkeys(
    SUCCESSES, RefundStatus.SUCCESS
)


def trade_of(told: Mapping[str, str], status: str, calendar: Calendar) -> TradeRecord:
    """A consume, out of a query or a notification."""
    amount, state = _money(told["txnAmt"]), TRADES[status]
    paid_at = None
    if state is TradeState.PAID:
        paid_at = at_trace_time(calendar, told["traceTime"], at_txn_time(calendar, told["txnTime"]))
    no = UNIONPAY_NUMBERS.meant(told["orderId"])
    return TradeRecord(no, state, amount, Money.zero("CNY"), told.get("queryId"), paid_at, status, amount)


def refund_of(told: Mapping[str, str], status: str) -> RefundRecord:
    """A return or a void. It does not name the order, so our client says that in its own field."""
    return RefundRecord(
        UNIONPAY_NUMBERS.meant(told.get("reqReserved", "")),
        UNIONPAY_NUMBERS.meant(told["orderId"]),
        told["queryId"],
        _money(told["txnAmt"]),
        state=REFUNDS[status],
        status=status,
    )


def notification_of(told: Mapping[str, str], calendar: Calendar) -> Notification:
    """A notification. There is no id in it, nor an app, and nobody says which send of its ladder it is.

    Of a refund it names the payment by its number, and says nothing of it but that there is a refund; how
    much was paid is not said, and stands here as what goes back.
    """
    status, kind = told["respCode"], told["txnType"]
    id = f"{kind}/{told['queryId']}"
    if kind == CONSUME:
        trade = trade_of(told, status, calendar)
        return Notification(id, 1, UNIONPAY.name, About.PAYMENT, "", told["merId"], trade)
    if kind not in (RETURN, VOID):
        raise ValueError(f"a notification of txnType {kind}")
    refund = refund_of(told, status)
    trade = TradeRecord(
        refund.out_trade_no,
        TradeState.RETURNED,
        refund.amount,
        Money.zero("CNY"),
        told["origQryId"],
        None,
        UNIONPAY.trade_words[TradeState.RETURNED],
    )
    return Notification(id, 1, UNIONPAY.name, About.REFUND, "", told["merId"], trade, refund)


def _money(fen: str) -> Money:
    if not (fen.isascii() and fen.isdecimal() and len(fen) <= 12):
        raise ValueError(f"an amount is in fen, not {fen[:20]!r}")
    return Money(int(fen), "CNY")
