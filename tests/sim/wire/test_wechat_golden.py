"""Our bytes against those that other programs have made."""

from __future__ import annotations

import json

import attrs
import pytest
from tests.sim.wire import golden_wechat as golden
from tests.sim.wire.wiring import CALENDAR, Wired, keys_of_the_tests

from paytwice.channels import About, AskRefund, Notification, QueryTrade, TradeState
from paytwice.wire.crypto import NotDecrypted, Signer, Verifier, public_key_of, seal, unseal
from paytwice.wire.doubts import NotAuthentic
from paytwice.wire.http import HttpRequest
from paytwice.wire.moments import at_unix_seconds
from paytwice.wire.wechat.account import WechatKeys
from paytwice.wire.wechat.calls import Call
from paytwice.wire.wechat.channel import WechatChannel
from paytwice.wire.wechat.merchant import WechatMerchant
from paytwice_core import Money

TRUSTED = Verifier({golden.SERIAL: public_key_of(golden.PUBLIC_KEY)})
QUERY = "/v3/pay/transactions/out-trade-no/T-10001"


def authorized(method: str, path: str, query: str, body: str, signature: str) -> HttpRequest:
    value = (
        f'WECHATPAY2-SHA256-RSA2048 mchid="1900000001",nonce_str="{golden.NONCE}",signature="{signature}",'
        f'timestamp="{golden.TIMESTAMP}",serial_no="{golden.SERIAL}"'
    )
    headers = (("accept", "*/*"), ("user-agent", "curl"), ("authorization", value))
    return HttpRequest(method, path, query, headers, body.encode())


def trusting() -> WechatChannel:
    """A channel that knows the merchant by the golden key."""
    wired = Wired()
    account = attrs.evolve(wired.keys.account, merchants=TRUSTED)
    return WechatChannel(account, wired.desk, CALENDAR)


def test_a_request_signed_by_openssl_is_taken() -> None:
    request = authorized(
        "POST", "/v3/refund/domestic/refunds", "", golden.REFUND_BODY, golden.REFUND_SIGNATURE
    )

    call = trusting().receive(request, Wired().stamp())

    assert isinstance(call, Call), call
    assert call.request == AskRefund("T-10001", "R-1", Money(100, "CNY"))


def test_the_query_is_part_of_what_is_signed() -> None:
    request = authorized("GET", QUERY, "mchid=1900000001", "", golden.QUERY_SIGNATURE)
    channel, stamp = trusting(), Wired().stamp()
    without = channel.receive(attrs.evolve(request, query=""), stamp)

    call = channel.receive(request, stamp)

    assert isinstance(call, Call), call
    assert call.request == QueryTrade("T-10001")
    assert not isinstance(without, Call)
    assert without.status == 401


def listening() -> tuple[WechatMerchant, HttpRequest, int]:
    """A merchant that trusts the golden key, the golden notification, and the moment it was signed."""
    keys = keys_of_the_tests()
    public = TRUSTED.keys[golden.SERIAL]

    @attrs.frozen
    class Theirs(type(keys.account)):  # type: ignore[misc]  # the one thing that differs is whom it trusts
        @property
        def platforms(self) -> Verifier:
            return Verifier({golden.SERIAL: public})

    mine = {field.name: getattr(keys.account, field.name) for field in attrs.fields(type(keys.account))}
    mine |= {"api_v3_key": golden.API_V3_KEY, "platform": Signer(golden.SERIAL, keys.account.platform.key)}
    merchant = WechatMerchant(WechatKeys(Theirs(**mine), keys.merchant, keys.merchant_certificate), CALENDAR)
    headers = (
        ("wechatpay-timestamp", str(golden.NOTICE_TIMESTAMP)),
        ("wechatpay-nonce", golden.NOTICE_NONCE),
        ("wechatpay-signature", golden.NOTICE_SIGNATURE),
        ("wechatpay-serial", golden.SERIAL),
        ("wechatpay-signature-type", "WECHATPAY2-SHA256-RSA2048"),
    )
    request = HttpRequest("POST", "/wechat", "", headers, golden.NOTICE_BODY.encode())
    return merchant, request, at_unix_seconds(CALENDAR, golden.NOTICE_TIMESTAMP)


def test_a_notification_made_by_node_is_heard() -> None:
    merchant, request, now = listening()

    heard = merchant.hear(request, now)

    assert isinstance(heard, Notification), heard
    assert heard.about is About.PAYMENT
    assert heard.trade.state is TradeState.PAID
    assert heard.trade.channel_number == "4200000001202603020000000001"
    assert (heard.trade.amount, heard.trade.payer_total) == (Money(9_900, "CNY"), Money(9_400, "CNY"))
    assert heard.trade.paid_at == 1_000


def test_fields_of_tomorrow_survive_decryption() -> None:
    merchant, request, _ = listening()

    opened = merchant.opened(json.loads(request.body)["resource"])

    assert opened == json.loads(golden.NOTICE_PLAIN)
    assert opened["field_of_tomorrow"] == {"a": [1]}


@pytest.mark.parametrize("late", [301_000, -301_000])
def test_an_old_notification_and_one_of_the_future_are_refused(late: int) -> None:
    merchant, request, now = listening()

    assert isinstance(merchant.hear(request, now + 300_000), Notification)
    assert isinstance(merchant.hear(request, now + late), NotAuthentic)


def test_one_bit_of_the_body_decides() -> None:
    merchant, request, now = listening()
    body = bytearray(request.body)
    body[-2] ^= 1

    assert isinstance(merchant.hear(attrs.evolve(request, body=bytes(body)), now), NotAuthentic)


def test_the_vector_of_the_official_go_library_decrypts() -> None:
    """github.com/wechatpay-apiv3/wechatpay-go, utils/aes_test.go; its key has but 16 bytes."""
    key, associated = "testAPIv3Key0000", "Dl56FrqWQJF1t9LtC3vEUsniZKvbqdR8"
    sealed = "FsdXzxryWfKwvLJKf8LG/ToRPTRh8RN9wROC"

    assert unseal(key, "wCq51qZv4Yfg", associated, sealed) == b"Hello World"
    assert seal(key, "wCq51qZv4Yfg", associated, b"Hello World") == sealed
    with pytest.raises(NotDecrypted):
        unseal(key, "wCq51qZv4Yfg", "", sealed)
