"""Whatever comes in, UnionPay's gateway answers with a code of UnionPay's, and the desk hears of nothing."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sim.wire.wiring_unionpay import CALENDAR, Gateway, fields_of, keys_at_unionpay

from paytwice.channels import Answer, Meaning, Outcome, QueryTrade
from paytwice.wire.crypto import Verifier
from paytwice.wire.http import HttpRequest, HttpResponse
from paytwice.wire.unionpay.calls import Call, Form
from paytwice.wire.unionpay.parameters import digest
from paytwice.wire.unionpay.words import SENTENCES

FRONT = "/gateway/api/frontTransReq.do"
BACK = "/gateway/api/backTransReq.do"
QUERIES = "/gateway/api/queryTrans.do"
FILES = "/"
USUAL = {
    "version": "5.1.0",
    "encoding": "UTF-8",
    "signMethod": "01",
    "bizType": "000201",
    "accessType": "0",
    "channelType": "07",
    "merId": "777290000000001",
    "orderId": "T0010001",
    "txnTime": "20260302140000",
    "backUrl": "https://merchant.example/unionpay?shop=1",
}
CONSUME = {
    **USUAL,
    "txnType": "01",
    "txnSubType": "01",
    "txnAmt": "9900",
    "currencyCode": "156",
    "payTimeout": "20260302150000",
}
RETURN = {**USUAL, "txnType": "04", "txnSubType": "00", "txnAmt": "100", "origQryId": "UP0001"}
VOID = {**RETURN, "txnType": "31"}
QUERY = {**USUAL, "txnType": "00", "txnSubType": "00", "bizType": "000000"}
FILE = {"txnType": "76", "txnSubType": "01", "bizType": "000000", "fileType": "00", "settleDate": "0301"}
FILE |= {one: USUAL[one] for one in ("version", "encoding", "signMethod", "accessType", "merId", "txnTime")}
KINDS = [(FRONT, CONSUME), (BACK, RETURN), (BACK, VOID), (QUERIES, QUERY), (FILES, FILE)]


def heard(path: str, fields: dict[str, str]) -> Call | Form | dict[str, str]:
    """What becomes of signed fields; the fields of the answer where they come to nothing."""
    gateway = Gateway()
    answer = gateway.heard(gateway.merchant.signed(path, fields))
    assert gateway.desk.requests == []
    return fields_of(answer) if isinstance(answer, HttpResponse) else answer


def refused(path: str, fields: dict[str, str]) -> dict[str, str]:
    told = heard(path, fields)
    assert isinstance(told, dict), told
    assert told["respMsg"].startswith(SENTENCES[told["respCode"]])
    return told


@pytest.mark.parametrize(("path", "fields"), KINDS)
def test_what_the_others_change_is_fine_unchanged(path: str, fields: dict[str, str]) -> None:
    assert isinstance(heard(path, fields), Form if path == FRONT else Call)


@pytest.mark.parametrize(("path", "fields"), KINDS)
def test_a_field_that_is_missing_is_named(path: str, fields: dict[str, str]) -> None:
    optional = {"payTimeout", *({"backUrl", "channelType"} if path == QUERIES else ())}
    signed_for = {"version", "encoding", "signMethod", "merId", "txnType"}
    for name in fields.keys() - optional:
        told = refused(path, {one: value for one, value in fields.items() if one != name})

        assert told["respCode"] == "13", name
        assert name in signed_for or f" {name} " in told["respMsg"]


FIELDS = [
    ({"version": "5.0.0"}, "10"),
    ({"signMethod": "11"}, "10"),
    ({"encoding": "GBK"}, "10"),
    ({"txnType": "02"}, "32"),
    ({"txnType": "00"}, "32"),
    ({"currencyCode": "840"}, "32"),
    ({"orderId": "T001000"}, "10"),
    ({"orderId": "T" * 41}, "10"),
    ({"orderId": "P1-1-000"}, "10"),
    ({"orderId": "T001_0001"}, "10"),
    ({"orderId": "T001000１"}, "10"),
    ({"txnTime": "2026030214000"}, "10"),
    ({"txnTime": "20260230140000"}, "10"),
    ({"txnTime": "00000302140000"}, "10"),
    ({"txnTime": "２0260302140000"}, "10"),
    ({"payTimeout": "20260302"}, "10"),
    ({"txnAmt": "0"}, "10"),
    ({"txnAmt": "-1"}, "10"),
    ({"txnAmt": "99.00"}, "10"),
    ({"txnAmt": "1e3"}, "10"),
    ({"txnAmt": "９"}, "10"),
    ({"txnAmt": "1" * 13}, "10"),
    ({"txnAmt": " 1"}, "10"),
    ({"backUrl": "ftp://merchant.example"}, "10"),
    ({"backUrl": "https://merchant.example/\r\nX: 1"}, "10"),
    ({"backUrl": "https://[1"}, "10"),
    ({"backUrl": "https://merchant.example:1:2/"}, "10"),
    ({"backUrl": "https://merchant.example/" + "x" * 256}, "10"),
    ({"reqReserved": "a&b"}, "10"),
    ({"reqReserved": "{a=1&b=2}"}, "10"),
    ({"reqReserved": "x" * 1025}, "10"),
    ({"bizType": "0000201"}, "10"),
]


@pytest.mark.parametrize(("changed", "code"), FIELDS, ids=str)
def test_a_wrong_field_has_the_code_of_its_kind(changed: dict[str, str], code: str) -> None:
    told = refused(FRONT, {**CONSUME, **changed})

    assert told["respCode"] == code
    [name] = changed
    assert code == "32" or name in ("version", "signMethod", "encoding") or name in told["respMsg"]


@pytest.mark.parametrize(
    "changed",
    [
        {"origQryId": "4424 0105"},
        {"origQryId": "9" * 33},
        {"origQryId": "", "origOrderId": "P1-1", "origTxnTime": "20260302140000"},
        {"origQryId": "", "origOrderId": "T0010001", "origTxnTime": "20260302"},
    ],
    ids=str,
)
def test_the_payment_of_a_refund_has_to_be_named(changed: dict[str, str]) -> None:
    assert refused(BACK, {**RETURN, **changed})["respCode"] == "10"
    assert refused(BACK, {**VOID, **changed})["respCode"] == "10"


@pytest.mark.parametrize(
    ("path", "fields"),
    [(BACK, CONSUME), (QUERIES, CONSUME), (FRONT, RETURN), (FRONT, QUERY), (QUERIES, VOID), (FILES, QUERY)],
)
def test_each_address_has_its_own_transactions(path: str, fields: dict[str, str]) -> None:
    assert refused(path, fields)["respCode"] == "32"


BODIES = [
    b"&",
    b"txnType",
    b"txnType=00&&version=5.1.0",
    b"txnType=00&txnType=00",
    b"txnType=%ff",
    "txnType=茶".encode(),
    b"\xff\xfe",
    b"a=1&" * 300,
    b"&".join(b"a%d=1" % n for n in range(300)),
    b"a=" + b"x" * 70_000,
    b'{"txnType":"00"}',
]


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
@pytest.mark.parametrize("path", [FRONT, BACK, QUERIES])
def test_a_body_that_is_no_form_is_a_format_error(path: str, body: bytes) -> None:
    gateway = Gateway()

    response = gateway.heard(HttpRequest("POST", path, body=body))

    assert isinstance(response, HttpResponse)
    assert fields_of(response)["respCode"] == "10"
    assert gateway.desk.requests == []


@pytest.mark.parametrize(("changed", "code"), [({"settleDate": "0230"}, "10"), ({"fileType": "01"}, "98")])
def test_a_file_that_there_is_not(changed: dict[str, str], code: str) -> None:
    assert refused(FILES, {**FILE, **changed})["respCode"] == code


def test_nothing_at_all_misses_everything() -> None:
    response = Gateway().heard(HttpRequest("POST", QUERIES))

    assert isinstance(response, HttpResponse)
    assert fields_of(response)["respCode"] == "13"


def test_an_answer_to_nobody_is_signed_as_well() -> None:
    gateway = Gateway()
    response = gateway.heard(HttpRequest("POST", QUERIES, body=b"&"))
    assert isinstance(response, HttpResponse)

    answer = gateway.merchant.answer(QueryTrade("T0010001"), response)

    assert isinstance(answer, Answer)
    assert (answer.outcome, answer.code) == (Outcome.UNKNOWN, "10")


def test_no_such_address_and_no_such_method() -> None:
    gateway = Gateway()
    request = gateway.merchant.signed(QUERIES, QUERY)

    for changed, status in (
        (attrs.evolve(request, path="/gateway/api/appTransReq.do"), 404),
        (attrs.evolve(request, path=QUERIES.upper()), 404),
        (attrs.evolve(request, method="GET"), 501),
    ):
        response = gateway.heard(changed)
        assert isinstance(response, HttpResponse)
        assert response.status == status
        answer = gateway.merchant.answer(QueryTrade("T0010001"), response)
        assert answer == Answer(Outcome.UNKNOWN, Meaning.SYSTEM_ERROR, str(status), at=0)


NAMES = st.sampled_from(
    [*CONSUME, *RETURN, "origOrderId", "origTxnTime", "reqReserved", "certId", "settleDate", "字段"]
)
VALUES = (
    st.text(max_size=20)
    | st.text("0123456789", max_size=20)
    | st.sampled_from(["00", "01", "04", "31", "UP0001", "T0010001", "20260302140000", "99991231235959"])
)


@settings(max_examples=300, deadline=None)
@given(
    path=st.sampled_from([FRONT, BACK, QUERIES, FILES]),
    base=st.sampled_from([CONSUME, RETURN, VOID, QUERY, FILE]),
    spoiled=st.dictionaries(NAMES, VALUES, max_size=4),
    dropped=st.sets(NAMES, max_size=2),
)
def test_no_signed_form_makes_anything_fall_over(
    path: str, base: dict[str, str], spoiled: dict[str, str], dropped: set[str]
) -> None:
    gateway = Gateway()
    gateway.paid("T0010001")
    fields = {name: value for name, value in {**base, **spoiled}.items() if name not in dropped}

    answer = gateway.heard(gateway.merchant.signed(path, fields))

    if isinstance(answer, Call):
        answer = gateway.channel.answer(answer, gateway.desk.handle(answer.request, 0), gateway.stamp())
    if isinstance(answer, HttpResponse):
        told = fields_of(answer)
        assert told["respCode"] in SENTENCES
        key = keys_at_unionpay().trust.key_of(told["signPubKeyCert"], CALENDAR.moment(0))
        assert Verifier({"": key}).verifies("", digest(told), told["signature"]), (
            "it can be read one way only"
        )
    else:
        gateway.desk.open(answer.credential, 0)


@settings(max_examples=200, deadline=None)
@given(
    path=st.sampled_from([FRONT, BACK, QUERIES, "/"]) | st.text(max_size=20),
    method=st.sampled_from(["GET", "POST", "", "\ud800"]),
    query=st.text(max_size=20),
    body=st.binary(max_size=80) | st.text(max_size=80).map(str.encode),
)
def test_nobody_gets_in_by_a_form_made_up(path: str, method: str, query: str, body: bytes) -> None:
    gateway = Gateway()

    answer = gateway.heard(HttpRequest(method, path, query, body=body))

    assert isinstance(answer, HttpResponse)
    assert answer.status in (404, 501) or fields_of(answer)["respCode"] in ("10", "11", "13")
