"""Alipay's side of the wire: requests to its gateway in, signed answers and notifications out.

As with WeChat: `receive` gives what the desk is asked for, or the response where it is not asked; `answer`
puts the desk's words into Alipay's. Every response has HTTP status 200, as Alipay's have. Nothing is raised.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import attrs

from paytwice.calendar import SECOND, Calendar
from paytwice.channels.alipay import ALIPAY
from paytwice.channels.desk import Desk
from paytwice.channels.messages import Answer, Credential, Meaning, Notification, Outcome
from paytwice.channels.profile import ChannelProfile
from paytwice.channels.requests import CreateTrade, FetchBill, FetchFundBill
from paytwice.wire.alipay.account import MERCHANT, AlipayAccount
from paytwice.wire.alipay.bills import Writer
from paytwice.wire.alipay.calls import Call, Form, Order
from paytwice.wire.alipay.parameters import (
    NOT_SIGNED_BY_ALIPAY,
    NOT_SIGNED_BY_MERCHANTS,
    parameters_of,
    signed_string,
)
from paytwice.wire.alipay.reading import READS, Reader
from paytwice.wire.alipay.resources import Resources
from paytwice.wire.http import HttpRequest, HttpResponse
from paytwice.wire.moments import PLAIN_TIME, Stamp, http_date
from paytwice.wire.records import Records
from paytwice.wire.strict_json import Malformed, written

GATEWAY: Final = "/gateway.do"
DOWNLOAD: Final = "/downloadBillFile.resource"
BILL_URL: Final = "https://dwbillcenter.alipay.com"
ADDRESS_LIVES: Final = 30 * SECOND  # payments.md C
HEARD_NOWHERE: Final = "http://localhost/"
REQUIRED: Final = ("app_id", "charset", "sign_type", "sign", "timestamp", "version")
SENTENCES: Final = {
    "10000": "Success",
    "20000": "Service Currently Unavailable",
    "40001": "Missing Required Arguments",
    "40002": "Invalid Arguments",
    "40004": "Business Failed",
    "40005": "Call Limited",
}


@attrs.define(eq=False)
class AlipayChannel:
    """One application at Alipay, over the desk that holds its money.

    It remembers what the desk need not know: how orders were placed, and which addresses of bills it has
    given. `bill_url` is what stands before the path of a download.
    """

    account: AlipayAccount
    desk: Desk
    calendar: Calendar
    bill_url: str = BILL_URL
    placed: dict[str, Order] = attrs.Factory(dict)
    credentials: dict[str, Credential] = attrs.Factory(dict)  # by QR code
    _addresses: dict[str, tuple[FetchBill | FetchFundBill, int]] = attrs.Factory(dict)
    _expiries: dict[str, int] = attrs.Factory(dict)
    _reader: Reader = attrs.field(init=False)
    _resources: Resources = attrs.field(init=False)
    _bills: Writer = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        records = Records(self.desk)
        self._reader = Reader(self.calendar, records, self._expiries)
        self._resources = Resources(self.calendar, records, self.placed)
        self._bills = Writer(self.account.seller_id, self.calendar, records, self.placed)

    @classmethod
    def opened(
        cls, account: AlipayAccount, calendar: Calendar | None = None, profile: ChannelProfile = ALIPAY
    ) -> AlipayChannel:
        """A channel over a new desk of this application's."""
        calendar = calendar or Calendar()
        desk = Desk(profile, calendar=calendar, app_id=account.app_id, mch_id=account.seller_id)
        return cls(account, desk, calendar)

    def receive(self, request: HttpRequest, stamp: Stamp) -> Call | Form | HttpResponse:
        """What the desk is asked for, or what a customer opened; or the response to what is neither."""
        if (request.method, request.path) == ("GET", DOWNLOAD):
            return self._file(request, stamp)
        if request.path != GATEWAY or request.method not in ("GET", "POST"):
            return self._bare(stamp, 404)
        parameters = parameters_of(request)
        if parameters is None:
            return self._failed(stamp, None, "40002", "isv.invalid-encoding")  # [-]
        method = parameters.get("method", "")
        why_not = self._why_not(method, parameters)
        if why_not is not None:
            return self._failed(stamp, method if method in READS else None, *why_not)
        try:
            read = self._reader.read(method, parameters, stamp.at)
        except Malformed as malformed:
            told = f"参数无效: {malformed.field or 'biz_content'} {malformed.issue}"
            return self._failed(stamp, method, "40004", "ACQ.INVALID_PARAMETER", told)
        if isinstance(read, Form):
            self.placed[read.credential.out_trade_no] = read.order
        return read

    def answer(self, call: Call, answer: Answer, stamp: Stamp) -> HttpResponse:
        """What the desk has said, in a signed node."""
        if isinstance(call.request, FetchBill | FetchFundBill) and answer.outcome is Outcome.DONE:
            return self._bill(call, call.request, answer, stamp)
        told = self._resources.numbers(call.request)
        if answer.code == "10000" and answer.outcome is not Outcome.DONE:
            return self._said(stamp, call.method, "10000", {})  # found nothing, and says no more
        if call.file:  # where nobody signs anything
            return self._bare(stamp, 500)
        if answer.outcome is not Outcome.DONE:
            return self._refused(call, answer, stamp)
        if answer.credential is not None and isinstance(call.request, CreateTrade):
            told["qr_code"] = self._qr_code(call, call.request, answer.credential)
        if answer.trade is not None:
            told = self._resources.trade(answer.trade)
        if call.action is not None:
            told |= {"retry_flag": "N", "action": call.action}
        elif answer.refund is not None:
            told = self._resources.refund(answer.refund, asked="query" in call.method)
        return self._said(stamp, call.method, "10000", told)

    def notify(self, notification: Notification, stamp: Stamp) -> HttpRequest:
        """One send: a form, signed over its sorted parameters; if it is not authentic, by a stranger."""
        address = urlsplit(self.address_of(notification))
        told = self._resources.news(notification, stamp)
        signer = self.account.alipay if notification.authentic else self.account.stranger
        sign = signer.sign(signed_string(told, NOT_SIGNED_BY_ALIPAY))
        headers = (
            ("Host", address.netloc),
            ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
        )
        form = urlencode({**told, "sign": sign}).encode("ascii")
        return HttpRequest("POST", address.path or "/", address.query, headers, form)

    def address_of(self, notification: Notification) -> str:
        """The merchant's address, as the order named it; refunds are told of there, too."""
        order = self.placed.get(notification.trade.out_trade_no)
        return (order.notify_url if order else None) or HEARD_NOWHERE

    def _why_not(self, method: str, parameters: dict[str, str]) -> tuple[str, str] | None:
        """The gateway's code and its reason, in the order in which it looks [-]."""
        if not method:
            return "40001", "isv.missing-method"
        if method not in READS:
            return "40002", "isv.invalid-method"
        for name in REQUIRED:
            if not parameters.get(name):
                word = {"sign": "signature", "sign_type": "signature-type"}.get(name, name.replace("_", "-"))
                return "40001", f"isv.missing-{word}"
        if parameters["app_id"] != self.account.app_id:
            return "40002", "isv.invalid-app-id"
        if parameters["charset"].lower() != "utf-8":  # the real one takes GBK as well
            return "40002", "isv.invalid-charset"
        if parameters["sign_type"] != "RSA2":
            return "40002", "isv.invalid-signature-type"
        if PLAIN_TIME.fullmatch(parameters["timestamp"]) is None:
            return "40002", "isv.invalid-timestamp"
        message = signed_string(parameters, NOT_SIGNED_BY_MERCHANTS)
        if not self.account.merchant.verifies(MERCHANT, message, parameters["sign"]):
            return "40002", "isv.invalid-signature"
        return None

    def _qr_code(self, call: Call, request: CreateTrade, credential: Credential) -> str:
        """A QR code that is the same for as long as the credential lives."""
        words = f"{self.account.app_id}/{credential.out_trade_no}/{credential.dead_at}"
        code = f"https://qr.alipay.com/{sha256(words.encode()).hexdigest()[:24]}"
        self.credentials[code] = credential
        self._expiries.setdefault(request.out_trade_no, request.expires_at)
        if call.order is not None:
            self.placed[request.out_trade_no] = call.order
        return code

    def _bill(
        self, call: Call, request: FetchBill | FetchFundBill, answer: Answer, stamp: Stamp
    ) -> HttpResponse:
        """The address of a bill, or its file; where nothing moved that day there is none."""
        bill, funds = answer.bill, answer.fund_bill
        if call.file:
            content = self._bills.trade_bill(bill) if bill else b""
            return self._zip(stamp, self._bills.fund_bill(funds) if funds else content)
        if not (bill.lines if bill else funds.lines if funds else ()):
            refusal = self.desk.profile.code(Meaning.NOT_READY, type(request)).word
            return self._failed(stamp, call.method, "40004", refusal)
        token = stamp.derived("bill", 32)
        alive = {one: kept for one, kept in self._addresses.items() if kept[1] >= stamp.at}
        self._addresses = {**alive, token: (request, stamp.at + ADDRESS_LIVES)}
        return self._said(
            stamp, call.method, "10000", {"bill_download_url": f"{self.bill_url}{DOWNLOAD}?token={token}"}
        )

    def _file(self, request: HttpRequest, stamp: Stamp) -> Call | HttpResponse:
        """An address is all that it takes to get a file, as long as it lives."""
        asked, until = self._addresses.get(request.query.removeprefix("token="), (None, 0))
        if asked is None or stamp.at > until:
            return self._bare(stamp, 404)  # [-]
        return Call("", asked, file=True)

    def _zip(self, stamp: Stamp, content: bytes) -> HttpResponse:
        headers = (("Date", http_date(self.calendar, stamp.at)), ("Content-Type", "application/zip"))
        return HttpResponse(200, headers, content)

    def _bare(self, stamp: Stamp, status: int) -> HttpResponse:
        return HttpResponse(status, (("Date", http_date(self.calendar, stamp.at)),))

    def _refused(self, call: Call, answer: Answer, stamp: Stamp) -> HttpResponse:
        if answer.code == "20000":
            return self._failed(stamp, call.method, "20000", "isp.unknow-error")
        code = "40005" if answer.meaning is Meaning.BUSY else "40004"
        return self._failed(stamp, call.method, code, answer.code, retry=call.action is not None)

    def _failed(
        self, stamp: Stamp, method: str | None, code: str, reason: str, told: str = "", *, retry: bool = False
    ) -> HttpResponse:
        more = {"sub_code": reason, "sub_msg": told or reason}
        return self._said(stamp, method, code, {**more, "retry_flag": "Y"} if retry else more)

    def _said(self, stamp: Stamp, method: str | None, code: str, more: dict[str, Any]) -> HttpResponse:
        """The node and the signature over its very bytes; an answer to no method is not signed."""
        node = written({"code": code, "msg": SENTENCES[code], **more})
        if method is None:
            body = b'{"error_response":' + node + b"}"
        else:
            name, sign = method.replace(".", "_"), self.account.alipay.sign(node)
            body = f'{{"{name}_response":'.encode() + node + f',"sign":"{sign}"}}'.encode()
        headers = (
            ("Date", http_date(self.calendar, stamp.at)),
            ("Content-Type", "text/html;charset=utf-8"),
        )
        return HttpResponse(200, headers, body)
