"""Whatever comes in, WeChat's side answers with a code of WeChat's, and the desk hears of nothing."""

from __future__ import annotations

import json
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sim.wire.wiring import Wired

from paytwice.channels import AskRefund, CreateTrade
from paytwice.wire.http import HttpRequest, HttpResponse
from paytwice.wire.wechat.calls import Call
from paytwice_core import Money

PREPAY = "/v3/pay/transactions/native"
REFUND = "/v3/refund/domestic/refunds"
CLOSE = "/v3/pay/transactions/out-trade-no/T-10001/close"
REROUTE = "/v3/refund/domestic/refunds/WXR0001/apply-abnormal-refund"
QUERY = "/v3/pay/transactions/out-trade-no/T-10001"


def order(**changed: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "appid": "wx0000000000000001",
        "mchid": "1900000001",
        "description": "tea",
        "out_trade_no": "T-10001",
        "time_expire": "2026-03-02T15:00:00+08:00",
        "notify_url": "https://merchant.example/wechat",
        "amount": {"total": 9_900, "currency": "CNY"},
    }
    return {name: value for name, value in {**body, **changed}.items() if value is not None}


def refund(**changed: Any) -> dict[str, Any]:
    amount = {"refund": 100, "total": 9_900, "currency": "CNY"}
    body = {"out_trade_no": "T-10001", "out_refund_no": "R1", "amount": amount, **changed}
    return {name: value for name, value in body.items() if value is not None}


def code_of(response: HttpResponse) -> str:
    """A refusal's code, after a look at whether it is one."""
    told = json.loads(response.body)
    assert 400 <= response.status < 500, response
    assert told["message"]
    assert response.header("Wechatpay-Signature") is None
    assert isinstance(told["code"], str)
    return str(told["code"])


def test_what_the_others_change_is_fine_unchanged() -> None:
    assert Wired().posted(PREPAY, json.dumps(order()).encode()).status == 200


DEEP = b'{"a":' * 100_000
BODIES = [
    b"",
    b"null",
    b"[]",
    b'"text"',
    b"{",
    json.dumps(order()).encode()[:-1],
    json.dumps(order()).encode("utf-16"),
    json.dumps(order(description="茶"), ensure_ascii=False).encode("gbk"),
    json.dumps(order()).replace("tea", "\\ud800").encode(),
    json.dumps(order()).replace("9900", "NaN").encode(),
    json.dumps(order()).replace("9900", "9" * 5_000).encode(),
    json.dumps(order()).replace('"description"', '"mchid": "1900000001", "description"').encode(),
    json.dumps(order(description="x" * 70_000)).encode(),
    DEEP,
    DEEP[: 60 * 1024],
    b"\xef\xbb\xbf" + json.dumps(order()).encode(),
]


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
@pytest.mark.parametrize("path", [PREPAY, REFUND, CLOSE, REROUTE])
def test_a_body_that_is_not_one_is_a_param_error(path: str, body: bytes) -> None:
    wired = Wired()

    assert code_of(wired.posted(path, body)) == "PARAM_ERROR"
    assert wired.desk.requests == []


FIELDS = [
    ({"appid": None}, "/appid"),
    ({"appid": 1}, "/appid"),
    ({"mchid": "1900000002"}, "/mchid"),
    ({"description": ""}, "/description"),
    ({"description": "茶" * 128}, "/description"),
    ({"out_trade_no": "short"}, "/out_trade_no"),
    ({"out_trade_no": "x" * 33}, "/out_trade_no"),
    ({"out_trade_no": "T/10001"}, "/out_trade_no"),
    ({"out_trade_no": "T-1000١"}, "/out_trade_no"),
    ({"time_expire": "2026-03-02 15:00:00"}, "/time_expire"),
    ({"time_expire": "2026-02-30T15:00:00+08:00"}, "/time_expire"),
    ({"notify_url": "ftp://merchant.example"}, "/notify_url"),
    ({"notify_url": "https://[1"}, "/notify_url"),
    ({"notify_url": "https://merchant.example/?a=b"}, "/notify_url"),
    ({"attach": {}}, "/attach"),
    ({"amount": None}, "/amount"),
    ({"amount": 9_900}, "/amount"),
    ({"amount": {"total": 99.0}}, "/amount/total"),
    ({"amount": {"total": "9900"}}, "/amount/total"),
    ({"amount": {"total": True}}, "/amount/total"),
    ({"amount": {"total": 0}}, "/amount/total"),
    ({"amount": {"total": -1}}, "/amount/total"),
    ({"amount": {"total": 2**63}}, "/amount/total"),
    ({"amount": {"total": 1, "currency": "yuan"}}, "/amount/currency"),
]


