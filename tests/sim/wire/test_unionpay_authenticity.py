"""Who is taken for whom: requests at the gateway, answers and notifications at the merchant."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import attrs
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from tests.sim.wire.wiring_unionpay import NO, Gateway, fields_of, keys_at_unionpay

from paytwice.channels import Answer, Notification, QueryTrade
from paytwice.wire.crypto import VALID_FROM, VALID_UNTIL, Signer, Verifier
from paytwice.wire.doubts import NotAuthentic
from paytwice.wire.http import HttpRequest, HttpResponse
from paytwice.wire.keyring import Keyring
from paytwice.wire.unionpay.account import unionpay_keys
from paytwice.wire.unionpay.calls import Call
from paytwice.wire.unionpay.certificates import OWNER, Authority, NotTrusted, Trust, as_sent
from paytwice.wire.unionpay.parameters import digest, form, plain, signed

QUERY = QueryTrade(NO)
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def fields_in(request: HttpRequest) -> dict[str, str]:
    return dict(parse_qsl(request.body.decode(), keep_blank_values=True))


def refused(gateway: Gateway, request: HttpRequest) -> dict[str, str]:
    """The fields of the answer to what never reaches the desk."""
    heard = gateway.heard(request)
    assert isinstance(heard, HttpResponse), heard
    assert heard.status == 200
    assert gateway.desk.requests == []
    return fields_of(heard)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("orderId", "PTzP1z2d2"),
        ("txnTime", "20260302140001"),
        ("merId", "777290000000002"),
        ("certId", "68759663125"),
        ("signature", ""),
        ("signature", "茶"),
        ("signature", "AAAA"),
        ("fieldOfTomorrow", "1"),
    ],
)
def test_a_request_that_is_changed_is_not_the_merchants(name: str, value: str) -> None:
    gateway = Gateway()
    request = gateway.written(QUERY)
    assert isinstance(gateway.heard(request), Call)
    body = urlencode({**fields_in(request), name: value}).encode()

    told = refused(gateway, attrs.evolve(request, body=body))

    assert told["respCode"] == ("13" if value == "" else "11")
    if value:
        assert told["respMsg"] == "Signature verification failed[9100004]"


def test_a_refusal_is_signed_as_well() -> None:
    gateway = Gateway()
    request = gateway.written(QUERY)
    body = urlencode({**fields_in(request), "signature": "AAAA"}).encode()

    answer = gateway.merchant.answer(QUERY, gateway.exchanged(attrs.evolve(request, body=body)))

    assert isinstance(answer, Answer)
    assert answer.code == "11"


def test_a_stranger_cannot_have_words_of_his_signed() -> None:
    """An & in a value would make it another message; nothing of the kind comes back before it was checked."""
    gateway = Gateway()
    words = {**fields_in(gateway.written(QUERY)), "orderId": "PTzP1z2d1&origRespCode=00", "bizType": "0=1"}
    words |= {"reqReserved": "a&respCode=00"}

    told = refused(gateway, HttpRequest("POST", "/gateway/api/queryTrans.do", body=urlencode(words).encode()))

    assert told["respCode"] == "11"
    assert not {"orderId", "bizType", "reqReserved", "origRespCode"} & told.keys()


def told() -> tuple[Gateway, Notification, HttpRequest]:
    """A payment's notification, as it was meant and as it was posted."""
    gateway = Gateway().paid()
    [(meant, post)] = gateway.posts()
    assert isinstance(gateway.hears(post), Notification)
    return gateway, meant, post


def test_a_forgery_brings_a_certificate_that_its_signature_fits() -> None:
    """Who looks at the signature alone, or at the name, takes it for UnionPay's."""
    gateway, meant, post = told()

    forged = gateway.channel.notify(attrs.evolve(meant, authentic=False), gateway.stamp())

    fields, genuine = fields_in(forged), fields_in(post)
    certificate = x509.load_pem_x509_certificate(fields["signPubKeyCert"].encode())
    key = keys_at_unionpay().account.stranger.signer.key.public_key()
    assert Verifier({"": key}).verifies("", digest(fields), fields["signature"])
    assert certificate.subject == x509.load_pem_x509_certificate(genuine["signPubKeyCert"].encode()).subject
    assert {name for name in fields if fields[name] != genuine[name]} == {"signPubKeyCert", "signature"}
    assert gateway.hears(forged) == NotAuthentic("another authority has issued the certificate")


