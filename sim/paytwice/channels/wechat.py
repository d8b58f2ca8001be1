"""WeChat Pay APIv3, the merchant's direct mode, as data.

Figures are from pay.weixin.qq.com/doc/v3 and the official
wechatpay-skills repository [O] unless a source says otherwise.
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
from paytwice.channels.requests import AbnormalRoute, AskRefund, CloseTrade, CreateTrade, QueryRefund

WECHAT: Final = ChannelProfile(
    name="wechat",
    display_name="WeChat Pay",
    prefix="WX",
    gaps=(
        *(15 * SECOND, 15 * SECOND, 30 * SECOND),
        *(3 * MINUTE, 10 * MINUTE, 20 * MINUTE, 30 * MINUTE, 30 * MINUTE, 30 * MINUTE, 60 * MINUTE),
        *(3 * HOUR, 3 * HOUR, 3 * HOUR, 6 * HOUR, 6 * HOUR),
    ),
    ack_rule=AckRule(statuses=(200, 204)),  # the status wins: 200 with {"code":"FAIL"} is an ack
    ack_timeout=5 * SECOND,
    refund_news=RefundNews.OWN,
    creation=Creation.CALL,
    credential_lifetime=2 * HOUR,
    closes_at_expiry=False,
    closes_after=7 * DAY,
    close_of_paid=Meaning.ALREADY_PAID,
    close_of_closed=Meaning.OK,
    refund_window=365 * DAY,
    refund_spacing=60 * SECOND,
    refund_parts=50,
    refund_takes=5 * MINUTE,
    refund_same_amount=True,
    refund_number_scope=NumberScope.MERCHANT,
    fee_rate=6_000,
    refund_gives_up=7 * DAY,
    abnormal_routes=tuple(AbnormalRoute),
    abnormal_takes=DAY,
    bill_hour=10,
    read_lag=3 * SECOND,
    call_timeout=10 * SECOND,
    codes={
        Meaning.OK: done("SUCCESS"),
        Meaning.ALREADY_PAID: refused("ORDER_PAID"),
        Meaning.ALREADY_CLOSED: refused("ORDER_CLOSED"),
        Meaning.NO_SUCH_TRADE: refused("ORDER_NOT_EXIST", 404),
        Meaning.NO_SUCH_REFUND: refused("RESOURCE_NOT_EXISTS", 404),
        Meaning.NUMBER_USED: refused("OUT_TRADE_NO_USED", 403),
        Meaning.NOT_PAID: refused("INVALID_REQUEST"),
        Meaning.OVER_BUDGET: refused("INVALID_REQUEST"),
        Meaning.OTHER_AMOUNT: unknown("INVALID_REQUEST", 400),
        Meaning.NO_BALANCE: unknown("NOT_ENOUGH", 403),
        Meaning.TOO_SOON: unknown("FREQUENCY_LIMITED", 429),
        Meaning.TOO_LATE: refused("INVALID_REQUEST"),
        Meaning.TOO_MANY_PARTS: refused("INVALID_REQUEST"),
        Meaning.NOT_ABNORMAL: refused("INVALID_REQUEST"),
        Meaning.NOT_READY: refused("STATEMENT_CREATING"),
        Meaning.NOT_SUPPORTED: refused("PARAM_ERROR"),
        Meaning.BUSY: unknown("FREQUENCY_LIMITED", 429),
        Meaning.SYSTEM_ERROR: unknown("SYSTEM_ERROR", 500),
    },
    codes_of_call={
        CreateTrade: {Meaning.TOO_LATE: refused("PARAM_ERROR")},
        CloseTrade: {Meaning.OK: done("NO_CONTENT", 204)},
        AskRefund: {
            Meaning.NO_SUCH_TRADE: refused("RESOURCE_NOT_EXISTS", 404),
            Meaning.NUMBER_USED: refused("INVALID_REQUEST"),
        },
        QueryRefund: {Meaning.NO_SUCH_TRADE: refused("RESOURCE_NOT_EXISTS", 404)},
    },
    trade_words={
        TradeState.UNPAID: "NOTPAY",
        TradeState.PAID: "SUCCESS",
        TradeState.RETURNED: "REFUND",
        TradeState.CLOSED: "CLOSED",
    },
    refund_words={state: state.value for state in RefundStatus},
    sources={
        "gaps": "[O] doc/v3, retry gaps: 15 retries in 24h04m, so 16 sends",
        "ack_rule": "[O] doc/v3: HTTP 200/204, the status has precedence over the body",
        "ack_timeout": "[O] doc/v3: within 5 s",
        "refund_news": "[O] doc/v3: REFUND.SUCCESS, REFUND.ABNORMAL, REFUND.CLOSED",
        "credential_lifetime": "[O] doc/v3, expiry: prepay_id 2 h; an h5_url lives 5 min",
        "closes_at_expiry": "[O] doc/v3: after time_expire the query still says NOTPAY",
        "closes_after": "[O] doc/v3: NOTPAY to CLOSED by the close call or after 7 days",
        "close_of_paid": "[O] doc/v3: the class of codes that say already paid",
        "close_of_closed": "[O] doc/v3: the close is re-entrant, 204",
        "close_not_before": "[O] doc/v3: at once in v3; v2 and global want 5 min",
        "refund_window": "[O] doc/v3, refund limits: 1 year",
        "refund_spacing": "[O] doc/v3, refund limits: a new part number at least 1 min after the last",
        "refund_parts": "[O] doc/v3, refund limits: at most 50",
        "refund_takes": "[O] doc/v3, refund result: balance about 5 min; a card takes 1 to 3 workdays",
        "refund_same_amount": "[S] real answers in public code: INVALID_REQUEST 退款金额与之前请求不一致",
        "refund_number_scope": "[-] out_refund_no is the merchant's: API reference",
        "fee_rate": "[-] 0.6 % is the usual rate; that it comes back pro rata: [O] doc/v3, refund limits",
        "refund_gives_up": "[O] doc/v3, refund: CLOSED after more than 7 days PROCESSING with no balance",
        "abnormal_routes": "[O] doc/v3, apply-abnormal-refund: USER_BANK_CARD or MERCHANT_BANK_CARD",
        "abnormal_takes": "[-] no source: a card takes 1 to 3 workdays, 1 day assumed",
        "bill_hour": "[O] doc/v3, bill: T+1 after 10:00 by success and acceptance time, a snapshot",
        "read_lag": "[S] doc/v3, query staleness: NOTPAY seen 3 s after the success",
        "call_timeout": "[-] no source: 10 s assumed",
        "codes": "[O] doc/v3; NOT_READY [S] error list quoted in client libraries; INVALID_REQUEST as above",
    },
)

# The sources disagree on the word for "too late, it is paid" (E.1.6.4): match the meaning, never the word.
WECHAT_CLOSE_OF_PAID: Final = {
    "v3": refused("ORDER_PAID"),
    "v2": refused("ORDERPAID"),
    "table": refused("TRADE_ERROR", 403),
}

# The older interface and the global one refuse a close within 5 min of the creation (E.1.6.5).
WECHAT_V2: Final = attrs.evolve(
    WECHAT.saying({Meaning.ALREADY_PAID: WECHAT_CLOSE_OF_PAID["v2"]}), close_not_before=5 * MINUTE
)
