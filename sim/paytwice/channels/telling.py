"""What a channel tells, in a few words of its own, for those who read a journal."""

from __future__ import annotations

import re
from typing import Final

from paytwice.channels.messages import About, Answer, Notification, TradeState
from paytwice.channels.requests import ApplyAbnormalRefund, AskRefund, Request, key_of

CAPITAL: Final = re.compile("(?<!^)([A-Z])")


def deed_of(request: Request) -> str:
    """What somebody does at a console: `refund HAND-1 of P1-1`, `refund P1-R1 to USER_BANK_CARD`."""
    match request:
        case AskRefund(out_trade_no, out_refund_no):
            return f"refund {out_refund_no} of {out_trade_no}"
        case ApplyAbnormalRefund(_, out_refund_no, route):
            return f"refund {out_refund_no} to {route.value}"
    deed = CAPITAL.sub(r" \1", type(request).__name__).lower()
    return f"{deed} {key_of(request)}"


def status_of(answer: Answer) -> str:
    """The word of an answer that a reader looks for: the status that was asked for, or else the code."""
    told = answer.refund or answer.trade
    if told is None:
        return _in_words(answer.code, answer.meaning.value)
    return _in_words(told.status, told.state.value)


def _in_words(word: str, meaning: str) -> str:
    """A channel's own word; where that is a bare number, as at UnionPay, what it means."""
    return f"{meaning} ({word})" if word.isdecimal() else word


def news_of(notification: Notification) -> str:
    """What a notification tells: `paid ¥99.00`, `refund P1-R1 SUCCESS ¥99.00`."""
    refund, trade = notification.refund, notification.trade
    if refund is None:
        word = "paid" if trade.state is TradeState.PAID else _in_words(trade.status, trade.state.value)
        return f"{word} {trade.amount.display}"
    if notification.about is About.PAYMENT:
        return f"{trade.status}, refund {refund.out_refund_no} {refund.amount.display}"
    status = _in_words(refund.status, refund.state.value)
    return f"refund {refund.out_refund_no} {status} {refund.amount.display}"
