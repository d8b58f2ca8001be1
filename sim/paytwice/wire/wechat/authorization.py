"""The Authorization header of a request: made by a merchant, and checked by WeChat.

Source: payments.md E.1.1; the refusals are those of the official list of reasons for 401 Unauthorized
(wechatpay-api.gitbook.io/wechatpay-api-v3, 签名相关), with code SIGN_ERROR for all of them [-] and the
`detail` that shows the string which was verified.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import attrs

from paytwice.wire.crypto import Signer, Verifier
from paytwice.wire.http import HttpRequest
from paytwice.wire.wechat.replies import SCHEME

WINDOW: Final = 300  # seconds between a request's timestamp and WeChat's clock
PARTS: Final = frozenset({"mchid", "nonce_str", "signature", "timestamp", "serial_no"})
SHOWN: Final = 120  # characters of the signed string in a refusal; [-] the real cut lies early in the body

_PART: Final = re.compile(r'\s*([a-z_]+)="([^"]*)"\s*', re.ASCII)
_SECONDS: Final = re.compile(r"\d{1,12}", re.ASCII)


@attrs.frozen
class NotAuthorized:
    """Why a request is not taken: a sentence in WeChat's words, and what to look at."""

    message: str
    detail: Mapping[str, object] | None = None


def request_string(request: HttpRequest, timestamp: str, nonce: str) -> bytes:
    """What a merchant signs: five lines, each with its end, an empty body being an empty line."""
    head = f"{request.method}\n{request.target}\n{timestamp}\n{nonce}\n"
    return head.encode("utf-8", "surrogatepass") + request.body + b"\n"


def authorization(request: HttpRequest, mch_id: str, signer: Signer, seconds: int, nonce: str) -> str:
    """The value of the header."""
    signature = signer.sign(request_string(request, str(seconds), nonce))
    return (
        f'{SCHEME} mchid="{mch_id}",nonce_str="{nonce}",signature="{signature}",'
        f'timestamp="{seconds}",serial_no="{signer.serial}"'
    )


def why_not_authorized(
    request: HttpRequest, mch_id: str, merchants: Verifier, now: int
) -> NotAuthorized | None:
    """Check the header against WeChat's clock, in seconds since 1970; None if it is the merchant's."""
    value = request.header("Authorization")
    scheme, _, rest = (value or "").partition(" ")
    if value is None:
        return NotAuthorized("Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》")
    if scheme != SCHEME:
        return NotAuthorized("Http头Authorization认证类型不正确")
    parts = _parts(rest)
    if parts is None or _SECONDS.fullmatch(parts["timestamp"]) is None:
        return NotAuthorized("Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》")
    if abs(int(parts["timestamp"]) - now) > WINDOW:
        return NotAuthorized("Http头Authorization中的timestamp与发起请求的时间不得超过5分钟")
    if parts["mchid"] != mch_id or not merchants.knows(parts["serial_no"]):
        return NotAuthorized("商户证书序列号有误。请使用签名私钥匹配的证书序列号")
    message = request_string(request, parts["timestamp"], parts["nonce_str"])
    if not merchants.verifies(parts["serial_no"], message, parts["signature"]):
        return NotAuthorized("错误的签名，验签失败", _sign_information(request, message))
    return None


def _parts(text: str) -> dict[str, str] | None:
    """The five parts, in any order; None if one is missing, said twice or not asked for."""
    parts: dict[str, str] = {}
    for piece in text.split(","):
        match = _PART.fullmatch(piece)
        if match is None or match[1] in parts:
            return None
        parts[match[1]] = match[2]
    return parts if parts.keys() == PARTS else None


def _sign_information(request: HttpRequest, message: bytes) -> dict[str, object]:
    return {
        "field": "signature",
        "issue": "sign not match",
        "location": "authorization",
        "sign_information": {
            "method": request.method,
            "url": request.target,
            "truncated_sign_message": message.decode("utf-8", "replace")[:SHOWN],
            "sign_message_length": len(message),
        },
    }
