"""Alipay's gateway: what goes in is what the desk is asked, what comes out is what it said, and signed."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from urllib.parse import urlencode

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sim.wire import golden_alipay as golden
from tests.sim.wire.wiring_alipay import Counter, is_of_alipay, node_of

from paytwice.calendar import HOUR, MINUTE, SECOND
from paytwice.channels import (
    ALIPAY_PAGE,
    Ack,
    AskRefund,
    CloseTrade,
    CreateTrade,
    FetchBill,
    FetchFundBill,
    QueryRefund,
    QueryTrade,
)
from paytwice.wire.alipay.account import MERCHANT
from paytwice.wire.alipay.calls import Call
from paytwice.wire.alipay.channel import AlipayChannel
from paytwice.wire.crypto import Verifier, public_key_of
from paytwice.wire.http import HttpRequest, HttpResponse
from paytwice_core import Money

PRECREATE = "alipay.trade.precreate"
QUERY = "alipay.trade.query"
REFUND = "alipay.trade.refund"
REFUND_QUERY = "alipay.trade.fastpay.refund.query"
BILL = "alipay.data.dataservice.bill.downloadurl.query"
YUAN = "CNY"


def golden_parameters() -> dict[str, str]:
    """The golden string is cut where a value cannot be: its notify_url has an = and no &."""
    return dict(part.partition("=")[::2] for part in golden.SIGNED.split("&")) | {"sign": golden.SIGNATURE}


@pytest.mark.parametrize("in_form", [True, False])
def test_a_request_signed_by_openssl_is_taken(in_form: bool) -> None:
    counter = Counter()
    account = attrs.evolve(
        counter.channel.account, merchant=Verifier({MERCHANT: public_key_of(golden.PUBLIC_KEY)})
    )
    channel = AlipayChannel(account, counter.desk, counter.channel.calendar)
    text = urlencode(golden_parameters())
    query, body = ("", text.encode()) if in_form else (text, b"")

    call = channel.receive(HttpRequest("POST", "/gateway.do", query, (), body), counter.stamp())

    assert isinstance(call, Call), call
    assert call.request == CreateTrade("T10001", Money(9_900, YUAN), HOUR)
    assert call.order is not None
    assert (call.order.subject, call.order.notify_url) == ("茶 100%", "https://m.example/ali?a=b")


NUMBERS = st.text("09AZaz_", min_size=1, max_size=64)
PENCE = st.integers(1, 10**11 - 1)


def written(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


@settings(deadline=None)
@given(
    no=NUMBERS,
    minor=PENCE,
    minutes=st.integers(1, 99_999),
    other=NUMBERS,
    day=st.dates(date(2000, 1, 1), date(2999, 1, 1)),
)
def test_the_desk_is_asked_for_what_the_merchant_asked_for(
    no: str, minor: int, minutes: int, other: str, day: date
) -> None:
    money, content = Money(minor, YUAN), {"out_trade_no": no, "field_of_tomorrow": {"a": [1]}}
    cases: list[tuple[str, dict[str, Any], object]] = [
        (
            PRECREATE,
            {"total_amount": written(minor), "subject": "茶", "timeout_express": f"{minutes}m"},
            CreateTrade(no, money, minutes * MINUTE),
        ),
        (QUERY, {}, QueryTrade(no)),
        ("alipay.trade.close", {}, CloseTrade(no)),
        ("alipay.trade.cancel", {}, CloseTrade(no)),
        (REFUND, {"refund_amount": written(minor), "out_request_no": other}, AskRefund(no, other, money)),
        (REFUND, {"refund_amount": written(minor)}, AskRefund(no, no, money)),
        (REFUND_QUERY, {"out_request_no": other}, QueryRefund(no, other)),
        (BILL, {"bill_type": "trade", "bill_date": day.isoformat()}, FetchBill(day)),
        (BILL, {"bill_type": "signcustomer", "bill_date": day.isoformat()}, FetchFundBill(day)),
    ]
    counter = Counter()
    for method, more, request in cases:
        signed = counter.signed(counter.parameters(method, {**content, **more}))
        call = counter.channel.receive(signed, counter.stamp())
        assert isinstance(call, Call), call
        assert call.request == request


def test_a_life_of_a_trade_in_alipays_words() -> None:
    counter = Counter()
    counter.asked(PRECREATE, out_trade_no="T10001", total_amount=19.90, subject="tea")
    assert counter.asked(QUERY, out_trade_no="T10001")["sub_code"] == "ACQ.TRADE_NOT_EXIST"  # nobody scanned
    [held] = counter.channel.credentials.values()
    counter.desk.open(held, 0)
    assert counter.asked(QUERY, out_trade_no="T10001")["trade_status"] == "WAIT_BUYER_PAY"
    counter.desk.pay(held, 0, Money(90, YUAN))

    told = counter.asked(QUERY, trade_no="AL0001")

    assert told["code"] == "10000"
    assert (told["trade_no"], told["out_trade_no"]) == ("AL0001", "T10001")
    assert told["trade_status"] == "TRADE_SUCCESS"
    assert (told["total_amount"], told["buyer_pay_amount"]) == ("19.90", "19.00")
    assert told["send_pay_date"] == "2026-03-02 14:00:00"
    refused = counter.asked("alipay.trade.close", out_trade_no="T10001")
    assert (refused["code"], refused["sub_code"]) == ("40004", "ACQ.TRADE_STATUS_ERROR")


@pytest.mark.parametrize("expiry", [{}, {"timeout_express": "90m"}])
def test_a_precreate_may_be_repeated_later(expiry: dict[str, str]) -> None:
    counter = Counter()
    content = {"out_trade_no": "T10001", "total_amount": "1.00", "subject": "tea", **expiry}
    first = counter.asked(PRECREATE, **content)
    counter.now = MINUTE

    assert counter.asked(PRECREATE, **content) == first
    assert first["code"] == "10000"


def test_a_repeat_of_a_done_refund_says_n_and_the_sum_is_cumulative() -> None:
    counter = Counter()
    counter.paid()
    first = counter.asked(REFUND, out_trade_no="T10001", refund_amount="33.00", out_request_no="R1")
    again = counter.asked(REFUND, out_trade_no="T10001", refund_amount="33.00", out_request_no="R1")
    counter.now = 3 * SECOND
    second = counter.asked(REFUND, trade_no="AL0001", refund_amount="6.00", out_request_no="R2")

    assert [one["fund_change"] for one in (first, again, second)] == ["Y", "N", "Y"]
    assert [one["refund_fee"] for one in (first, again, second)] == ["33.00", "33.00", "39.00"]
    told = counter.asked(REFUND_QUERY, out_trade_no="T10001", out_request_no="R2")
    assert (told["refund_status"], told["refund_amount"]) == ("REFUND_SUCCESS", "6.00")
    other = counter.asked(REFUND, out_trade_no="T10001", refund_amount="7.00", out_request_no="R2")
    assert other["sub_code"] == "ACQ.DISCORDANT_REPEAT_REQUEST"


def test_a_refund_nobody_knows_is_an_empty_success() -> None:
    counter = Counter()
    counter.paid()

    told = counter.asked(REFUND_QUERY, out_trade_no="T10001", out_request_no="R1")

    assert told == {"code": "10000", "msg": "Success"}


def test_a_cancel_closes_what_is_not_paid_and_returns_what_is() -> None:
    counter = Counter()
    counter.paid()
    counter.asked(PRECREATE, out_trade_no="T10002", total_amount="1.00", subject="tea")
    counter.desk.open([*counter.channel.credentials.values()][-1], 0)

    closed = counter.asked("alipay.trade.cancel", out_trade_no="T10002")
    returned = counter.asked("alipay.trade.cancel", out_trade_no="T10001")

    assert (closed["action"], closed["retry_flag"]) == ("close", "N")
    assert (returned["action"], returned["trade_no"]) == ("refund", "AL0001")
    assert counter.desk.trades["T10001"].returned == Money(9_900, YUAN)


def test_a_cancel_never_asks_for_more_than_is_left() -> None:
    """What the merchant did not ask for, it must not be blamed for."""
    counter = Counter()
    counter.paid()
    counter.asked(REFUND, out_trade_no="T10001", refund_amount="10.00", out_request_no="R1")
    counter.now = 3 * SECOND

    told = [counter.asked("alipay.trade.cancel", out_trade_no="T10001") for _ in range(2)]

    assert [one["code"] for one in told] == ["10000", "10000"]
    assert counter.desk.trades["T10001"].returned == Money(9_900, YUAN)
    assert counter.desk.over_budget == []


def test_a_cancel_of_what_is_all_returned_is_refused() -> None:
    counter = Counter()
    counter.paid()
    counter.asked(REFUND, out_trade_no="T10001", refund_amount="99.00", out_request_no="R1")

    told = counter.asked("alipay.trade.cancel", out_trade_no="T10001")

    assert told["sub_code"] == "ACQ.TRADE_STATUS_ERROR"
    assert counter.desk.over_budget == []


def test_a_form_that_the_merchant_signs_can_be_paid() -> None:
    counter = Counter(ALIPAY_PAGE)
    content = {"out_trade_no": "T10001", "total_amount": "99.00", "subject": "tea", "timeout_express": "1h"}

    form = counter.opened("alipay.trade.page.pay", **content)

    assert counter.desk.pay(form.credential, 0).accepted
    [(_, post)] = counter.posts()
    assert post["subject"] == "tea"


def test_a_notification_is_a_form_that_alipay_has_signed() -> None:
    counter = Counter()
    counter.paid()

    [(meant, post)] = counter.posts()

    assert is_of_alipay(post)
    assert (post["trade_status"], post["trade_no"], post["out_trade_no"]) == (
        "TRADE_SUCCESS",
        "AL0001",
        "T10001",
    )
    assert (post["app_id"], post["seller_id"]) == (meant.app_id, meant.mch_id)
    assert (post["total_amount"], post["gmt_payment"]) == ("99.00", "2026-03-02 14:00:00")
    assert "refund_fee" not in post
    assert not is_of_alipay({**post, "total_amount": "0.01"})


def test_a_refund_is_told_at_the_payments_address() -> None:
    counter = Counter()
    counter.paid()
    [(first, _)] = counter.posts()
    counter.desk.answered(first.id, first.send, Ack.positive(), 0)
    counter.asked(REFUND, out_trade_no="T10001", refund_amount="33.00", out_request_no="R1")

    [(_, part)] = counter.posts()

    assert is_of_alipay(part)
    assert (part["trade_status"], part["refund_fee"], part["out_biz_no"]) == ("TRADE_SUCCESS", "33.00", "R1")


def test_a_retry_has_the_same_id_and_another_time() -> None:
    counter = Counter()
    counter.paid()
    [(first, post)] = counter.posts()
    counter.desk.answered(first.id, first.send, None, 0)
    counter.now = 4 * MINUTE
    [(_, again)] = counter.posts()

    assert post["notify_id"] == again["notify_id"]
    assert post["notify_time"] != again["notify_time"]
    assert is_of_alipay(again)


def test_a_forgery_is_found_by_its_signature_only() -> None:
    counter = Counter()
    counter.paid()
    [(meant, post)] = counter.posts()
    forged = counter.channel.notify(attrs.evolve(meant, authentic=False), counter.stamp())

    told = dict(pair.split("=", 1) for pair in forged.body.decode().split("&"))

    assert told.keys() == post.keys()
    assert forged.path == "/alipay"
    again = counter.channel.notify(meant, counter.stamp())
    assert forged.body.partition(b"&sign=")[0] == again.body.partition(b"&sign=")[0]
    assert forged.body != again.body


GATEWAY = [
    ({"method": ""}, "40001", "isv.missing-method"),
    ({"method": "alipay.trade.nothing"}, "40002", "isv.invalid-method"),
    ({"app_id": ""}, "40001", "isv.missing-app-id"),
    ({"app_id": "2021000000000002"}, "40002", "isv.invalid-app-id"),
    ({"charset": "gbk"}, "40002", "isv.invalid-charset"),
    ({"sign_type": "RSA"}, "40002", "isv.invalid-signature-type"),
    ({"timestamp": "1772431200"}, "40002", "isv.invalid-timestamp"),
    ({"biz_content": ""}, "40004", "ACQ.INVALID_PARAMETER"),
    ({"biz_content": "[]"}, "40004", "ACQ.INVALID_PARAMETER"),
    ({"biz_content": '{"out_trade_no":"' + "x" * 65 + '"}'}, "40004", "ACQ.INVALID_PARAMETER"),
    ({"biz_content": '{"out_trade_no":"T-1"}'}, "40004", "ACQ.INVALID_PARAMETER"),
    ({"biz_content": '{"out_trade_no":"T1","out_trade_no":"T2"}'}, "40004", "ACQ.INVALID_PARAMETER"),
]


@pytest.mark.parametrize(("changed", "code", "reason"), GATEWAY, ids=str)
def test_the_gateway_says_what_is_wrong(changed: dict[str, str], code: str, reason: str) -> None:
    counter = Counter()
    parameters = {**counter.parameters(QUERY, {"out_trade_no": "T1"}), **changed}

    [told, *_] = json.loads(counter.exchanged(counter.signed(parameters)).body).values()

    assert (told["code"], told["sub_code"]) == (code, reason)
    assert counter.desk.requests == []


@pytest.mark.parametrize(
    "amount", ["0", "0.00", "-1", "1.001", "1e2", "1,00", "９.00", "9" * 10, None, True, [], ""]
)
def test_a_price_is_yuan_with_two_decimals(amount: object) -> None:
    told = Counter().asked(PRECREATE, out_trade_no="T1", subject="tea", total_amount=amount)

    assert told["sub_code"] == "ACQ.INVALID_PARAMETER"
    assert "total_amount" in told["sub_msg"]


@pytest.mark.parametrize("address", ["https://[1", "ftp://m.example", "m.example", "https://m.example/茶"])
def test_an_address_that_is_none_is_refused_when_the_order_is_placed(address: str) -> None:
    counter = Counter()
    content = {"out_trade_no": "T1", "subject": "tea", "total_amount": "1.00"}
    parameters = {**counter.parameters(PRECREATE, content), "notify_url": address}

    [told, *_] = json.loads(counter.exchanged(counter.signed(parameters)).body).values()

    assert told["sub_code"] == "ACQ.INVALID_PARAMETER"
    assert "notify_url" in told["sub_msg"]
    assert counter.desk.requests == []


def test_what_is_changed_or_said_twice_is_not_the_merchants() -> None:
    counter = Counter()
    request = counter.signed(counter.parameters(QUERY, {"out_trade_no": "T1"}))
    changed = attrs.evolve(request, body=request.body.replace(b"T1", b"T2"))
    twice = attrs.evolve(request, body=request.body + b"&app_id=2021000000000001")

    assert node_of(QUERY, counter.exchanged(changed))["sub_code"] == "isv.invalid-signature"
    assert b"isv.invalid-encoding" in counter.exchanged(twice).body
    assert counter.desk.requests == []


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)
METHODS = st.sampled_from(
    [PRECREATE, QUERY, REFUND, REFUND_QUERY, BILL, "alipay.trade.cancel", "alipay.trade.close", "x"]
)
NAMES = st.sampled_from(
    [
        *("out_trade_no", "trade_no", "total_amount", "refund_amount", "subject", "time_expire", "bill_type"),
        *("timeout_express", "out_request_no", "bill_date", "passback_params"),
    ]
)


@settings(max_examples=300, deadline=None)
@given(method=METHODS, spoiled=st.dictionaries(NAMES, JSON, max_size=4), cut=st.integers(0, 2))
def test_no_signed_content_makes_anything_fall_over(method: str, spoiled: dict[str, Any], cut: int) -> None:
    counter = Counter()
    content = {"out_trade_no": "T1", "subject": "tea", "total_amount": "1.00", "refund_amount": "1.00"}
    content |= {"out_request_no": "R1", "bill_type": "trade", "bill_date": "2026-03-01"}
    parameters = counter.parameters(method, {**content, **spoiled})
    parameters["biz_content"] = parameters["biz_content"][: len(parameters["biz_content"]) - cut]

    response = counter.exchanged(counter.signed(parameters))

    assert response.status == 200
    [told, *_] = json.loads(response.body).values()
    assert told["code"] in ("10000", "20000", "40001", "40002", "40004", "40005")


@settings(deadline=None)
@given(query=st.text(max_size=60), body=st.binary(max_size=60), path=st.sampled_from(["/gateway.do", "/"]))
def test_nobody_gets_in_by_parameters_made_up(query: str, body: bytes, path: str) -> None:
    counter = Counter()

    response = counter.channel.receive(HttpRequest("POST", path, query, (), body), counter.stamp())

    assert isinstance(response, HttpResponse)
    assert response.status == 404 or b'"code":"4000' in response.body
