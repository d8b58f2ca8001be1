"""Channels by their own protocols: the desk behind a line is the same, and knows nothing of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import attrs

from paytwice.calendar import Calendar
from paytwice.channels.desk import Desk
from paytwice.channels.messages import Answer, Credential, Notification
from paytwice.channels.profile import ChannelProfile
from paytwice.channels.requests import KINDS, Request, key_of
from paytwice.wire.alipay.account import AlipayKeys, alipay_keys
from paytwice.wire.alipay.calls import Form
from paytwice.wire.alipay.channel import HEARD_NOWHERE, AlipayChannel
from paytwice.wire.http import HttpRequest, HttpResponse
from paytwice.wire.keyring import Keyring
from paytwice.wire.moments import Stamp, Stamps
from paytwice.wire.wechat.account import WechatKeys, wechat_keys
from paytwice.wire.wechat.channel import WechatChannel

UNREAD: Final = "request.unread"  # a kind of message: what no desk hears of
HOSTS: Final = {"wechat": "api.mch.weixin.qq.com", "alipay": "openapi.alipay.com"}


@attrs.frozen
class Keys:
    """The keys of one merchant for all channels that are spoken here."""

    wechat: WechatKeys
    alipay: AlipayKeys


@cache
def keys_for_tests(app_id: str, mch_id: str) -> Keys:
    """The user's own test keys, read once in a process."""
    ring = Keyring.default()
    wechat = wechat_keys(ring, app_id=app_id, mch_id=mch_id)
    return Keys(wechat, alipay_keys(ring, app_id=app_id, seller_id=mch_id))


class Side(Protocol):
    """The channel's side of a protocol; what `receive` gives for the desk is for `answer` to understand."""

    @property
    def credentials(self) -> dict[str, Credential]: ...
    def receive(self, request: HttpRequest, stamp: Stamp) -> Any: ...
    def answer(self, call: Any, answer: Answer, stamp: Stamp) -> HttpResponse: ...
    def notify(self, notification: Notification, stamp: Stamp) -> HttpRequest: ...
    def address_of(self, notification: Notification) -> str: ...


@attrs.define(eq=False)
class Line:
    """One channel as an application reaches it; it lasts as long as the run."""

    profile: ChannelProfile
    side: Side
    _told_at: Callable[[Any], str | None]  # the address that an order names for its notifications
    _stamps: Stamps = attrs.field(init=False)
    _hears_at: str = HEARD_NOWHERE  # an address of the merchant's, which others can find out as well

    @_stamps.default
    def _its_own(self) -> Stamps:
        return Stamps(self.name)

    @property
    def name(self) -> str:
        """The channel's name."""
        return self.profile.name

    @property
    def host(self) -> str:
        """Where it is reached."""
        return HOSTS[self.name]

    def names(self, request: HttpRequest, now: int) -> tuple[str, str]:
        """The kind and key of a request in the journal; one that no desk hears of is named by its path."""
        call = self.side.receive(request, Stamp.named(now, "only to look at"))
        if isinstance(call, HttpResponse | Form):
            return UNREAD, request.path
        return KINDS[type(call.request)], key_of(call.request)

    def serve(self, request: HttpRequest, ask: Callable[[Request], Answer], now: int) -> HttpResponse:
        """The channel's side of a request: read it, ask the desk, write the response."""
        stamp = self._stamps.next(now, request.path)
        call = self.side.receive(request, stamp)
        if isinstance(call, HttpResponse):
            return call
        if isinstance(call, Form):  # a page for the customer's browser, which shows no more here
            return HttpResponse(200, (("Content-Type", "text/html"),))
        self._hears_at = self._told_at(call) or self._hears_at
        return self.side.answer(call, ask(call.request), stamp)

    def notice(self, notification: Notification, signed_at: int) -> HttpRequest:
        """A notification as the channel posts it; one of no order that is known goes where others went."""
        notification = self._in_full(notification)
        request = self.side.notify(notification, self._stamps.next(signed_at, notification.id))
        if self.side.address_of(notification) != HEARD_NOWHERE:
            return request
        return attrs.evolve(request, path=urlsplit(self._hears_at).path or "/")

    def _in_full(self, notification: Notification) -> Notification:
        """With the channel's own word for the state: a stranger's news has none, and must look like real."""
        trade = notification.trade
        if trade.status:
            return notification
        status = self.profile.trade_word(trade.state, in_full=False)
        return attrs.evolve(notification, trade=attrs.evolve(trade, status=status))

    def credential(self, word: str) -> Credential | None:
        """What the channel has issued under a word that the customer was given; None for any other word.

        At WeChat that is a prepay_id, or a code_url or h5_url that ends with one; at Alipay a qr_code.
        """
        return self.side.credentials.get(word.rpartition("=")[2])


def lines_to(desks: Mapping[str, Desk], calendar: Calendar, keys: Keys) -> dict[str, Line]:
    """The lines to those channels whose protocol is spoken here, by name."""
    lines: dict[str, Line] = {}
    if (desk := desks.get("wechat")) is not None:
        wechat = WechatChannel(keys.wechat.account, desk, calendar)
        lines["wechat"] = Line(desk.profile, wechat, lambda call: call.prepay and call.prepay.notify_url)
    if (desk := desks.get("alipay")) is not None:
        alipay = AlipayChannel(keys.alipay.account, desk, calendar)
        lines["alipay"] = Line(desk.profile, alipay, lambda call: call.order and call.order.notify_url)
    return lines
