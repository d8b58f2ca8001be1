"""What channels are called in pictures."""

from __future__ import annotations

from typing import Final

TITLES: Final = {"wechat": "WeChat Pay", "alipay": "Alipay", "unionpay": "UnionPay"}


def title_of(channel: str) -> str:
    """The name that customers know a channel by; a channel of somebody's own has its name only."""
    return TITLES.get(channel, channel)
