"""WeChat's side of the wire: requests of a merchant in, its answers and notifications out.

    call = channel.receive(request, stamp)
    if isinstance(call, Call):
        answer = desk.handle(call.request, now)
        response = channel.answer(call, answer, stamp)

What is not the merchant's, or not well formed, is answered without the desk's having heard of it. Whatever
comes in, nothing is raised.
"""

from __future__ import annotations

import gzip
from hashlib import sha1, sha256
from typing import Any, Final

import attrs

from paytwice.calendar import Calendar
from paytwice.channels.desk import Desk
from paytwice.channels.messages import Answer, Credential, Notification, Outcome
from paytwice.channels.profile import ChannelProfile
from paytwice.channels.requests import AskRefund, Request
from paytwice.channels.wechat import WECHAT
from paytwice.wire.crypto import VALID_FROM, VALID_UNTIL
from paytwice.wire.http import HttpRequest, HttpResponse
from paytwice.wire.moments import Stamp, unix_seconds
from paytwice.wire.records import Records
from paytwice.wire.strict_json import Malformed
from paytwice.wire.wechat.account import WechatAccount
from paytwice.wire.wechat.authorization import why_not_authorized
from paytwice.wire.wechat.bills import Writer
from paytwice.wire.wechat.calls import BillFile, Call, Prepay
from paytwice.wire.wechat.notices import Notices, sealed
from paytwice.wire.wechat.reading import Reader, Refused
from paytwice.wire.wechat.replies import Replies
from paytwice.wire.wechat.resources import Resources
from paytwice.wire.wechat.tickets import ticket
from paytwice.wire.wechat.words import NO_BILL, SENTENCES

BASE_URL: Final = "https://api.mch.weixin.qq.com"
HEARD_NOWHERE: Final = "http://localhost/"  # for orders that were not placed over this wire


