"""The merchant's side of the wire: what a correct client of WeChat Pay sends, and makes of what it hears.

It shares with the channel's side only how strings are signed and numbers are written, and finds everything
else in the bytes. A merchant knows less than a desk does: a query does not say how much of a trade has been
returned, times are whole seconds, and a refusal carries no signature, so it proves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

import attrs

from paytwice.calendar import Calendar
from paytwice.channels.messages import Answer, Credential, Meaning, Notification, Outcome
from paytwice.channels.profile import ChannelProfile
from paytwice.channels.requests import (
    AbnormalRoute,
    ApplyAbnormalRefund,
    AskRefund,
    CloseTrade,
    CreateTrade,
    FetchBill,
    FetchFundBill,
    QueryRefund,
    QueryTrade,
    Request,
)
from paytwice.channels.wechat import WECHAT
from paytwice.wire.crypto import unseal
from paytwice.wire.doubts import UNREADABLE, NotAuthentic
from paytwice.wire.http import HttpRequest, HttpResponse
from paytwice.wire.moments import Stamp, at_http_date, rfc3339, unix_seconds
from paytwice.wire.numbers import WECHAT_NUMBERS
from paytwice.wire.strict_json import LARGEST_BODY, Fields, Malformed, parsed, written
from paytwice.wire.wechat.account import WechatKeys
from paytwice.wire.wechat.authorization import WINDOW, authorization
from paytwice.wire.wechat.hearing import notification_of, refund_of, trade_of
from paytwice.wire.wechat.replies import SCHEME, signed_string
from paytwice.wire.wechat.words import SENTENCES
from paytwice_core import Money

NOTIFY_URL: Final = "https://merchant.example/wechat"


@attrs.frozen
class Known:
    """What a merchant knows and our requests do not carry; `total` is that of the order to refund."""

    product: str = "native"
    description: str = "order"
    notify_url: str = NOTIFY_URL
    openid: str = "openid"
    attach: str | None = None
    total: Money | None = None
    refund_id: str = ""
    more: Mapping[str, Any] = attrs.field(factory=dict, hash=False)  # fields we know nothing of


@attrs.frozen
class WechatMerchant:
    """One merchant's client."""

    keys: WechatKeys
    calendar: Calendar
    profile: ChannelProfile = WECHAT

    def request(self, request: Request, stamp: Stamp, known: Known | None = None) -> HttpRequest:
        """The signed HTTP request that asks for something."""
        return self.signed(self._unsigned(request, known or Known()), stamp)

    def download(self, url: str, stamp: Stamp) -> HttpRequest:
        """The signed request for a file, at an address out of a response."""
        address = urlsplit(url)
        return self.signed(HttpRequest("GET", address.path, address.query), stamp)

    def signed(self, request: HttpRequest, stamp: Stamp) -> HttpRequest:
        """Put on a request who sends it, and the usual headers."""
        seconds = unix_seconds(self.calendar, stamp.at)
        account, merchant = self.keys.account, self.keys.merchant
        proof = authorization(request, account.mch_id, merchant, seconds, stamp.nonce)
        usual = (("Accept", "application/json"), ("User-Agent", "paytwice"), ("Authorization", proof))
        typed = (("Content-Type", "application/json"),) if request.body else ()
        return attrs.evolve(request, headers=(*request.headers, *usual, *typed))

    def answer(self, request: Request, response: HttpResponse) -> Answer | NotAuthentic:
        """What a response says; not authentic if it says that something was done, and is not signed."""
        date = response.header("Date")
        at = None if date is None else at_http_date(self.calendar, date)
        if not 200 <= response.status < 300:
            return attrs.evolve(self._refusal(request, response), at=at)
        why_not = self._why_not(response, response.body)
        if why_not is not None:
            return NotAuthentic(why_not)
        try:
            told = parsed(response.body) if response.body else {}
            done = Answer(Outcome.DONE, Meaning.OK, self.profile.code(Meaning.OK, type(request)).word, at=at)
            return self._done(request, told, done)
        except UNREADABLE as error:
            return NotAuthentic(f"a signed response that nobody can read: {error!r}")

    def hear(self, request: HttpRequest, now: int) -> Notification | NotAuthentic:
        """What a notification tells; `now` is the merchant's clock. App and amount are still to compare."""
        why_not = self._why_not(request, request.body) or self._too_old(request, now)
        if why_not is not None:
            return NotAuthentic(why_not)
        try:
            envelope = parsed(request.body)
            return notification_of(envelope, self.opened(envelope["resource"]), self.calendar)
        except UNREADABLE as error:
            return NotAuthentic(f"a signed notification that nobody can read: {error!r}")

    def opened(self, resource: Mapping[str, Any]) -> dict[str, Any]:
        """Decrypt a resource, unknown fields and all."""
        fields = Fields(resource)
        sealed, nonce = fields.text("ciphertext", longest=LARGEST_BODY), fields.text("nonce", longest=16)
        associated = fields.text("associated_data", longest=16) if resource.get("associated_data") else ""
        return parsed(unseal(self.keys.account.api_v3_key, nonce, associated, sealed))

    def _why_not(self, message: HttpRequest | HttpResponse, body: bytes) -> str | None:
        names = ("Timestamp", "Nonce", "Signature", "Serial", "Signature-Type")
        timestamp, nonce, signature, serial, scheme = (message.header(f"Wechatpay-{one}") for one in names)
        if timestamp is None or nonce is None or signature is None or serial is None:
            return "a header is missing, or said twice"
        if scheme not in (None, SCHEME):
            return f"the signature is of the type {scheme}"
        if not self.keys.account.platforms.knows(serial):
            return f"nobody knows the key {serial}"
        if len(timestamp) > 12 or not timestamp.isascii() or not timestamp.isdecimal():
            return f"the timestamp is {timestamp}"
        if not self.keys.account.platforms.verifies(serial, signed_string(timestamp, nonce, body), signature):
            return "the signature is wrong"
        return None

    def _too_old(self, request: HttpRequest, now: int) -> str | None:
        said = int(request.header("Wechatpay-Timestamp") or "0")
        far = abs(unix_seconds(self.calendar, now) - said)
        return f"it was signed {far} s away from now" if far > WINDOW else None

    def _unsigned(self, request: Request, known: Known) -> HttpRequest:
        match request:
            case CreateTrade():
                path = f"/v3/pay/transactions/{known.product}"
                return _post(path, self._order(request, known))
            case QueryTrade(no):
                return _get(f"/v3/pay/transactions/out-trade-no/{_order(no)}", mchid=self._mch_id)
            case CloseTrade(no):
                path = f"/v3/pay/transactions/out-trade-no/{_order(no)}/close"
                return _post(path, {"mchid": self._mch_id})
            case AskRefund():
                return _post("/v3/refund/domestic/refunds", _refund(request, known))
            case QueryRefund(_, refund_no):
                return _get(f"/v3/refund/domestic/refunds/{_quoted(refund_no)}")
            case ApplyAbnormalRefund(_, refund_no, route):
                path = f"/v3/refund/domestic/refunds/{_quoted(known.refund_id)}/apply-abnormal-refund"
                return _post(path, {"out_refund_no": refund_no, "type": route.value, **_card(route)})
            case FetchBill(day):
                return _get("/v3/bill/tradebill", bill_date=day.isoformat(), bill_type="ALL")
            case FetchFundBill(day):
                return _get("/v3/bill/fundflowbill", bill_date=day.isoformat(), account_type="BASIC")

    def _order(self, request: CreateTrade, known: Known) -> dict[str, Any]:
        body = {
            "appid": self.keys.account.app_id,
            "mchid": self._mch_id,
            "description": known.description,
            "out_trade_no": WECHAT_NUMBERS.written(request.out_trade_no),
            "time_expire": rfc3339(self.calendar, request.expires_at),
            "notify_url": known.notify_url,
            "amount": {"total": request.amount.minor, "currency": request.amount.currency},
        }
        attach = {} if known.attach is None else {"attach": known.attach}
        payer = {"payer": {"openid": known.openid}} if known.product == "jsapi" else {}
        return {**known.more, **body, **attach, **payer}

    def _done(self, request: Request, told: Mapping[str, Any], done: Answer) -> Answer:
        match request:
            case CreateTrade():
                asked = done.at if done.at is not None else request.expires_at
                held: Credential = self.profile.credential(request, asked)
                return attrs.evolve(done, credential=held)
            case QueryTrade():
                return attrs.evolve(done, trade=trade_of(told, self.calendar))
            case AskRefund() | QueryRefund() | ApplyAbnormalRefund():
                return attrs.evolve(done, refund=refund_of(told, told["status"]))
            case _:
                return done

    def _refusal(self, request: Request, response: HttpResponse) -> Answer:
        """By code and sentence; a code that nobody knows leaves open what was done."""
        try:
            told = parsed(response.body)
        except Malformed:
            told = {}
        code, sentence = str(told.get("code", response.status)), told.get("message")
        meanings = [one for one in SENTENCES if self._says(one, request, code, response.status)]
        exact = [one for one in meanings if SENTENCES[one] == sentence]
        meaning = next(iter(exact or meanings), Meaning.SYSTEM_ERROR)
        if not meanings:
            return Answer(Outcome.UNKNOWN, meaning, code)
        return Answer(self.profile.code(meaning, type(request)).outcome, meaning, code)

    def _says(self, meaning: Meaning, request: Request, code: str, status: int) -> bool:
        said = self.profile.code(meaning, type(request))
        return (said.word, said.http) == (code, status)

    @property
    def _mch_id(self) -> str:
        return self.keys.account.mch_id


def _refund(request: AskRefund, known: Known) -> dict[str, Any]:
    total = known.total or request.amount
    amounts = {"refund": request.amount.minor, "total": total.minor, "currency": request.amount.currency}
    body = {"out_refund_no": request.out_refund_no, "notify_url": known.notify_url, "amount": amounts}
    if request.channel_number is not None:
        return {**known.more, **body, "transaction_id": request.channel_number}
    return {**known.more, **body, "out_trade_no": WECHAT_NUMBERS.written(request.out_trade_no)}


def _card(route: AbnormalRoute) -> dict[str, str]:
    """The customer's card, which a real client encrypts with WeChat's key."""
    if route is AbnormalRoute.MERCHANT_CARD:
        return {}
    return {"bank_type": "ICBC_DEBIT", "bank_account": "encrypted", "real_name": "encrypted"}


def _order(number: str) -> str:
    return _quoted(WECHAT_NUMBERS.written(number))


def _quoted(text: str) -> str:
    return quote(text, safe="")


def _get(path: str, **query: str) -> HttpRequest:
    return HttpRequest("GET", path, urlencode(query))


def _post(path: str, body: Mapping[str, Any]) -> HttpRequest:
    return HttpRequest("POST", path, body=written(body))
