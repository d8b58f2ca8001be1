"""Responses of WeChat Pay: what was done is signed, and a refusal is not."""

from __future__ import annotations

from typing import Final

import attrs

from paytwice.calendar import Calendar
from paytwice.wire.http import Headers, HttpResponse
from paytwice.wire.moments import Stamp, http_date, unix_seconds
from paytwice.wire.strict_json import Malformed, written
from paytwice.wire.wechat.account import WechatAccount

PROBE: Final = "WECHATPAY/SIGNTEST/"
SCHEME: Final = "WECHATPAY2-SHA256-RSA2048"


def signed_string(timestamp: str, nonce: str, body: bytes) -> bytes:
    """What WeChat signs of a response or a notification: three lines, each with its end."""
    return f"{timestamp}\n{nonce}\n".encode() + body + b"\n"


@attrs.frozen
class Replies:
    """How one account's channel answers."""

    account: WechatAccount
    calendar: Calendar

    def signature(self, stamp: Stamp, body: bytes, *, probe: bool = False, forged: bool = False) -> Headers:
        """The headers that prove who sent a body.

        A probe (签名探测流量) is sent by WeChat now and then, with a signature that must be found wrong.
        """
        seconds = str(unix_seconds(self.calendar, stamp.at))
        signer = self.account.stranger if forged else self.account.platform
        signature = signer.sign(signed_string(seconds, stamp.nonce, body))
        return (
            ("Wechatpay-Timestamp", seconds),
            ("Wechatpay-Nonce", stamp.nonce),
            ("Wechatpay-Signature", PROBE + signature[len(PROBE) :] if probe else signature),
            ("Wechatpay-Serial", self.account.platform.serial),
            ("Wechatpay-Signature-Type", SCHEME),
        )

    def ok(self, stamp: Stamp, value: object, *, status: int = 200, probe: bool = False) -> HttpResponse:
        """What was asked for; the signature is over the very bytes of the body, of none for a 204."""
        body = b"" if status == 204 else written(value)
        return HttpResponse(status, self._usual(stamp) + self.signature(stamp, body, probe=probe), body)

    def file(self, stamp: Stamp, content: bytes) -> HttpResponse:
        """A file, which carries no signature: its hash was in the signed response before it."""
        headers = (("Date", http_date(self.calendar, stamp.at)), ("Request-ID", stamp.nonce))
        return HttpResponse(200, (*headers, ("Content-Type", "application/octet-stream")), content)

    def refusal(
        self, stamp: Stamp, status: int, code: str, message: str, detail: object = None
    ) -> HttpResponse:
        """An error, unsigned, and so no proof of anything."""
        value = {"code": code, "message": message}
        return HttpResponse(
            status, self._usual(stamp), written(value if detail is None else {**value, "detail": detail})
        )

    def malformed(self, stamp: Stamp, what: Malformed) -> HttpResponse:
        """400 PARAM_ERROR, with the field; the shape of `detail` is that of the gitbook's error page."""
        detail = {"location": what.location, "field": what.field, "issue": what.issue, "value": what.value}
        return self.refusal(
            stamp, 400, "PARAM_ERROR", f"参数错误: {what.field or 'body'} {what.issue}", detail
        )

    def _usual(self, stamp: Stamp) -> Headers:
        return (
            ("Date", http_date(self.calendar, stamp.at)),
            ("Content-Type", "application/json; charset=utf-8"),
            ("Request-ID", stamp.nonce),
        )