def test_a_certificate_of_the_same_authority_is_not_yet_unionpays() -> None:
    """Every merchant has one: with it a merchant could tell another of payments."""
    gateway, _, post = told()
    merchant = keys_at_unionpay().merchant
    forged = signed({**fields_in(post), "signPubKeyCert": merchant.certificate}, merchant.signer)

    heard = gateway.hears(attrs.evolve(post, body=form(forged)))

    assert heard == NotAuthentic("the certificate is that of paytwice")


def test_a_genuine_certificate_proves_nothing_for_another_key() -> None:
    gateway, _, post = told()
    stranger = keys_at_unionpay().account.stranger.signer

    heard = gateway.hears(attrs.evolve(post, body=form(signed(fields_in(post), stranger))))

    assert heard == NotAuthentic("the signature is wrong")


@pytest.mark.parametrize("year", [2019, 2121])
def test_the_merchants_clock_decides_whether_a_certificate_is_valid(year: int) -> None:
    trust, account = keys_at_unionpay().trust, keys_at_unionpay().account

    with pytest.raises(NotTrusted, match="not valid now"):
        trust.key_of(account.unionpay.certificate, datetime(year, 3, 2, tzinfo=UTC))


def test_a_certificate_of_another_root_proves_nothing() -> None:
    keys = keys_at_unionpay()
    doubting = attrs.evolve(keys.trust, root=keys.trust.middle)

    with pytest.raises(NotTrusted):
        doubting.key_of(keys.account.unionpay.certificate, NOW)


def test_a_certificate_without_an_rsa_key_proves_nothing() -> None:
    authority = Authority("test", keys_at_unionpay().account.stranger.signer.key)
    own = authority.issues(authority.key.public_key(), "test", for_issuing=True)
    owner, issuer = (
        x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, one)]) for one in (OWNER, "test")
    )
    public = ec.derive_private_key(7, ec.SECP256R1()).public_key()
    builder = x509.CertificateBuilder(issuer, owner, public, 1, VALID_FROM, VALID_UNTIL)

    with pytest.raises(NotTrusted, match="no RSA key"):
        Trust(own, own).key_of(as_sent(builder.sign(authority.key, hashes.SHA256())), NOW)


@settings(max_examples=200, deadline=None)
@given(at=st.integers(0, 2_000), value=st.integers(0, 255))
@example(at=15, value=0x80)  # a serial number below zero
def test_no_byte_of_a_certificate_may_change(at: int, value: int) -> None:
    keys = keys_at_unionpay()
    lines = keys.account.unionpay.certificate.split("\r\n")
    der = bytearray(base64.b64decode("".join(lines[1:-1])))
    assume(at % len(der) != len(der) - 257)  # says how many bits of the signature are unused, unsigned itself
    unchanged, der[at % len(der)] = der[at % len(der)] == value, value
    text = base64.b64encode(bytes(der)).decode()
    sent = f"-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----"

    def read() -> None:
        keys.trust.key_of(sent, NOW)

    if unchanged:
        read()
    else:
        with pytest.raises(NotTrusted):
            read()


@settings(deadline=None)
@given(sent=st.text(max_size=60) | st.text(max_size=60).map("-----BEGIN CERTIFICATE-----\n{}".format))
def test_whatever_is_no_certificate_proves_nothing(sent: str) -> None:
    with pytest.raises(NotTrusted):
        keys_at_unionpay().trust.key_of(sent, NOW)


