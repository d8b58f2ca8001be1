"""UnionPay's online gateway (ACP), as data.

The merchant signs a form and the customer's browser carries it, so there is no call that creates a trade;
and there is none that closes it. Figures are from comments of the official
demo code [S].
"""

from __future__ import annotations

from typing import Final

from paytwice.calendar import DAY, MINUTE, SECOND
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

UNIONPAY: Final = ChannelProfile(
    name="unionpay",
    display_name="UnionPay",
    prefix="UP",
    gaps=(1 * MINUTE, 2 * MINUTE, 4 * MINUTE, 5 * MINUTE),
    ack_rule=AckRule(statuses=(200,)),
    ack_timeout=10 * SECOND,
    refund_news=RefundNews.OWN,
    refund_news_of=(RefundStatus.SUCCESS,),
    creation=Creation.FORM,
    credential_lifetime=None,
    closes_at_expiry=False,
    has_close=False,
    refund_window=330 * DAY,
    refund_spacing=0,
    refund_parts=None,
    refund_takes=5 * MINUTE,
    refund_same_amount=True,
    refund_number_scope=NumberScope.MERCHANT,
    fee_rate=6_000,
    late_bank_returned=7 * DAY,
    bill_hour=10,
    read_lag=0,
    call_timeout=30 * SECOND,
    codes={
        Meaning.OK: done("00"),
        Meaning.ALREADY_PAID: refused("12"),
        Meaning.ALREADY_CLOSED: refused("35"),
        Meaning.NO_SUCH_TRADE: refused("34"),
        Meaning.NO_SUCH_REFUND: refused("34"),
        Meaning.NUMBER_USED: refused("12"),
        Meaning.NOT_PAID: refused("35"),
        Meaning.OVER_BUDGET: refused("33"),
        Meaning.OTHER_AMOUNT: unknown("12", 200),
        Meaning.NO_BALANCE: unknown("30", 200),
        Meaning.TOO_SOON: unknown("37", 200),
        Meaning.TOO_LATE: refused("39"),
        Meaning.TOO_MANY_PARTS: refused("33"),
        Meaning.NOT_ABNORMAL: refused("12"),
        Meaning.NOT_READY: refused("98"),
        Meaning.NOT_SUPPORTED: refused("32"),
        Meaning.BUSY: unknown("06", 200),
        Meaning.SYSTEM_ERROR: unknown("04", 200),
    },
    trade_words={
        TradeState.UNPAID: "05",
        TradeState.PAID: "00",
        TradeState.RETURNED: "00",
        TradeState.CLOSED: "35",  # never said: nothing closes a trade here
    },
    refund_words={
        RefundStatus.PROCESSING: "05",
        RefundStatus.SUCCESS: "00",
        RefundStatus.CLOSED: "30",
        RefundStatus.ABNORMAL: "04",
    },
    sources={
        "gaps": "[S] demo, retry gaps: 5 sends in all, gaps 1, 2, 4, 5 min; another source: 0, 1, 2, 4",
        "ack_rule": "[S] demo, ack: HTTP 200; the 302 of the official demo is doubtful",
        "ack_timeout": "[S] demo: within 10 s",
        "refund_news": "[-] no source is explicit; the demo's return has a backUrl",
        "refund_news_of": "[S] demo: backUrl only for success",
        "credential_lifetime": "[S] demo, expiry: payTimeout alone",
        "closes_at_expiry": "[S] demo: no close; 'not found' may be intermediate until payTimeout",
        "has_close": "[S] demo: none; a void is a refund of the whole on the same clearing day",
        "refund_window": "[S] demo, refund limits: system 330 d; issuers guarantee 90 d, QR codes 30 d",
        "refund_spacing": "[-] none found in a source",
        "refund_parts": "[-] none found in a source",
        "refund_takes": "[-] no source: accepted, then asked for; 5 min assumed",
        "refund_same_amount": "[-] the key is orderId + txnTime; that another amount is refused is assumed",
        "refund_number_scope": "[-] an orderId is unique to the merchant and its day",
        "fee_rate": "[-] no source: 0.6 % and a return pro rata are assumed",
        "late_bank_returned": "[S] demo, expiry: what a bank pays after payTimeout goes back by itself in "
        "about 5 working days, here 7 days; that no query and no bill shows it: [-]",
        "bill_hour": "[-] the clearing day's cut-off (23:00) has no source: midnight and 10:00 assumed",
        "read_lag": "[-] no source: reads are taken to be fresh",
        "call_timeout": "[S] demo, unknown codes: timeout 30 s",
        "codes": "[S] 03 04 05 are unknown (C); the others from the ACP code list quoted in client libraries",
    },
)

# Another reading of the ladder (E.1.6.7), to be put in with attrs.evolve(UNIONPAY, gaps=...).
UNIONPAY_GAPS: Final = {
    "1, 2, 4, 5": UNIONPAY.gaps,
    "0, 1, 2, 4": (0, 1 * MINUTE, 2 * MINUTE, 4 * MINUTE),
}