@pytest.mark.parametrize(("changed", "field"), FIELDS, ids=str)
def test_a_wrong_field_is_named(changed: dict[str, Any], field: str) -> None:
    wired = Wired()

    response = wired.posted(PREPAY, json.dumps(order(**changed)).encode())

    assert code_of(response) == "PARAM_ERROR"
    assert json.loads(response.body)["detail"]["field"] == field
    assert wired.desk.requests == []


def test_a_foreign_app_is_told_so() -> None:
    response = Wired().posted(PREPAY, json.dumps(order(appid="wx0000000000000002")).encode())

    assert code_of(response) == "APPID_MCHID_NOT_MATCH"


def test_another_currency_is_the_desks_to_refuse() -> None:
    wired = Wired()

    response = wired.posted(PREPAY, json.dumps(order(amount={"total": 1, "currency": "USD"})).encode())

    assert code_of(response) == "PARAM_ERROR"
    assert [asked.request for asked in wired.desk.requests] == [
        CreateTrade("T-10001", Money(1, "USD"), 3_600_000)
    ]


def test_a_jsapi_order_needs_a_payer() -> None:
    path = "/v3/pay/transactions/jsapi"

    assert code_of(Wired().posted(path, json.dumps(order()).encode())) == "PARAM_ERROR"
    assert code_of(Wired().posted(path, json.dumps(order(payer={"openid": ""})).encode())) == "PARAM_ERROR"
    assert Wired().posted(path, json.dumps(order(payer={"openid": "o"})).encode()).status == 200


REFUND_FIELDS = [
    {"out_trade_no": None},
    {"out_refund_no": None},
    {"out_refund_no": "R:1"},
    {"out_refund_no": "x" * 65},
    {"reason": "x" * 81},
    {"amount": {"refund": 100, "total": 9_900}},
    {"amount": {"refund": 100, "currency": "CNY"}},
    {"transaction_id": "4200 0000"},
]


@pytest.mark.parametrize("changed", REFUND_FIELDS, ids=str)
def test_a_refund_that_is_not_well_formed_is_a_param_error(changed: dict[str, Any]) -> None:
    wired = Wired()

    assert code_of(wired.posted(REFUND, json.dumps(refund(**changed)).encode())) == "PARAM_ERROR"
    assert wired.desk.requests == []


def test_a_refund_of_more_than_the_total_is_the_desks_to_refuse() -> None:
    """A merchant that asks for too much has to be seen doing so."""
    wired = Wired()
    wired.posted(PREPAY, json.dumps(order()).encode())
    [held] = wired.channel.credentials.values()
    wired.desk.pay(held, 0)
    amount = {"refund": 9_901, "total": 9_900, "currency": "CNY"}

    response = wired.posted(REFUND, json.dumps(refund(amount=amount)).encode())

    assert code_of(response) == "INVALID_REQUEST"
    assert len(wired.desk.over_budget) == 1


def test_a_refund_of_another_total_never_reaches_the_desk() -> None:
    wired = Wired()
    wired.posted(PREPAY, json.dumps(order()).encode())

    response = wired.posted(
        REFUND, json.dumps(refund(amount={"refund": 1, "total": 1, "currency": "CNY"})).encode()
    )

    assert code_of(response) == "INVALID_REQUEST"
    assert not any(isinstance(asked.request, AskRefund) for asked in wired.desk.requests)


@pytest.mark.parametrize(
    ("body", "is_well_formed"),
    [
        ({"out_refund_no": "R1", "type": "MERCHANT_BANK_CARD"}, True),
        ({"out_refund_no": "R1", "type": "USER_BANK_CARD"}, False),
        ({"out_refund_no": "R1", "type": "POST"}, False),
        ({"type": "MERCHANT_BANK_CARD"}, False),
    ],
    ids=str,
)
def test_another_route_has_to_be_one_and_to_have_a_card(body: dict[str, str], is_well_formed: bool) -> None:
    code = code_of(Wired().posted(REROUTE, json.dumps(body).encode()))

    assert code == ("RESOURCE_NOT_EXISTS" if is_well_formed else "PARAM_ERROR") or code == "INVALID_REQUEST"
    assert (code == "PARAM_ERROR") is not is_well_formed


