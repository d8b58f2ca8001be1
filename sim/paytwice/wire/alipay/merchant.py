"""The merchant's side of the wire: what a correct client of Alipay sends, and makes of what it hears.

It shares with the channel's side only how strings are signed and numbers are written. Alipay signs refusals,
too, so whatever carries no signature is nobody's. Its signed answers carry neither time nor nonce: an old one
could be sent again, and so each must be about the order that was asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import attrs

from paytwice.calendar import Calendar
from paytwice.channels.alipay import ALIPAY
from paytwice.channels.messages import Answer, Meaning, Notification, Outcome
from paytwice.channels.profile import SAYABLE, ChannelProfile
from paytwice.channels.requests import (
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
from paytwice.wire.alipay.account import ALIPAY as ALIPAYS
from paytwice.wire.alipay.account import AlipayKeys
from paytwice.wire.alipay.hearing import notification_of, refund_found, refund_of, trade_of
from paytwice.wire.alipay.parameters import (
    NOT_SIGNED_BY_ALIPAY,
    NOT_SIGNED_BY_MERCHANTS,
    parameters_of,
    signed_string,
)
from paytwice.wire.doubts import UNREADABLE, NotAuthentic
from paytwice.wire.http import HttpRequest, HttpResponse
from paytwice.wire.moments import Stamp, at_http_date, plain_time
from paytwice.wire.numbers import ALIPAY_NUMBERS
from paytwice.wire.strict_json import members, parsed, written
from paytwice.wire.sums import yuan

GATEWAY: Final = "/gateway.do"
NOTIFY_URL: Final = "https://merchant.example/alipay"
FORM: Final = ("Content-Type", "application/x-www-form-urlencoded;charset=utf-8")
METHODS: Final[Mapping[type[Request], str]] = {
    CreateTrade: "alipay.trade.precreate",
    QueryTrade: "alipay.trade.query",
    CloseTrade: "alipay.trade.close",
    AskRefund: "alipay.trade.refund",
    QueryRefund: "alipay.trade.fastpay.refund.query",
    FetchBill: "alipay.data.dataservice.bill.downloadurl.query",
    FetchFundBill: "alipay.data.dataservice.bill.downloadurl.query",
}
PRODUCTS: Final = {"page": "FAST_INSTANT_TRADE_PAY", "wap": "QUICK_WAP_WAY"}
# One word may have more than one meaning. Then it is the one that concludes least: a trade that was not open
# any more may have been paid, and what may have failed for any reason may have been done.
BY_CAUTION: Final = (Meaning.SYSTEM_ERROR, Meaning.NOT_SUPPORTED, *SAYABLE)


@attrs.frozen
class Known:
    """What a merchant knows and our requests do not carry; `more` are fields that we know nothing of."""

    subject: str = "order"
    notify_url: str = NOTIFY_URL
    passback: str | None = None
    more: Mapping[str, Any] = attrs.field(factory=dict, hash=False)


@attrs.frozen
class AlipayMerchant:
    """One application's client."""

    keys: AlipayKeys
    calendar: Calendar
    profile: ChannelProfile = ALIPAY

    def request(self, request: Request, stamp: Stamp, known: Known | None = None) -> HttpRequest:
        """The signed HTTP request that asks for something; ValueError for what Alipay has no call for."""
        if type(request) not in METHODS:
            raise ValueError(f"Alipay has no call for {request}")
        known = known or Known()
        content = {**known.more, **_content(request, known, self.calendar)}
        return self.call(METHODS[type(request)], content, stamp, known.notify_url)

    def form(
        self, request: CreateTrade, stamp: Stamp, product: str = "page", known: Known | None = None
    ) -> HttpRequest:
        """What the customer's browser opens to pay: nobody is asked, the merchant signs it alone.

        `product` is page, for a computer, or wap, for a telephone.
        """
        known = known or Known()
        content = {**known.more, **_content(request, known, self.calendar), "product_code": PRODUCTS[product]}
        method = f"alipay.trade.{product}.pay"
        parameters = self._signed(method, content, stamp, known.notify_url)
        return HttpRequest("GET", GATEWAY, urlencode(parameters))

    def call(
        self, method: str, content: Mapping[str, Any], stamp: Stamp, notify_url: str = ""
    ) -> HttpRequest:
        """Any call of the gateway: as official clients do, its content in the form and the rest before it."""
        parameters = self._signed(method, content, stamp, notify_url)
        form = urlencode({"biz_content": parameters.pop("biz_content")})
        return HttpRequest("POST", GATEWAY, urlencode(parameters), (FORM,), form.encode("ascii"))

    def download(self, url: str) -> HttpRequest:
        """The request for a file, at an address out of a response: the address is all the proof it takes."""
        address = urlsplit(url)
        return HttpRequest("GET", address.path, address.query, (("Host", address.netloc),))

    def node(self, method: str, response: HttpResponse) -> dict[str, Any] | NotAuthentic:
        """The answer to a call, if Alipay has signed its very bytes; it may well be a refusal."""
        if response.status != 200:
            return NotAuthentic(f"the status is {response.status}")
        try:
            found = members(response.body)
            raw = found.get(f"{method.replace('.', '_')}_response", b"")
            sign = str(parsed(response.body).get("sign", ""))
            if not self.keys.account.public.verifies(ALIPAYS, raw, sign):
                return NotAuthentic("the signature is wrong, or missing")
            return parsed(raw)
        except UNREADABLE as error:
            return NotAuthentic(f"a response that nobody can read: {error!r}")

    def answer(self, request: Request, response: HttpResponse) -> Answer | NotAuthentic:
        """What a response says."""
        date = response.header("Date")
        at = None if date is None else at_http_date(self.calendar, date)
        told = self.node(METHODS[type(request)], response)
        if isinstance(told, NotAuthentic):
            return told
        if told.get("code") != "10000":
            return attrs.evolve(self._refusal(request, told), at=at)
        if not _is_about(request, told):
            return NotAuthentic("a signed response about something else")
        try:
            return self._done(request, told, Answer(Outcome.DONE, Meaning.OK, "10000", at=at))
        except UNREADABLE as error:
            return NotAuthentic(f"a signed response that nobody can read: {error!r}")

    def hear(self, request: HttpRequest) -> Notification | NotAuthentic:
        """What a notification tells; app, seller and amount are still to compare, and it may be an old one.

        What stands in the address is the merchant's own, and nobody has signed it.
        """
        form = parameters_of(attrs.evolve(request, query="")) if request.method == "POST" else None
        if form is None:
            return NotAuthentic("this is not a form in UTF-8, or says a name twice")
        if form.get("sign_type") != "RSA2" or form.get("charset", "").lower() != "utf-8":
            return NotAuthentic("it is not signed with RSA2, or not in UTF-8")
        message = signed_string(form, NOT_SIGNED_BY_ALIPAY)
        if not self.keys.account.public.verifies(ALIPAYS, message, form.get("sign", "")):
            return NotAuthentic("the signature is wrong, or missing")
        try:
            return notification_of(form, self.calendar)
        except UNREADABLE as error:
            return NotAuthentic(f"a signed notification that nobody can read: {error!r}")

    def _signed(
        self, method: str, content: Mapping[str, Any], stamp: Stamp, notify_url: str
    ) -> dict[str, str]:
        parameters = {
            "app_id": self.keys.account.app_id,
            "method": method,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": plain_time(self.calendar, stamp.at),
            "version": "1.0",
            **({"notify_url": notify_url} if notify_url else {}),
            "biz_content": written(content).decode(),
        }
        sign = self.keys.merchant.sign(signed_string(parameters, NOT_SIGNED_BY_MERCHANTS))
        return {**parameters, "sign": sign}

    def _done(self, request: Request, told: Mapping[str, Any], done: Answer) -> Answer:
        match request:
            case CreateTrade():
                asked = done.at if done.at is not None else request.expires_at
                return attrs.evolve(done, credential=self.profile.credential(request, asked))
            case QueryTrade():
                return attrs.evolve(done, trade=trade_of(told, self.calendar))
            case AskRefund():
                return attrs.evolve(done, refund=refund_of(told, request))
            case QueryRefund() if "out_request_no" not in told:
                # An empty success: no such refund yet, which is no proof that there will be none.
                return attrs.evolve(done, outcome=Outcome.UNKNOWN, meaning=Meaning.NO_SUCH_REFUND)
            case QueryRefund():
                return attrs.evolve(done, refund=refund_found(told, request))
            case _:
                return done

    def _refusal(self, request: Request, told: Mapping[str, Any]) -> Answer:
        """By the word; one that nobody knows leaves open what was done."""
        code = str(told.get("code", ""))
        word = code if code == "20000" else str(told.get("sub_code", code))
        for meaning in BY_CAUTION:
            said = self.profile.code(meaning, type(request))
            if said.word == word:
                return Answer(said.outcome, meaning, word)
        return Answer(Outcome.UNKNOWN, Meaning.SYSTEM_ERROR, word)