@attrs.define(eq=False)
class WechatChannel:
    """One account at WeChat Pay, over the desk that holds its money.

    It remembers what the desk need not know: how orders were placed, and where to tell of refunds. `base_url`
    is what stands before the path of a download.
    """

    account: WechatAccount
    desk: Desk
    calendar: Calendar
    base_url: str = BASE_URL
    refund_url: str | None = None  # where refunds are told of that name no address themselves
    placed: dict[str, Prepay] = attrs.Factory(dict)
    credentials: dict[str, Credential] = attrs.Factory(dict)
    _refund_urls: dict[tuple[str, str], str] = attrs.Factory(dict)
    _reader: Reader = attrs.field(init=False)
    _replies: Replies = attrs.field(init=False)
    _resources: Resources = attrs.field(init=False)
    _bills: Writer = attrs.field(init=False)
    _notices: Notices = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        account, calendar, records = self.account, self.calendar, Records(self.desk)
        self._reader = Reader(account, calendar, records, self.placed)
        self._replies = Replies(account, calendar)
        self._resources = Resources(calendar, records, self.placed)
        self._bills = Writer(account.app_id, account.mch_id, calendar, records, self.placed)
        self._notices = Notices(account, self._replies, self._resources)

    @classmethod
    def opened(
        cls, account: WechatAccount, calendar: Calendar | None = None, profile: ChannelProfile = WECHAT
    ) -> WechatChannel:
        """A channel over a new desk of this account's."""
        calendar = calendar or Calendar()
        desk = Desk(profile, calendar=calendar, app_id=account.app_id, mch_id=account.mch_id)
        return cls(account, desk, calendar)

    def receive(self, request: HttpRequest, stamp: Stamp) -> Call | HttpResponse:
        """What the desk is asked for; or the response, where it is not asked."""
        if request.header("Accept") is None or request.header("User-Agent") is None:
            return self._replies.refusal(stamp, 400, "PARAM_ERROR", "Http头缺少Accept或User-Agent")
        seconds = unix_seconds(self.calendar, stamp.at)
        why_not = why_not_authorized(request, self.account.mch_id, self.account.merchants, seconds)
        if why_not is not None:
            return self._replies.refusal(stamp, 401, "SIGN_ERROR", why_not.message, why_not.detail)
        if (request.method, request.path) == ("GET", "/v3/certificates"):
            return self._certificates(stamp)
        try:
            return self._reader.read(request, stamp.at)
        except Malformed as malformed:
            return self._replies.malformed(stamp, malformed)
        except Refused as refused:
            return self._replies.refusal(stamp, refused.status, refused.code, refused.message)

    def answer(self, call: Call, answer: Answer, stamp: Stamp, *, probe: bool = False) -> HttpResponse:
        """What the desk has said, signed if it was done; `probe` signs it wrongly, as WeChat's probes are."""
        if answer.outcome is not Outcome.DONE:
            return self._refusal(call.request, answer, stamp)
        if call.bill is not None:
            return self._bill(call, call.bill, answer, stamp)
        self._remember(call, answer)
        code = self.desk.profile.code(answer.meaning, type(call.request))
        return self._replies.ok(stamp, self._told(call, answer), status=code.http, probe=probe)

    def notify(self, notification: Notification, stamp: Stamp, *, probe: bool = False) -> HttpRequest:
        """One send of a notification; `probe` gives it a signature that must be refused."""
        return self._notices.written(notification, self.address_of(notification), stamp, probe=probe)

    def address_of(self, notification: Notification) -> str:
        """The merchant's address for it, as the order or the refund named it."""
        prepay = self.placed.get(notification.trade.out_trade_no)
        url = prepay.notify_url if prepay else None
        if notification.refund is not None:
            key = notification.refund.out_trade_no, notification.refund.out_refund_no
            url = self._refund_urls.get(key, self.refund_url)
        return url or HEARD_NOWHERE

    def _told(self, call: Call, answer: Answer) -> dict[str, Any]:
        if answer.credential is not None and call.prepay is not None:
            return _credential(call.prepay, self._prepay_id(answer.credential))
        if answer.trade is not None:
            return self._resources.trade(answer.trade, self.account.app_id, self.account.mch_id)
        return self._resources.refund(answer.refund) if answer.refund is not None else {}

    def _remember(self, call: Call, answer: Answer) -> None:
        if answer.credential is not None and call.prepay is not None:
            self.placed[answer.credential.out_trade_no] = call.prepay
            self.credentials[self._prepay_id(answer.credential)] = answer.credential
        if call.notify_url is not None and isinstance(call.request, AskRefund):
            request = call.request
            self._refund_urls.setdefault((request.out_trade_no, request.out_refund_no), call.notify_url)

    def _prepay_id(self, credential: Credential) -> str:
        """36 characters, the same for as long as the credential lives."""
        words = f"{self.account.mch_id}/{credential.out_trade_no}/{credential.dead_at}"
        return f"wx{sha256(words.encode()).hexdigest()[:34]}"

    def _refusal(self, request: Request, answer: Answer, stamp: Stamp) -> HttpResponse:
        status = self.desk.profile.code(answer.meaning, type(request)).http
        sentence = SENTENCES.get(answer.meaning, "")
        return self._replies.refusal(stamp, status, answer.code, sentence)

    def _bill(self, call: Call, bill: BillFile, answer: Answer, stamp: Stamp) -> HttpResponse:
        content = self._content(bill, answer)
        if content is None:
            return self._replies.refusal(stamp, 400, *NO_BILL)
        if call.file:
            # A fixed time in the header: the same bill is the same file.
            return self._replies.file(stamp, gzip.compress(content, mtime=0) if bill.gzip else content)
        token = ticket(bill, self.account.api_v3_key, stamp.at)
        told = {
            "hash_type": "SHA1",
            "hash_value": sha1(content, usedforsecurity=False).hexdigest(),  # of what is in a GZIP
            "download_url": f"{self.base_url}/v3/billdownload/file?token={token}",
        }
        return self._replies.ok(stamp, told)

    def _content(self, bill: BillFile, answer: Answer) -> bytes | None:
        """The file, or None where nothing moved: an account of operation or fees has no money here."""
        if answer.bill is not None and answer.bill.lines:
            return self._bills.trade_bill(answer.bill, bill.type)
        if answer.fund_bill is not None and answer.fund_bill.lines and bill.type == "BASIC":
            return self._bills.fund_bill(answer.fund_bill)
        return None

    def _certificates(self, stamp: Stamp) -> HttpResponse:
        """The platform certificate, encrypted; pay.weixin.qq.com/doc/v3/merchant/4012551764."""
        pem = self.account.platform_certificate
        if pem is None:  # an account of the newer mode has none
            return self._replies.refusal(
                stamp, 404, "RESOURCE_NOT_EXISTS", "无可用的平台证书，请使用微信支付公钥"
            )
        resource = sealed(self.account, "", "certificate", stamp.derived("certificate", 12), pem)
        del resource["original_type"]
        one = {
            "serial_no": self.account.platform.serial,
            "effective_time": VALID_FROM.isoformat(),
            "expire_time": VALID_UNTIL.isoformat(),
            "encrypt_certificate": resource,
        }
        return self._replies.ok(stamp, {"data": [one]})


def _credential(prepay: Prepay, prepay_id: str) -> dict[str, str]:
    """What a product's customer pays with; the form of code_url and h5_url is ours [-]."""
    match prepay.product:
        case "native":
            return {"code_url": f"weixin://wxpay/bizpayurl?pr={prepay_id}"}
        case "h5":
            return {"h5_url": f"https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id={prepay_id}"}
        case _:
            return {"prepay_id": prepay_id}
