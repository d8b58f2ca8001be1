"""How the tests of the wire drive it: a desk, WeChat's side and a merchant's, and nothing between them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import attrs

from paytwice.calendar import Calendar
from paytwice.channels import Answer, Circumstances, Desk, Notification
from paytwice.channels.circumstances import CALM
from paytwice.channels.requests import Request
from paytwice.wire.doubts import NotAuthentic
from paytwice.wire.http import HttpRequest, HttpResponse
from paytwice.wire.keyring import Keyring
from paytwice.wire.moments import Stamp, Stamps
from paytwice.wire.wechat.account import WechatKeys, wechat_keys
from paytwice.wire.wechat.calls import Call
from paytwice.wire.wechat.channel import WechatChannel
from paytwice.wire.wechat.merchant import Known, WechatMerchant

CALENDAR = Calendar()


@cache
def keys_of_the_tests(*, by_public_key: bool = False) -> WechatKeys:
    """Keys for as long as the tests run: making one takes longer than most of them."""
    return _of(_keyring(), by_public_key)


@cache
def _keyring() -> dict[str, bytes]:
    with TemporaryDirectory() as folder:
        wechat_keys(Keyring(Path(folder)))
        return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


def _of(kept: dict[str, bytes], by_public_key: bool) -> WechatKeys:
    with TemporaryDirectory() as folder:
        for name, content in kept.items():
            (Path(folder) / name).write_bytes(content)
            (Path(folder) / name).chmod(0o600)
        return wechat_keys(Keyring(Path(folder)), by_public_key=by_public_key)


@attrs.define
class Wired:
    """One merchant and one desk that talk in HTTP; every message has a stamp of its own."""

    keys: WechatKeys = attrs.Factory(lambda: keys_of_the_tests())
    now: int = 0
    desk: Desk = attrs.field(init=False)
    channel: WechatChannel = attrs.field(init=False)
    merchant: WechatMerchant = attrs.field(init=False)
    _stamps: Stamps = attrs.Factory(lambda: Stamps("test"))

    def __attrs_post_init__(self) -> None:
        self.channel = WechatChannel.opened(self.keys.account, CALENDAR)
        self.desk = self.channel.desk
        self.merchant = WechatMerchant(self.keys, CALENDAR)

    def stamp(self) -> Stamp:
        return self._stamps.next(self.now)

    def heard(self, request: HttpRequest) -> Call | HttpResponse:
        return self.channel.receive(request, self.stamp())

    def signed(self, request: HttpRequest) -> HttpRequest:
        return self.merchant.signed(request, self.stamp())

    def posted(self, path: str, body: bytes) -> HttpResponse:
        """The response to a signed POST."""
        return self.exchanged(self.signed(HttpRequest("POST", path, body=body)))

    def got(self, path: str, query: str = "") -> HttpResponse:
        """The response to a signed GET."""
        return self.exchanged(self.signed(HttpRequest("GET", path, query)))

    def exchanged(self, request: HttpRequest, circumstances: Circumstances = CALM) -> HttpResponse:
        call = self.heard(request)
        if isinstance(call, HttpResponse):
            return call
        answer = self.desk.handle(call.request, self.now, circumstances).said_at(self.now)
        return self.channel.answer(call, answer, self.stamp())

    def asked(
        self, request: Request, known: Known | None = None, circumstances: Circumstances = CALM
    ) -> Answer:
        """What the merchant understands when it asks for something over the wire."""
        sent = self.merchant.request(request, self.stamp(), known)
        answer = self.merchant.answer(request, self.exchanged(sent, circumstances))
        assert isinstance(answer, Answer), answer
        return answer

    def posts(self) -> list[tuple[Notification, HttpRequest]]:
        """What the desk sends by now, as it was meant and as it is on the wire."""
        return [(one, self.channel.notify(one, self.stamp())) for one in self.desk.act(self.now)]

    def hears(self, request: HttpRequest) -> Notification | NotAuthentic:
        return self.merchant.hear(request, self.now)
