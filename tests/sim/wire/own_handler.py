"""A notification as WeChat Pay posts it, handed to one's own handler, as the README shows it."""

from base64 import b64decode

import attrs
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from paytwice.channels import CreateTrade
from paytwice.wire.acks import ack_of
from paytwice.wire.http import HttpRequest, HttpResponse
from paytwice.wire.keyring import Keyring
from paytwice.wire.moments import Stamps
from paytwice.wire.wechat.account import wechat_keys
from paytwice.wire.wechat.channel import WechatChannel
from paytwice_core import Money

keys = wechat_keys(Keyring.default())  # test keys, made on first use: what your service is configured with
wechats_key = keys.account.platform.key.public_key()


def your_handler(request: HttpRequest) -> HttpResponse:
    """Yours, called as your web framework calls it; this one verifies, and does no more."""
    names = ("Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Signature")
    timestamp, nonce, signature = (request.header(name) or "" for name in names)
    signed = f"{timestamp}\n{nonce}\n".encode() + request.body + b"\n"
    try:
        wechats_key.verify(b64decode(signature), signed, PKCS1v15(), SHA256())
    except InvalidSignature:
        return HttpResponse(401)
    return HttpResponse(204)


channel, stamps = WechatChannel.opened(keys.account), Stamps("wechat")
order = CreateTrade("ORDER-10001", Money.parse("99.00 CNY"), expires_at=3_600_000)
held = channel.desk.handle(order, now=0).credential  # as if your service had asked for it
assert held is not None
channel.desk.pay(held, now=0)
[paid] = channel.desk.act(now=0)

request = channel.notify(paid, stamps.next(0))  # method, path, headers and body: the very bytes
tampered = attrs.evolve(request, body=request.body.replace(b"SUCCESS", b"FAILURE"))
forged = channel.notify(attrs.evolve(paid, authentic=False), stamps.next(0))  # a stranger has signed it
probe = channel.notify(paid, stamps.next(0), probe=True)  # WeChat's own, with a signature that is wrong

assert [your_handler(one).status for one in (tampered, forged, probe)] == [401, 401, 401]
assert channel.desk.answered(paid.id, paid.send, ack_of(your_handler(request)), now=0)  # no more retries
