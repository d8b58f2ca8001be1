"""Requests of a merchant as the desk takes them: consume by the front, all else by the back.

Which fields a transaction must have, and their shapes, are those of the demo (Form_6_2_FrontConsume,
Form_6_3_ConsumeUndo, Form_6_4_Refund, Form_6_5_Query). The desk has no void: it is a return of the whole, on
the clearing day of the payment. One of a part, or too late, is refused here; one of too much is the desk's to
refuse, which has to see a merchant that asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

import attrs

from paytwice.calendar import DAY, Calendar
from paytwice.channels.requests import AskRefund, CreateTrade, FetchBill, QueryRefund, QueryTrade
from paytwice.channels.trade import Trade
from paytwice.wire.http import ADDRESS
from paytwice.wire.numbers import UNIONPAY_NUMBERS
from paytwice.wire.records import Records
from paytwice.wire.strict_json import Fields, Malformed
from paytwice.wire.unionpay.calls import CONSUME, FILE, QUERY, RETURN, VOID, Call, Form, Placed
from paytwice.wire.unionpay.times import at_txn_time, last_settle_date
from paytwice.wire.unionpay.words import SENTENCES, VOID_OF_A_PART, VOID_TOO_LATE
from paytwice_core import Money

QUERY_ID: Final = re.compile(r"[0-9A-Za-z]{1,32}")  # the real one has 21 digits
FEN: Final = re.compile(r"\d{1,12}", re.ASCII)
RESERVED: Final = re.compile(r"[^&={}\[\]\"'\r\n]{1,1024}")  # as the demo advises
YUAN: Final = "156"
MISSING: Final = "is missing"  # what Fields says of a field that is not there
WITHOUT_PAY_TIMEOUT: Final = 1 * DAY  # [-] how long a form can be paid that says nothing

FRONT: Final = "/gateway/api/frontTransReq.do"
BACK: Final = "/gateway/api/backTransReq.do"
QUERIES: Final = "/gateway/api/queryTrans.do"
FILES: Final = "/"  # at a host of its own, filedownload.95516.com


@attrs.frozen(auto_exc=True)
class Refused(Exception):  # it is what became of a request
    """A request that is well formed and yet not taken."""

    code: str
    sentence: str = ""


@attrs.frozen
class Reader:
    """Reads the requests of one account; `placed` are the transactions so far, by orderId."""

    calendar: Calendar
    records: Records
    placed: Mapping[str, Placed]

    def read(self, path: str, said: Mapping[str, str], now: int) -> Call | Form:
        """What a request comes to; Malformed or Refused if it comes to nothing."""
        asked = Fields(said, location="form")
        reads = READS.get((path, said.get("txnType", "")))
        if reads is None:
            raise Refused("32")
        for name in ("txnSubType", "bizType", "accessType"):
            asked.text(name, longest=6)
        if path != FILES:
            asked.text("orderId", longest=40, pattern=UNIONPAY_NUMBERS.allowed)
        _time(self.calendar, asked, "txnTime")
        return reads(self, asked, now)

    def _consume(self, asked: Fields, now: int) -> Form:
        if asked.text("currencyCode", longest=3) != YUAN:
            raise Refused("32")  # [-]
        asked.text("channelType", longest=2)
        self._tells_where(asked)
        earlier = self._not_a_duplicate(asked)
        if asked.has("payTimeout"):
            expires = _time(self.calendar, asked, "payTimeout")
        else:
            expires = now + WITHOUT_PAY_TIMEOUT if earlier is None else earlier.expires_at
        order = CreateTrade(_number(asked), _amount(asked), expires)
        return Form(self.records.desk.profile.credential(order, now), Placed(asked.values, expires))

    def _return(self, asked: Fields, _now: int) -> Call:
        no, number = self._original(asked)
        return self._refund(asked, no, number)

    def _void(self, asked: Fields, now: int) -> Call:
        no, number = self._original(asked)
        call = self._refund(asked, no, number)
        trade = self.records.desk.trades.get(no)
        payment = None if trade is None else trade.payment(number)
        if payment is not None and _number(asked) not in payment.refunds:
            self._can_be_voided(payment, _amount(asked), now)
        return call

    def _can_be_voided(self, payment: Trade, amount: Money, now: int) -> None:
        if amount.minor < payment.amount.minor:
            raise Refused("35", VOID_OF_A_PART)
        if payment.paid_at is not None and self.calendar.day_of(payment.paid_at) != self.calendar.day_of(now):
            raise Refused("35", VOID_TOO_LATE)

    def _query(self, asked: Fields, _now: int) -> Call:
        no, placed = _number(asked), self.placed.get(asked.values["orderId"])
        trade_no = self.records.trade_of_refund(no)
        if placed is not None and placed.fields["txnTime"] != asked.values["txnTime"]:
            return Call(QueryTrade(""), asked.values)  # the desk has no such trade, and says so
        if trade_no:
            return Call(QueryRefund(trade_no, no), asked.values)
        return Call(QueryTrade(no), asked.values)

    def _file(self, asked: Fields, now: int) -> Call:
        if asked.text("fileType", longest=2) != "00":
            raise Refused("98")
        try:
            day = last_settle_date(self.calendar, asked.text("settleDate", longest=4), now)
        except ValueError:
            raise asked.wrong("settleDate", "must be a day like 0302") from None
        return Call(FetchBill(day), asked.values)

    def _refund(self, asked: Fields, no: str, number: str | None) -> Call:
        asked.text("channelType", longest=2)
        self._tells_where(asked)
        self._not_a_duplicate(asked)
        request = AskRefund(no, _number(asked), _amount(asked), number)
        return Call(request, asked.values, Placed(asked.values))

    def _original(self, asked: Fields) -> tuple[str, str | None]:
        """The payment that money goes back of: by its queryId, which goes before, or by its own two names."""
        if asked.has("origQryId") or not asked.has("origOrderId"):
            number = asked.text("origQryId", longest=32, pattern=QUERY_ID)
            return self.records.trade_number_of(number), number
        wire = asked.text("origOrderId", longest=40, pattern=UNIONPAY_NUMBERS.allowed)
        _time(self.calendar, asked, "origTxnTime")
        placed = self.placed.get(wire)
        known = placed is None or placed.fields["txnTime"] == asked.values["origTxnTime"]
        return (UNIONPAY_NUMBERS.meant(wire) if known else ""), None

    def _not_a_duplicate(self, asked: Fields) -> Placed | None:
        """The same transaction if it was placed before; Refused if the number means another one."""
        earlier = self.placed.get(asked.values["orderId"])
        if earlier is not None and not earlier.is_repeated_by(asked.values):
            raise Refused("12")
        return earlier

    def _tells_where(self, asked: Fields) -> None:
        asked.text("backUrl", longest=256, pattern=ADDRESS)
        if asked.has("reqReserved") and RESERVED.fullmatch(asked.values["reqReserved"]) is None:
            raise asked.wrong("reqReserved", "must have no special characters")


def _number(asked: Fields) -> str:
    return UNIONPAY_NUMBERS.meant(asked.values["orderId"])


def _amount(asked: Fields) -> Money:
    minor = int(asked.text("txnAmt", longest=12, pattern=FEN))
    if minor < 1:
        raise asked.wrong("txnAmt", "must be 1 or more")
    return Money(minor, "CNY")


def _time(calendar: Calendar, asked: Fields, name: str) -> int:
    try:
        return at_txn_time(calendar, asked.text(name, longest=14))
    except ValueError:
        raise asked.wrong(name, "must be a time like 20260302140000") from None


def refusal_of(what: Malformed | Refused) -> tuple[str, str]:
    """The code and the sentence for a request that comes to nothing."""
    if isinstance(what, Refused):
        return what.code, what.sentence or SENTENCES[what.code]
    code = "13" if what.issue == MISSING else "10"
    return code, f"{SENTENCES[code]}: {what.field} {what.issue}"


READS: Final[Mapping[tuple[str, str], Callable[[Reader, Fields, int], Call | Form]]] = {
    (FRONT, CONSUME): Reader._consume,
    (BACK, RETURN): Reader._return,
    (BACK, VOID): Reader._void,
    (QUERIES, QUERY): Reader._query,
    (FILES, FILE): Reader._file,
}
