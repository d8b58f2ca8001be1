"""The tokens of download addresses: they say which file, until when, and that WeChat said so.

The real ones are opaque. Ours carry what they stand for, so that the wire need not remember them, and a
running number of nothing has to be counted.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import date
from typing import Final

from paytwice.calendar import MINUTE
from paytwice.wire.wechat.calls import BillFile

LIVES: Final = 5 * MINUTE  # payments.md C: older pages say 30 s


def ticket(bill: BillFile, key: str, now: int) -> str:
    """A token for a file."""
    words = (bill.kind, bill.day.isoformat(), bill.type, "GZIP" if bill.gzip else "", str(now + LIVES))
    text = "/".join(words)
    return urlsafe_b64encode(f"{text}/{_mac(text, key)}".encode()).decode().rstrip("=")


def opened(token: str, key: str, now: int) -> BillFile | None:
    """The file of a token; None for one that is too old, or not ours."""
    try:
        said = urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode("ascii")
    except ValueError:
        return None
    text, _, mac = said.rpartition("/")
    if not hmac.compare_digest(mac, _mac(text, key)):
        return None
    kind, day, type, packed, until = text.split("/")
    return BillFile(kind, date.fromisoformat(day), type, bool(packed)) if now <= int(until) else None


def _mac(text: str, key: str) -> str:
    return hmac.new(key.encode(), text.encode(), "sha256").hexdigest()[:32]
