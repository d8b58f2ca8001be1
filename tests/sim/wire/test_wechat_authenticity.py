"""Who is taken for whom: requests at the channel, responses and notifications at the merchant."""

from __future__ import annotations

import json
from collections.abc import Callable

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sim.wire.wiring import Wired, keys_of_the_tests

from paytwice.calendar import HOUR, MINUTE, SECOND
from paytwice.channels import Answer, CreateTrade, Notification, QueryTrade
from paytwice.wire.crypto import Signer
from paytwice.wire.doubts import NotAuthentic
from paytwice.wire.http import HttpRequest, HttpResponse
from paytwice.wire.wechat.account import WechatAccount
from paytwice.wire.wechat.calls import Call
from paytwice.wire.wechat.merchant import WechatMerchant
from paytwice_core import Money

QUERY = QueryTrade("T-10001")


def asking() -> tuple[Wired, HttpRequest]:
    wired = Wired()
    return wired, wired.merchant.request(QUERY, wired.stamp())


def replaced(request: HttpRequest, name: str, change: Callable[[str], str]) -> HttpRequest:
    headers = tuple((said, change(value) if said == name else value) for said, value in request.headers)
    return attrs.evolve(request, headers=headers)


def refused_by(wired: Wired, request: HttpRequest) -> str:
    heard = wired.heard(request)
    assert isinstance(heard, HttpResponse), heard
    told = json.loads(heard.body)
    assert (heard.status, told["code"]) == (401, "SIGN_ERROR")
    return str(told["message"])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda value: value.replace("SHA256", "MD5"), "认证类型不正确"),
        (lambda value: value.replace("timestamp", "time"), "值格式错误"),
        (lambda value: value + ',mchid="1900000001"', "值格式错误"),
        (lambda value: value.replace(',timestamp="', ',timestamp="-'), "值格式错误"),
        (lambda value: value.replace("1900000001", "1900000002"), "商户证书序列号有误"),
        (lambda value: value.replace('serial_no="4', 'serial_no="5'), "商户证书序列号有误"),
        (lambda value: value.replace('signature="', 'signature="茶'), "验签失败"),
        (lambda value: value.replace('signature="', 'signature="A'), "验签失败"),
        (lambda value: value.replace('nonce_str="', 'nonce_str="0'), "验签失败"),
        (lambda _value: "", "认证类型不正确"),
    ],
)
def test_a_request_that_is_not_the_merchants_is_told_why(change: Callable[[str], str], says: str) -> None:
    wired, request = asking()

    assert isinstance(wired.heard(request), Call)
    assert says in refused_by(wired, replaced(request, "Authorization", change))


def test_an_authorization_that_is_said_twice_is_none() -> None:
    wired, request = asking()
    twice = attrs.evolve(request, headers=request.headers + request.headers[-1:])

    assert "值格式错误" in refused_by(wired, twice)


@pytest.mark.parametrize("ago", [301 * SECOND, -301 * SECOND])
def test_wechats_clock_decides_whether_a_request_is_new(ago: int) -> None:
    wired, request = asking()
    wired.now = 5 * MINUTE
    assert isinstance(wired.heard(request), Call)
    wired.now = ago

    assert "不得超过5分钟" in refused_by(wired, request)


def test_a_wrong_signature_is_shown_what_was_verified() -> None:
    wired, request = asking()
    heard = wired.heard(attrs.evolve(request, query="mchid=1900000001&x=y"))

    assert isinstance(heard, HttpResponse)
    told = json.loads(heard.body)["detail"]["sign_information"]
    assert told["url"] == "/v3/pay/transactions/out-trade-no/T-10001?mchid=1900000001&x=y"
    assert told["truncated_sign_message"].startswith(f"GET\n{told['url']}\n1772431200\n")


