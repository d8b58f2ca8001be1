"""The merchant's side of the wire: what a correct client of UnionPay sends, and makes of what it hears.

It shares with the channel's side only how strings are signed and numbers are written, and finds everything
else in the bytes. UnionPay's answers are signed one and all, so a refusal proves something here. Its codes
are few: one stands for several things, and the client takes the one that leaves most open.

A merchant has to remember what a query names: the txnTime under which each number was first sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from paytwice.calendar import Calendar
from paytwice.channels.messages import Answer, Meaning, Notification, Outcome, RefundStatus
from paytwice.channels.profile import SAYABLE, ChannelProfile
from paytwice.channels.requests import (
    AskRefund,
    CreateTrade,
    FetchBill,
    QueryRefund,
    QueryTrade,
    Request,
)
from paytwice.channels.unionpay import UNIONPAY
from paytwice.wire.crypto import Verifier
from paytwice.wire.doubts import UNREADABLE, NotAuthentic
from paytwice.wire.http import HttpRequest, HttpResponse
from paytwice.wire.moments import Stamp, at_http_date
from paytwice.wire.numbers import UNIONPAY_NUMBERS
from paytwice.wire.unionpay.account import UnionpayKeys
from paytwice.wire.unionpay.bills import bill_of
from paytwice.wire.unionpay.calls import CONSUME, FILE, QUERY, RETURN, VOID
from paytwice.wire.unionpay.certificates import NotTrusted
from paytwice.wire.unionpay.hearing import REFUNDS, TRADES, notification_of, refund_of, trade_of
from paytwice.wire.unionpay.parameters import (
    CERTIFICATE,
    SIGNATURE,
    digest,
    form,
    form_of,
    plain_of,
    signed,
)
from paytwice.wire.unionpay.reading import BACK, FILES, FRONT, QUERIES, YUAN
from paytwice.wire.unionpay.times import txn_time

BACK_URL: Final = "https://merchant.example/unionpay"
# Of the meanings that share a code, the one that this request is most likely told.
LIKELY: Final[Mapping[type[Request], tuple[Meaning, ...]]] = {
    QueryTrade: (Meaning.NO_SUCH_TRADE,),
    QueryRefund: (Meaning.NO_SUCH_REFUND,),
    AskRefund: (Meaning.NO_SUCH_TRADE, Meaning.NOT_PAID, Meaning.OVER_BUDGET),
}


@attrs.frozen
class Known:
    """What a merchant knows and our requests do not carry.

    `txn_time` is when the number was first sent, virtual ms; None is now, which is right for a first send
    only. `order_time` is that of the order whose money goes back, where the payment's number is not known.
    `void` asks for a reversal within the clearing day. `reserved` are words for an order, which come back.
    """

    txn_time: int | None = None
    order_time: int | None = None
    void: bool = False
    back_url: str = BACK_URL
    reserved: str = ""
    more: Mapping[str, str] = attrs.field(factory=dict, hash=False)  # fields we know nothing of


@attrs.frozen
class UnionpayMerchant:
    """One merchant's client."""

    keys: UnionpayKeys
    calendar: Calendar
    profile: ChannelProfile = UNIONPAY

    def request(self, request: Request, stamp: Stamp, known: Known | None = None) -> HttpRequest:
        """The signed HTTP request that asks for something; an order is for the customer's browser to post.

        ValueError for what UnionPay has no message for, such as a close.
        """
        known = known or Known()
        path, fields = self._unsigned(request, known)
        at = stamp.at if known.txn_time is None else known.txn_time
        usual = {
            "version": "5.1.0",
            "encoding": "UTF-8",
            "signMethod": "01",
            "accessType": "0",
            "merId": self.keys.account.mer_id,
            "orderId": _order_id(request),
            "txnTime": txn_time(self.calendar, at),
        }
        return self.signed(path, {**known.more, **usual, **fields})

    def signed(self, path: str, fields: Mapping[str, str]) -> HttpRequest:
        """A POST of fields that says who sends it."""
        signer = self.keys.merchant.signer
        body = form(signed({**fields, "certId": signer.serial}, signer))
        headers = (("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8"),)
        return HttpRequest("POST", path, "", headers, body)

    def answer(self, request: Request, response: HttpResponse, now: int = 0) -> Answer | NotAuthentic:
        """What a response says; `now` is the merchant's clock, by which certificates are valid or not."""
        date = response.header("Date")
        at = None if date is None else at_http_date(self.calendar, date)
        if response.status != 200:
            return Answer(Outcome.UNKNOWN, Meaning.SYSTEM_ERROR, str(response.status), at=at)
        told = plain_of(response.body)
        why_not = self._why_not(told, now) or self._not_about(request, told or {})
        if told is None or why_not is not None:
            return NotAuthentic(why_not or "")
        try:
            if told["respCode"] != self.profile.code(Meaning.OK, type(request)).word:
                return attrs.evolve(self._refusal(request, told["respCode"]), at=at)
            return attrs.evolve(self._done(request, told), at=at)
        except UNREADABLE as error:
            return NotAuthentic(f"a signed response that nobody can read: {error!r}")

    def hear(self, request: HttpRequest, now: int) -> Notification | NotAuthentic:
        """What a notification tells; `now` is the merchant's clock. Who and how much are still to compare."""
        told = form_of(request.body)
        why_not = self._why_not(told, now)
        if told is None or why_not is not None:
            return NotAuthentic(why_not or "")
        try:
            return notification_of(told, self.calendar)
        except UNREADABLE as error:
            return NotAuthentic(f"a signed notification that nobody can read: {error!r}")

    def _why_not(self, told: Mapping[str, str] | None, now: int) -> str | None:
        if told is None:
            return "these are no fields"
        if told.get("version") != "5.1.0" or told.get("signMethod") != "01":
            return "it is signed by another method"
        try:
            key = self.keys.trust.key_of(told.get(CERTIFICATE, ""), self.calendar.moment(now))
        except NotTrusted as not_trusted:
            return not_trusted.why
        fits = Verifier({"": key}).verifies("", digest(told), told.get(SIGNATURE, ""))
        return None if fits else "the signature is wrong"

    def _not_about(self, request: Request, told: Mapping[str, str]) -> str | None:
        """An answer to another request is none to this, though it is signed."""
        merchant, number = told.get("merId"), told.get("orderId")
        mine = merchant in (None, self.keys.account.mer_id) and number in (None, _order_id(request))
        return None if mine else f"it is about {number} of {merchant}"

    def _unsigned(self, request: Request, known: Known) -> tuple[str, dict[str, str]]:
        match request:
            case CreateTrade(_, amount, expires_at):
                if amount.currency != "CNY":
                    raise ValueError(f"UnionPay's gateway takes CNY only here, not {amount}")
                order = {"txnType": CONSUME, "txnSubType": "01", "txnAmt": str(amount.minor)}
                expiry = {"currencyCode": YUAN, "payTimeout": txn_time(self.calendar, expires_at)}
                return FRONT, {**_moving(known), **order, **expiry, "reqReserved": known.reserved}
            case AskRefund(no, _, amount):
                kind = VOID if known.void else RETURN
                refund = {"txnType": kind, "txnSubType": "00", "txnAmt": str(amount.minor)}
                refund |= {"reqReserved": UNIONPAY_NUMBERS.written(no)}
                return BACK, {**_moving(known), **refund, **self._original(request, known)}
            case QueryTrade() | QueryRefund():
                return QUERIES, {"txnType": QUERY, "txnSubType": "00", "bizType": "000000"}
            case FetchBill(day):
                file = {"txnType": FILE, "txnSubType": "01", "bizType": "000000", "fileType": "00"}
                return FILES, {**file, "settleDate": f"{day:%m%d}"}
            case _:
                raise ValueError(f"there is no message at UnionPay for {request}")

    def _original(self, request: AskRefund, known: Known) -> dict[str, str]:
        """Which payment: by its number, or by the order's two names."""
        if request.channel_number is not None:
            return {"origQryId": request.channel_number}
        if known.order_time is None:
            raise ValueError(f"UnionPay has to know {request.out_trade_no} by its queryId or its txnTime")
        named = txn_time(self.calendar, known.order_time)
        return {"origOrderId": UNIONPAY_NUMBERS.written(request.out_trade_no), "origTxnTime": named}

    def _done(self, request: Request, told: Mapping[str, str]) -> Answer:
        done = Answer(Outcome.DONE, Meaning.OK, told["respCode"])
        match request:
            case QueryTrade() if told["origRespCode"] in TRADES:
                return attrs.evolve(done, trade=trade_of(told, told["origRespCode"], self.calendar))
            case QueryRefund() if told["origRespCode"] in REFUNDS:
                return attrs.evolve(done, refund=refund_of(told, told["origRespCode"]))
            case FetchBill(day) if told["settleDate"] == f"{day:%m%d}":
                return attrs.evolve(done, bill=bill_of(day, told["fileContent"], self.calendar))
            case AskRefund(no):  # 00 says that it was accepted, and a query what became of it
                accepted = {**told, "reqReserved": UNIONPAY_NUMBERS.written(no)}
                return attrs.evolve(done, refund=refund_of(accepted, self._accepted))
            case _:
                return Answer(Outcome.UNKNOWN, Meaning.SYSTEM_ERROR, told.get("origRespCode", "00"))

    def _refusal(self, request: Request, code: str) -> Answer:
        """By code; one that nobody knows leaves open what was done."""
        call = type(request)
        meanings = [one for one in SAYABLE if self.profile.code(one, call).word == code]
        likely = [one for one in LIKELY.get(call, ()) if one in meanings]
        unsure = [one for one in meanings if self.profile.code(one, call).outcome is Outcome.UNKNOWN]
        meaning = next(iter(unsure or likely or meanings), Meaning.SYSTEM_ERROR)
        outcome = self.profile.code(meaning, call).outcome if meanings else Outcome.UNKNOWN
        return Answer(outcome, meaning, code)

    @property
    def _accepted(self) -> str:
        return self.profile.refund_words[RefundStatus.PROCESSING]


def _moving(known: Known) -> dict[str, str]:
    """What every request that moves money has to say."""
    return {"bizType": "000201", "channelType": "07", "backUrl": known.back_url}


def _order_id(request: Request) -> str:
    """The number of the order, or of the refund."""
    match request:
        case AskRefund() | QueryRefund():
            return UNIONPAY_NUMBERS.written(request.out_refund_no)
        case CreateTrade() | QueryTrade():
            return UNIONPAY_NUMBERS.written(request.out_trade_no)
        case _:
            return ""
