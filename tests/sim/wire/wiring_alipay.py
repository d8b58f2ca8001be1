"""How the tests drive Alipay's side of the wire.

What a merchant signs and reads is written out here, too: else the channel would only be held against our own
client.
"""

from __future__ import annotations

import base64
import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qsl, urlencode

import attrs
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from paytwice.calendar import Calendar
from paytwice.channels import ALIPAY, Answer, ChannelProfile, Credential, Desk, Notification, Request
from paytwice.wire.alipay.account import AlipayKeys, alipay_keys
from paytwice.wire.alipay.calls import Call, Form
from paytwice.wire.alipay.channel import AlipayChannel
from paytwice.wire.alipay.merchant import AlipayMerchant, Known
from paytwice.wire.http import HttpRequest, HttpResponse
from paytwice.wire.keyring import Keyring
from paytwice.wire.moments import Stamp, Stamps

CALENDAR = Calendar()


@cache
def keys_at_alipay() -> AlipayKeys:
    """Keys for as long as the tests run."""
    with TemporaryDirectory() as folder:
        return alipay_keys(Keyring(Path(folder)))


@attrs.define
class Counter:
    """One merchant and one desk of Alipay's."""

    profile: ChannelProfile = ALIPAY
    now: int = 0
    desk: Desk = attrs.field(init=False)
    channel: AlipayChannel = attrs.field(init=False)
    merchant: AlipayMerchant = attrs.field(init=False)
    _stamps: Stamps = attrs.Factory(lambda: Stamps("test"))

    def __attrs_post_init__(self) -> None:
        self.channel = AlipayChannel.opened(keys_at_alipay().account, CALENDAR, self.profile)
        self.desk = self.channel.desk
        self.merchant = AlipayMerchant(keys_at_alipay(), CALENDAR, self.profile)

    def stamp(self) -> Stamp:
        return self._stamps.next(self.now)

    def parameters(self, method: str, content: dict[str, Any]) -> dict[str, str]:
        """What a merchant sends, without the signature."""
        return {
            "app_id": keys_at_alipay().account.app_id,
            "method": method,
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": "2026-03-02 14:00:00",
            "version": "1.0",
            "notify_url": "https://merchant.example/alipay",
            "biz_content": json.dumps(content),
        }

    def signed(self, parameters: dict[str, str]) -> HttpRequest:
        """Half in the address and half in the form, as the official clients send it."""
        text = "&".join(f"{name}={parameters[name]}" for name in sorted(parameters) if parameters[name])
        key = keys_at_alipay().merchant.key
        sign = key.sign(text.encode("utf-8", "surrogatepass"), padding.PKCS1v15(), hashes.SHA256())
        rest = {**parameters, "sign": base64.b64encode(sign).decode()}
        form = urlencode({"biz_content": rest.pop("biz_content", "")}).encode()
        return HttpRequest("POST", "/gateway.do", urlencode(rest, errors="surrogatepass"), (), form)

    def exchanged(self, request: HttpRequest) -> HttpResponse:
        call = self.channel.receive(request, self.stamp())
        if isinstance(call, HttpResponse):
            return call
        assert isinstance(call, Call), call
        return self.channel.answer(call, self.desk.handle(call.request, self.now), self.stamp())

    def asked(self, method: str, **content: Any) -> dict[str, Any]:
        """The node of the answer, once its signature is found right."""
        return node_of(method, self.exchanged(self.signed(self.parameters(method, content))))

    def opened(self, method: str, **content: Any) -> Form:
        form = self.channel.receive(self.signed(self.parameters(method, content)), self.stamp())
        assert isinstance(form, Form), form
        return form

    def posts(self) -> list[tuple[Notification, dict[str, str]]]:
        """What the desk sends by now, as it was meant and as the merchant's form parser has it."""
        sent = [(one, self.channel.notify(one, self.stamp())) for one in self.desk.act(self.now)]
        return [(one, dict(parse_qsl(post.body.decode(), strict_parsing=True))) for one, post in sent]

    def reached(self, request: HttpRequest) -> Call:
        """The call that the desk is asked, when it is."""
        call = self.channel.receive(request, self.stamp())
        assert isinstance(call, Call), call
        return call

    def heard(self, request: Request, known: Known | None = None) -> Answer:
        """What the merchant's client understands when it asks for something over the wire."""
        sent = self.merchant.request(request, self.stamp(), known)
        answer = self.merchant.answer(request, self.exchanged(sent))
        assert isinstance(answer, Answer), answer
        return answer

    def paid(self, no: str = "T10001", amount: str = "99.00") -> Credential:
        told = self.asked("alipay.trade.precreate", out_trade_no=no, total_amount=amount, subject="tea")
        held = self.channel.credentials[told["qr_code"]]
        assert self.desk.pay(held, self.now).accepted
        return held


def node_of(method: str, response: HttpResponse) -> dict[str, Any]:
    """Verify the bytes of the node, cut out as official clients do, and read them."""
    name = f'"{method.replace(".", "_")}_response":'.encode()
    assert response.body.startswith(b"{" + name), response.body
    begin, end = len(name) + 1, response.body.rindex(b',"sign":')
    node, sign = response.body[begin:end], json.loads(response.body)["sign"]
    public = keys_at_alipay().account.alipay.key.public_key()
    public.verify(base64.b64decode(sign), node, padding.PKCS1v15(), hashes.SHA256())
    told: dict[str, Any] = json.loads(node)
    return told


def is_of_alipay(form: dict[str, str]) -> bool:
    """What a merchant finds by Alipay's key, over the parameters less sign and sign_type."""
    kept = {name: value for name, value in form.items() if name not in ("sign", "sign_type")}
    text = "&".join(f"{name}={kept[name]}" for name in sorted(kept)).encode()
    account = keys_at_alipay().account
    return account.public.verifies("alipay", text, form["sign"])