@settings(deadline=None)
@given(at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_no_bit_of_a_signed_body_may_change(at: int, bit: int) -> None:
    wired = Wired()
    request = wired.merchant.request(CreateTrade("T-10001", Money(9_900, "CNY"), HOUR), wired.stamp())
    body = bytearray(request.body)
    body[at % len(body)] ^= 1 << bit

    assert "验签失败" in refused_by(wired, attrs.evolve(request, body=bytes(body)))


def told() -> tuple[Wired, Notification, HttpRequest]:
    """A payment's notification, as it was meant and as it was posted."""
    wired = Wired()
    answer = wired.asked(CreateTrade("T-10001", Money(9_900, "CNY"), HOUR))
    assert answer.credential is not None
    wired.desk.pay(answer.credential, 0)
    [(meant, post)] = wired.posts()
    assert isinstance(wired.hears(post), Notification)
    return wired, meant, post


def test_a_forgery_decrypts_and_is_not_believed() -> None:
    wired, meant, _ = told()

    post = wired.channel.notify(attrs.evolve(meant, authentic=False), wired.stamp())

    assert wired.merchant.opened(json.loads(post.body)["resource"])["out_trade_no"] == "T-10001"
    assert wired.hears(post) == NotAuthentic("the signature is wrong")


def test_a_probe_is_recognised_and_not_believed() -> None:
    wired, meant, _ = told()

    post = wired.channel.notify(meant, wired.stamp(), probe=True)

    assert (post.header("Wechatpay-Signature") or "").startswith("WECHATPAY/SIGNTEST/")
    assert wired.hears(post) == NotAuthentic("the signature is wrong")


def test_a_probe_among_responses_is_not_believed() -> None:
    wired, _, _ = told()
    call = wired.heard(wired.merchant.request(QUERY, wired.stamp()))
    assert isinstance(call, Call)
    answer = wired.desk.handle(QUERY, 0)

    probe = wired.channel.answer(call, answer, wired.stamp(), probe=True)

    assert wired.merchant.answer(QUERY, probe) == NotAuthentic("the signature is wrong")


def test_a_notice_of_another_app_or_merchant_says_so() -> None:
    wired, meant, _ = told()
    foreign = attrs.evolve(meant, app_id="wx0000000000000009", mch_id="1900000009")

    heard = wired.hears(wired.channel.notify(foreign, wired.stamp()))

    assert isinstance(heard, Notification)
    assert (heard.app_id, heard.mch_id) == ("wx0000000000000009", "1900000009")


@pytest.mark.parametrize("name", ["Timestamp", "Nonce", "Signature", "Serial"])
def test_a_header_that_is_missing_or_twice_or_changed_spoils_a_notification(name: str) -> None:
    wired, _, post = told()
    header = f"Wechatpay-{name}"
    one = next(one for one in post.headers if one[0] == header)
    without = tuple(other for other in post.headers if other != one)

    for headers in (without, (*post.headers, one), (*without, (header, one[1][:-2] + "01"))):
        assert isinstance(wired.hears(attrs.evolve(post, headers=headers)), NotAuthentic)


@pytest.mark.parametrize("said", ["", "-1", "1e9", "９" * 10, "9" * 5_000, "1772431200.0"])
def test_a_timestamp_that_is_none_is_refused(said: str) -> None:
    wired, _, post = told()

    assert isinstance(wired.hears(replaced(post, "Wechatpay-Timestamp", lambda _: said)), NotAuthentic)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: st.dictionaries(
        st.sampled_from(["id", "event_type", "resource", "ciphertext", "nonce", "associated_data"]), inner
    ),
    max_leaves=5,
)


@settings(deadline=None)
@given(envelope=JSON)
def test_whatever_wechat_signs_the_merchant_survives_it(envelope: object) -> None:
    wired = Wired()
    body = json.dumps(envelope).encode()
    headers = wired.channel._replies.signature(wired.stamp(), body)  # what a new version might send

    heard = wired.hears(HttpRequest("POST", "/wechat", "", headers, body))

    assert isinstance(heard, NotAuthentic)
    assert heard.why.startswith("a signed notification that nobody can read")


def test_a_response_of_somebody_else_is_no_answer() -> None:
    wired = told()[0]
    keys = keys_of_the_tests()
    account: WechatAccount = attrs.evolve(
        keys.account, platform=Signer(keys.account.platform.serial, keys.account.stranger.key)
    )
    doubting = WechatMerchant(attrs.evolve(keys, account=account), wired.merchant.calendar)
    response = wired.exchanged(wired.merchant.request(QUERY, wired.stamp()))

    assert isinstance(wired.merchant.answer(QUERY, response), Answer)
    assert isinstance(doubting.answer(QUERY, response), NotAuthentic)


def test_secrets_are_in_no_repr() -> None:
    keys = keys_of_the_tests()

    assert keys.account.api_v3_key not in repr(keys)
    assert "RSAPrivateKey" not in repr(keys)


def test_an_apiv3_key_has_32_bytes() -> None:
    with pytest.raises(ValueError, match="32 bytes, and this one has 3"):
        attrs.evolve(keys_of_the_tests().account, api_v3_key="abc")
