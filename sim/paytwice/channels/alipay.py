"""Alipay's openapi trade interface, paid by a precreated QR code, as data.

Alipay makes the trade when the customer scans, not when the merchant asks. Figures are
mostly from curated copies of opendocs.alipay.com [S].
"""

from __future__ import annotations

from typing import Final

import attrs

from paytwice.calendar import DAY, HOUR, MINUTE, SECOND
from paytwice.channels.messages import Meaning, RefundStatus, TradeState
from paytwice.channels.profile import (
    AckRule,
    ChannelProfile,
    Creation,
    NumberScope,
    RefundNews,
    done,
    refused,
    unknown,
)
from paytwice.channels.requests import AskRefund, CloseTrade, QueryRefund

ALIPAY: Final = ChannelProfile(
    name="alipay",
    display_name="Alipay",
    prefix="AL",
    gaps=(4 * MINUTE, 10 * MINUTE, 10 * MINUTE, 1 * HOUR, 2 * HOUR, 6 * HOUR, 15 * HOUR),
    ack_rule=AckRule(statuses=(200,), body="success"),  # any other body is a failure, and so is a redirect
    ack_timeout=5 * SECOND,
    refund_news=RefundNews.PAYMENT_URL,
    refund_news_of=(RefundStatus.SUCCESS,),
    notifies_close=False,
    creation=Creation.SCAN,
    credential_lifetime=2 * HOUR,
    relative_expiry=False,
    closes_at_expiry=True,
    close_of_paid=Meaning.ALREADY_PAID,
    close_of_closed=Meaning.ALREADY_CLOSED,
    refund_window=365 * DAY,
    refund_spacing=3 * SECOND,
    refund_parts=None,
    refund_takes=0,
    refund_repeat_tells=False,
    refund_same_amount=True,
    refund_number_scope=NumberScope.TRADE,
    fee_rate=6_000,
    bill_hour=10,
    read_lag=0,
    call_timeout=10 * SECOND,
    codes={
        Meaning.OK: done("10000"),
        Meaning.ALREADY_PAID: refused("ACQ.TRADE_HAS_SUCCESS"),
        Meaning.ALREADY_CLOSED: refused("ACQ.TRADE_HAS_CLOSE"),
        Meaning.NO_SUCH_TRADE: refused("ACQ.TRADE_NOT_EXIST"),
        Meaning.NO_SUCH_REFUND: refused("ACQ.TRADE_NOT_EXIST"),
        Meaning.NUMBER_USED: refused("ACQ.CONTEXT_INCONSISTENT"),
        Meaning.NOT_PAID: refused("ACQ.TRADE_STATUS_ERROR"),
        Meaning.OVER_BUDGET: refused("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL"),
        Meaning.OTHER_AMOUNT: unknown("ACQ.DISCORDANT_REPEAT_REQUEST"),
        Meaning.NO_BALANCE: unknown("ACQ.SELLER_BALANCE_NOT_ENOUGH"),
        Meaning.TOO_SOON: unknown("ACQ.SYSTEM_ERROR"),
        Meaning.TOO_LATE: refused("ACQ.TRADE_HAS_FINISHED"),
        Meaning.TOO_MANY_PARTS: refused("ACQ.TRADE_NOT_ALLOW_REFUND"),
        Meaning.NOT_ABNORMAL: refused("ACQ.INVALID_PARAMETER"),
        Meaning.NOT_READY: refused("isp.bill_not_exist"),
        Meaning.NOT_SUPPORTED: refused("ACQ.INVALID_PARAMETER"),
        Meaning.BUSY: unknown("isp.call-limited"),
        Meaning.SYSTEM_ERROR: unknown("20000"),
    },
    codes_of_call={
        # An absent refund_status: no proof that nothing happened (row R6 of the core's tables).
        QueryRefund: {Meaning.NO_SUCH_REFUND: unknown("10000", 200)},
        # One word for "not WAIT_BUYER_PAY any more", whether it was paid or closed: only a query tells.
        CloseTrade: {
            Meaning.ALREADY_PAID: refused("ACQ.TRADE_STATUS_ERROR"),
            Meaning.ALREADY_CLOSED: refused("ACQ.TRADE_STATUS_ERROR"),
        },
        AskRefund: {Meaning.SYSTEM_ERROR: unknown("ACQ.SYSTEM_ERROR")},
    },
    trade_words={
        TradeState.UNPAID: "WAIT_BUYER_PAY",
        TradeState.PAID: "TRADE_SUCCESS",
        TradeState.RETURNED: "TRADE_SUCCESS",
        TradeState.CLOSED: "TRADE_CLOSED",
    },
    fully_returned_word="TRADE_CLOSED",
    refund_words={
        RefundStatus.PROCESSING: "",  # the field is absent until it says REFUND_SUCCESS
        RefundStatus.SUCCESS: "REFUND_SUCCESS",
        RefundStatus.CLOSED: "REFUND_FAIL",
        RefundStatus.ABNORMAL: "REFUND_PROCESSING",
    },
    refund_answer_words={
        RefundStatus.PROCESSING: "fund_change=N",
        RefundStatus.SUCCESS: "fund_change=Y",
        RefundStatus.CLOSED: "fund_change=N",
        RefundStatus.ABNORMAL: "fund_change=N",
    },
    sources={
        "gaps": "[O/S] opendocs: 8 sends in 24h24m; the last is doubtful; Antom begins with 2 min",
        "ack_rule": "[S] opendocs: the body is exactly the 7 characters success; no redirects",
        "ack_timeout": "[-] not found in a source ('some s'): 5 s assumed",
        "refund_news": "[S] opendocs: refunds notify on the payment URL",
        "refund_news_of": "[S] opendocs describes only refunds that were made",
        "notifies_close": "[S] opendocs: newest curated document: off; classic documents: on",
        "finished_word": "[S] TRADE_FINISHED after the refund window; newest curated document: off",
        "credential_lifetime": "[S] opendocs, expiry: a precreated QR code lives 2 h",
        "relative_expiry": "[S] opendocs: time_expire is absolute, timeout_express counts from creation",
        "closes_at_expiry": "[S] opendocs: an unpaid trade is closed by its timeout",
        "close_of_paid": "[S] opendocs, close: paid is ACQ.TRADE_STATUS_ERROR / REASON_*",
        "close_of_closed": "[S] opendocs, close: closed is ACQ.TRADE_STATUS_ERROR / REASON_*",
        "refund_window": "[S] opendocs, refund limits: 12 months by contract; the older default is 3",
        "refund_spacing": "[S] opendocs, refund limits: at least 3 s apart",
        "refund_parts": "[-] no limit found in a source",
        "refund_takes": "[S] opendocs, refund result: fund_change=Y in the first answer is done",
        "refund_repeat_tells": "[S] opendocs, refund result: a repeat returns N although done",
        "refund_same_amount": "[S] opendocs, refund idempotency: out_request_no and the same amount",
        "refund_number_scope": "[-] out_request_no is unique to its trade: API reference",
        "fee_rate": "[-] 0.6 % is the usual rate; that it comes back pro rata is assumed",
        "bill_hour": "[S] opendocs, bill: T+1 between 09:00 and 10:00, use 10:00",
        "read_lag": "[-] no source: reads are taken to be fresh",
        "call_timeout": "[-] no source: 10 s assumed",
        "codes": "[S] opendocs; CONTEXT_INCONSISTENT, TRADE_HAS_CLOSE: lists quoted in client libraries; "
        "TOO_SOON, TOO_MANY_PARTS, NOT_READY and BUSY: [-]",
        "refund_words": "[S] opendocs: only REFUND_SUCCESS counts; the words for CLOSED and ABNORMAL: [-]",
    },
)