def _content(request: Request, known: Known, calendar: Calendar) -> dict[str, Any]:
    match request:
        case FetchBill(day):
            return {"bill_type": "trade", "bill_date": day.isoformat()}
        case FetchFundBill(day):
            return {"bill_type": "signcustomer", "bill_date": day.isoformat()}
    content: dict[str, Any] = {"out_trade_no": ALIPAY_NUMBERS.written(request.out_trade_no)}
    match request:
        case CreateTrade():
            passback = {} if known.passback is None else {"passback_params": known.passback}
            content |= {"total_amount": yuan(request.amount.minor), "subject": known.subject, **passback}
            return content | {"time_expire": plain_time(calendar, request.expires_at)}
        case AskRefund():
            number = {} if request.channel_number is None else {"trade_no": request.channel_number}
            amount = {"refund_amount": yuan(request.amount.minor)}
            return content | amount | {"out_request_no": request.out_refund_no} | number
        case QueryRefund() | ApplyAbnormalRefund():
            return content | {"out_request_no": request.out_refund_no}
        case _:
            return content


def _is_about(request: Request, told: Mapping[str, Any]) -> bool:
    """Whether a signed answer has the numbers that were asked for, where it has any."""
    if isinstance(request, FetchBill | FetchFundBill):
        return True
    wanted = {"out_trade_no": ALIPAY_NUMBERS.written(request.out_trade_no)}
    if isinstance(request, QueryRefund):
        wanted["out_request_no"] = request.out_refund_no
    return all(told.get(name, number) == number for name, number in wanted.items())