QUERIES = [
    (QUERY, ""),
    (QUERY, "mchid="),
    (QUERY, "mchid=1900000002"),
    (QUERY, "mchid=1900000001&mchid=1900000001"),
    (QUERY, "mchid=%ff"),
    (QUERY, "mchid"),
    ("/v3/pay/transactions/out-trade-no/%ff%ff%ff%ff%ff%ff", "mchid=1900000001"),
    ("/v3/pay/transactions/out-trade-no/a%2Fb%2Fc%2F", "mchid=1900000001"),
    ("/v3/pay/transactions/id/" + "9" * 33, "mchid=1900000001"),
    ("/v3/refund/domestic/refunds/%00", ""),
    ("/v3/bill/tradebill", ""),
    ("/v3/bill/tradebill", "bill_date=20260301"),
    ("/v3/bill/tradebill", "bill_date=2026-02-30"),
    ("/v3/bill/tradebill", "bill_date=9999-12-31"),
    ("/v3/bill/tradebill", "bill_date=0001-01-01"),
    ("/v3/bill/tradebill", "bill_date=2026-03-01&bill_type=ANY"),
    ("/v3/bill/tradebill", "bill_date=2026-03-01&tar_type=ZIP"),
    ("/v3/bill/fundflowbill", "bill_date=2026-03-01&account_type=basic"),
    ("/v3/billdownload/file", ""),
    ("/v3/billdownload/file", "token=AAAA"),
    ("/v3/billdownload/file", "token=%E8%8C%B6"),
    ("/v3/billdownload/file", "token=A"),
]


@pytest.mark.parametrize(("path", "query"), QUERIES, ids=str)
def test_a_parameter_that_is_wrong_is_a_param_error(path: str, query: str) -> None:
    wired = Wired()

    assert code_of(wired.got(path, query)) == "PARAM_ERROR"
    assert wired.desk.requests == []


def test_no_such_resource_and_no_such_method() -> None:
    wired = Wired()

    assert wired.got("/v3/pay/transactions/nothing").status == 404
    assert wired.got(PREPAY).status == 405
    assert wired.exchanged(wired.signed(HttpRequest("DELETE", QUERY))).status == 405


def test_a_request_must_say_what_it_accepts() -> None:
    wired = Wired()
    request = wired.signed(HttpRequest("GET", QUERY, "mchid=1900000001"))
    bare = attrs.evolve(request, headers=tuple(one for one in request.headers if one[0] != "Accept"))

    assert code_of(wired.exchanged(bare)) == "PARAM_ERROR"


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(
    [
        *("appid", "mchid", "description", "out_trade_no", "time_expire", "notify_url", "amount", "attach"),
        *("payer", "transaction_id", "out_refund_no", "reason", "type", "bank_type", "bank_account"),
    ]
)
TIMES = st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat())
SPOILED = st.dictionaries(NAMES, JSON | TIMES, max_size=3)
PATHS = st.sampled_from([PREPAY, "/v3/pay/transactions/jsapi", REFUND, CLOSE, REROUTE])


@settings(max_examples=300, deadline=None)
@given(path=PATHS, spoiled=SPOILED, cut=st.integers(0, 3))
def test_no_signed_body_makes_anything_fall_over(path: str, spoiled: dict[str, Any], cut: int) -> None:
    wired = Wired()
    body = json.dumps({**(refund() if "refund" in path else order()), **spoiled}).encode("utf-8", "replace")

    response = wired.posted(path, body[: len(body) - cut])

    assert response.status in (200, 204) or code_of(response)


@settings(max_examples=300, deadline=None)
@given(
    path=st.sampled_from([case[0] for case in QUERIES] + [QUERY + "/"])
    | st.text(max_size=40).map("/v3/{}".format),
    query=st.sampled_from([case[1] for case in QUERIES]) | st.text(max_size=40),
    method=st.sampled_from(["GET", "POST", "", "\ud800"]),
    body=st.binary(max_size=30),
)
def test_no_signed_address_makes_anything_fall_over(path: str, query: str, method: str, body: bytes) -> None:
    wired = Wired()

    response = wired.exchanged(wired.signed(HttpRequest(method, path, query, body=body)))

    assert response.status == 200 or code_of(response)


HEADERS = st.lists(
    st.tuples(
        st.sampled_from(["Accept", "User-Agent", "Authorization", "authorization", "Content-Type"]),
        st.text(max_size=60)
        | st.text('mchid="1900",_serial timestamp=signature nonce_str', max_size=90).map(
            "WECHATPAY2-SHA256-RSA2048 {}".format
        ),
    ),
    max_size=5,
).map(tuple)


@settings(deadline=None)
@given(headers=HEADERS, body=st.binary(max_size=60))
def test_nobody_gets_in_by_headers_made_up(headers: tuple[tuple[str, str], ...], body: bytes) -> None:
    heard = Wired().heard(HttpRequest("POST", PREPAY, "", headers, body))

    assert not isinstance(heard, Call)
    assert code_of(heard) in ("SIGN_ERROR", "PARAM_ERROR")