# Other readings of the ladder (E.1.6.3), to be put in with attrs.evolve(ALIPAY, gaps=...).
ALIPAY_GAPS: Final = {
    "domestic": ALIPAY.gaps,
    "antom": (2 * MINUTE, *ALIPAY.gaps[1:]),
    "first three at once": (0, 0, *ALIPAY.gaps),
    "without the doubtful last": ALIPAY.gaps[:-1],
}

# The page and WAP products: the merchant signs a form by itself, the customer's login makes the trade. At WAP
# an unpaid close is notified, in the reading of 2020 (E.1.6.2).
ALIPAY_PAGE: Final = attrs.evolve(ALIPAY, creation=Creation.FORM, credential_lifetime=None)
ALIPAY_WAP: Final = attrs.evolve(ALIPAY_PAGE, notifies_close=True)

# The classic documents: when a paid trade can no longer be refunded, it is told of once more (E.1.6.2).
ALIPAY_CLASSIC: Final = attrs.evolve(ALIPAY, finished_word="TRADE_FINISHED")

# The older expiry: the merchant's 15 minutes begin when the customer scans.
ALIPAY_TIMEOUT_EXPRESS: Final = attrs.evolve(ALIPAY, relative_expiry=True)

# The older refund query has no status: a refund that is found is a refund that is done (E.1.6.6).
ALIPAY_OLD_REFUND_QUERY: Final = attrs.evolve(ALIPAY, refund_found_in=(RefundStatus.SUCCESS,))
