"""Our bytes against those that other programs have made."""

from __future__ import annotations

import base64
import hashlib

import attrs
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from tests.sim.wire import golden_unionpay as golden
from tests.sim.wire.wiring_unionpay import CALENDAR, NO, Gateway, fields_of, keys_at_unionpay

from paytwice.calendar import DAY, HOUR, SECOND
from paytwice.channels import Answer, AskRefund, Notification, QueryTrade, TradeState
from paytwice.wire.crypto import Verifier, public_key_of
from paytwice.wire.doubts import NotAuthentic
from paytwice.wire.http import HttpRequest, HttpResponse
from paytwice.wire.unionpay.calls import Call
from paytwice.wire.unionpay.certificates import Trust
from paytwice.wire.unionpay.channel import UnionpayChannel
from paytwice.wire.unionpay.merchant import UnionpayMerchant
from paytwice.wire.unionpay.parameters import form_of
from paytwice_core import Money

BACK = "/gateway/api/backTransReq.do"
ORDER = "201807251814000000175473"


def trusting() -> UnionpayChannel:
    """A gateway that knows the merchant by the golden certificate."""
    gateway = Gateway()
    merchants = Verifier({golden.CERT_ID: public_key_of(golden.MERCHANT)})
    return UnionpayChannel(attrs.evolve(gateway.channel.account, merchants=merchants), gateway.desk, CALENDAR)


def listening() -> UnionpayMerchant:
    """A merchant that has the golden root and authority on its disk."""
    trust = Trust(*(x509.load_pem_x509_certificate(pem) for pem in (golden.ROOT, golden.MIDDLE)))
    return UnionpayMerchant(attrs.evolve(keys_at_unionpay(), trust=trust), CALENDAR)


def test_a_request_signed_by_openssl_is_taken() -> None:
    call = trusting().receive(HttpRequest("POST", BACK, body=golden.REQUEST.encode()), Gateway().stamp())

    assert isinstance(call, Call), call
    assert call.request == AskRefund("", "R2026030200000001", Money(100, "CNY"), "442401051450467846498")
    assert call.placed is not None
    assert call.placed.fields["reqReserved"] == "退货 100%"
    assert call.placed.fields["fieldOfTomorrow"] == "{a=1&b=2}"


def test_one_character_of_a_request_decides() -> None:
    changed = golden.REQUEST.replace("txnAmt=100", "txnAmt=101").encode()

    response = trusting().receive(HttpRequest("POST", BACK, body=changed), Gateway().stamp())

    assert isinstance(response, HttpResponse)
    assert fields_of(response)["respCode"] == "11"


def test_a_notification_made_by_node_is_heard() -> None:
    heard = listening().hear(HttpRequest("POST", "/up", body=golden.NOTICE.encode()), 0)

    assert isinstance(heard, Notification), heard
    assert heard.trade.state is TradeState.PAID
    assert (heard.trade.out_trade_no, heard.trade.channel_number) == (ORDER, "951807261002324791038")
    assert heard.trade.amount == Money(136, "CNY")
    assert heard.trade.paid_at == 10 * HOUR - SECOND  # the run begins at 14:00
    assert heard.mch_id == "777290000000001"


def test_fields_of_tomorrow_survive_reading() -> None:
    told = form_of(golden.NOTICE.encode())

    assert told is not None
    assert told["fieldOfTomorrow"] == "{a=[1]}"


def golden_answer() -> HttpResponse:
    """The gateway's raw form: nothing is percent-encoded, and the certificate has its line ends."""
    certificate = golden.UNIONPAY.strip().replace("\n", "\r\n")
    text = f"{golden.ANSWER}&signPubKeyCert={certificate}&signature={golden.ANSWER_SIGNATURE}"
    return HttpResponse(200, (), text.encode())


def test_an_answer_made_by_node_is_understood() -> None:
    answer = listening().answer(QueryTrade(ORDER), golden_answer())

    assert isinstance(answer, Answer), answer
    assert answer.trade is not None
    assert (answer.trade.state, answer.trade.status) == (TradeState.UNPAID, "05")
    assert fields_of(golden_answer())["reserved"] == "{a=1&b=2}", "an & in brackets is part of a value"


def test_one_character_of_an_answer_decides() -> None:
    response = golden_answer()
    paid = response.body.replace(b"origRespCode=05", b"origRespCode=00")

    told = listening().answer(QueryTrade(ORDER), attrs.evolve(response, body=paid))

    assert told == NotAuthentic("the signature is wrong")


def test_golden_certificates_are_not_trusted_before_they_are_valid() -> None:
    early = -7 * 365 * DAY

    assert listening().answer(QueryTrade(ORDER), golden_answer(), early) == NotAuthentic(
        "the certificate is not valid now"
    )


def test_our_answer_is_signed_as_the_formula_says() -> None:
    """Cut apart and computed anew with nothing of ours: SHA256withRSA over the hex of a SHA-256."""
    response = Gateway().paid().exchanged(Gateway().paid().written(QueryTrade(NO)))
    body, _, signature = response.body.decode().rpartition("&signature=")
    fields, _, certificate = body.partition("&signPubKeyCert=")
    pairs = sorted([*fields.split("&"), f"signPubKeyCert={certificate}"])
    text = "&".join(pairs).encode()

    key = x509.load_pem_x509_certificate(certificate.encode()).public_key()

    assert isinstance(key, rsa.RSAPublicKey)
    hexadecimal = hashlib.sha256(text).hexdigest().encode()
    key.verify(base64.b64decode(signature), hexadecimal, padding.PKCS1v15(), hashes.SHA256())
    assert "origRespCode=00" in pairs
    assert certificate.count("\r\n") == certificate.count("\n") > 10
