"""Notifications as WeChat posts them.

Source: payments.md E.1.1. The id of ours is 35 characters, the same for every send of a ladder; each send is
stamped, encrypted and signed anew. The window of five minutes around the timestamp is the merchant's check.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlsplit

import attrs

from paytwice.channels.messages import About, Notification
from paytwice.wire.crypto import seal
from paytwice.wire.http import Headers, HttpRequest
from paytwice.wire.moments import Stamp, rfc3339
from paytwice.wire.strict_json import written
from paytwice.wire.wechat.account import WechatAccount
from paytwice.wire.wechat.replies import Replies
from paytwice.wire.wechat.resources import Resources

SUMMARIES: Final[Mapping[str, str]] = {
    "TRANSACTION.SUCCESS": "支付成功",
    "REFUND.SUCCESS": "退款成功",
    "REFUND.ABNORMAL": "退款异常",
    "REFUND.CLOSED": "退款关闭",
}


def event_id(notification_id: str) -> str:
    """The id of a notification on the wire, which has room for 36 characters."""
    return f"EV-{sha256(notification_id.encode()).hexdigest()[:32]}"


def sealed(account: WechatAccount, kind: str, associated: str, nonce: str, plain: bytes) -> dict[str, str]:
    """An encrypted resource; `kind` is what it is when it has been decrypted."""
    return {
        "original_type": kind,
        "algorithm": "AEAD_AES_256_GCM",
        "ciphertext": seal(account.api_v3_key, nonce, associated, plain),
        "associated_data": associated,
        "nonce": nonce,
    }


@attrs.frozen
class Notices:
    """Writes the notifications of one account."""

    account: WechatAccount
    replies: Replies
    resources: Resources

    def written(self, notification: Notification, url: str, stamp: Stamp, *, probe: bool) -> HttpRequest:
        """One send. What is not authentic is signed by a stranger who has got hold of the APIv3 key.

        Without that key no message decrypts; the signature is then the only thing that tells.
        """
        address = urlsplit(url)
        body = written(self._envelope(notification, stamp))
        signature = self.replies.signature(stamp, body, probe=probe, forged=not notification.authentic)
        usual: Headers = (
            ("Host", address.netloc),
            ("User-Agent", "Mozilla/4.0"),
            ("Accept", "*/*"),
            ("Content-Type", "application/json"),
            ("Request-ID", stamp.nonce),
        )
        return HttpRequest("POST", address.path or "/", "", usual + signature, body)

    def _envelope(self, notification: Notification, stamp: Stamp) -> dict[str, Any]:
        event, at, resource = self._news(notification)
        kind = "refund" if notification.about is About.REFUND else "transaction"
        plain = written(resource)
        return {
            "id": event_id(notification.id),
            "create_time": rfc3339(self.replies.calendar, at),
            "resource_type": "encrypt-resource",
            "event_type": event,
            "summary": SUMMARIES.get(event, event),
            "resource": sealed(self.account, kind, kind, stamp.derived("resource", 12), plain),
        }

    def _news(self, notification: Notification) -> tuple[str, int, dict[str, Any]]:
        refund = notification.refund
        if notification.about is About.REFUND and refund is not None:
            news = self.resources.refund_news(refund, notification.mch_id)
            return f"REFUND.{refund.status}", self.resources.ended_at(refund), news
        trade = notification.trade
        news = self.resources.trade(trade, notification.app_id, notification.mch_id)
        return "TRANSACTION.SUCCESS", trade.paid_at or 0, news