@settings(deadline=None)
@given(at=st.integers(0, 3_000), bit=st.integers(0, 6))
def test_no_bit_of_a_notification_may_change(at: int, bit: int) -> None:
    """Bits that mean the same, as in %0D and %0d, are the exception: what was signed is what is meant.

    So are the last four bits of a signature in base64, which stand for nothing.
    """
    gateway, _, post = told()
    body = bytearray(post.body)
    body[at % len(body)] ^= 1 << bit
    changed = attrs.evolve(post, body=bytes(body))

    heard = gateway.hears(changed)

    same = meaning_of(dict(parse_qsl(body.decode("ascii")))) == meaning_of(fields_in(post))
    assert isinstance(heard, Notification if same else NotAuthentic)


def meaning_of(fields: dict[str, str]) -> dict[str, object]:
    """Fields, with the signature as the bytes that it stands for."""
    try:
        return {**fields, "signature": base64.b64decode(fields.get("signature", ""), validate=True)}
    except ValueError:
        return {**fields}


def test_a_notice_of_another_merchant_says_so() -> None:
    gateway, meant, _ = told()
    foreign = attrs.evolve(meant, mch_id="777290000000009")

    heard = gateway.hears(gateway.channel.notify(foreign, gateway.stamp()))

    assert isinstance(heard, Notification)
    assert heard.mch_id == "777290000000009"


def test_an_answer_about_another_order_is_none() -> None:
    gateway = Gateway().paid()
    response = gateway.exchanged(gateway.written(QUERY))

    answer = gateway.merchant.answer(QueryTrade("P1-2"), response)

    assert answer == NotAuthentic("it is about PTzP1z2d1 of 777290000000001")


NAMES = ["txnType", "respCode", "origRespCode", "queryId", "txnAmt", "txnTime", "traceTime", "orderId"]
WORDS = st.dictionaries(
    st.sampled_from(NAMES), st.text("0123456789A茶-", max_size=16) | st.sampled_from(["00", "01", "04"])
)


@settings(max_examples=200, deadline=None)
@given(words=WORDS, kind=st.sampled_from(["01", "04", "31", "99"]))
def test_whatever_unionpay_signs_the_merchant_survives_it(words: dict[str, str], kind: str) -> None:
    gateway, who = Gateway(), keys_at_unionpay().account.unionpay
    usual = {"version": "5.1.0", "signMethod": "01", "txnType": kind, "signPubKeyCert": who.certificate}
    fields = signed({**usual, **words}, who.signer)

    heard = gateway.hears(HttpRequest("POST", "/unionpay", body=form(fields)))
    answer = gateway.merchant.answer(QUERY, HttpResponse(200, (), plain(fields)))

    assert isinstance(heard, Notification | NotAuthentic)
    assert isinstance(answer, Answer | NotAuthentic)


@settings(deadline=None)
@given(body=st.binary(max_size=80))
def test_whatever_is_no_message_is_not_authentic(body: bytes) -> None:
    gateway = Gateway()

    assert isinstance(gateway.hears(HttpRequest("POST", "/unionpay", body=body)), NotAuthentic)
    assert isinstance(gateway.merchant.answer(QUERY, HttpResponse(200, (), body)), NotAuthentic)


def test_a_keyring_has_one_set_of_certificates(tmp_path: Path) -> None:
    """They follow from its keys, so that they need not be kept, nor does a run differ for them."""
    first, second = unionpay_keys(Keyring(tmp_path)), unionpay_keys(Keyring(tmp_path))

    assert first.merchant.certificate == second.merchant.certificate
    assert first.account.unionpay.certificate == second.account.unionpay.certificate
    assert first.trust == second.trust
    assert first.trust.key_of(first.account.unionpay.certificate, NOW)
    assert {path.suffix for path in tmp_path.iterdir()} <= {".pem", ""}, "keys only, and a .gitignore"


def test_secrets_are_in_no_repr() -> None:
    assert "RSAPrivateKey" not in repr(keys_at_unionpay())
    assert isinstance(keys_at_unionpay().merchant.signer, Signer)
