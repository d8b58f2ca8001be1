"""What goes over Alipay's wire is what was meant, in both directions, and nobody else is believed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sim.wire import golden_alipay as golden
from tests.sim.wire.wiring_alipay import CALENDAR, Counter, keys_at_alipay

from paytwice.calendar import DAY, HOUR, MINUTE, SECOND
from paytwice.channels import (
    ALIPAY,
    ALIPAY_CLASSIC,
    ALIPAY_PAGE,
    ALIPAY_WAP,
    AbnormalRoute,
    Ack,
    Answer,
    ApplyAbnormalRefund,
    AskRefund,
    CloseTrade,
    CreateTrade,
    Credential,
    FetchBill,
    FetchFundBill,
    Meaning,
    Notification,
    Outcome,
    QueryRefund,
    QueryTrade,
    RefundRecord,
    Request,
    TradeState,
)
from paytwice.channels.phrases import Phrases
from paytwice.channels.profile import SAYABLE
from paytwice.wire.acks import ack_of, response_of
from paytwice.wire.alipay.account import ALIPAY as ALIPAYS
from paytwice.wire.alipay.account import AlipayAccount, AlipayKeys
from paytwice.wire.alipay.calls import Call, Form
from paytwice.wire.alipay.merchant import METHODS, AlipayMerchant, Known
from paytwice.wire.crypto import Signer, Verifier, public_key_of
from paytwice.wire.doubts import NotAuthentic
from paytwice.wire.http import HttpRequest, HttpResponse
from paytwice_core import Money

YUAN = "CNY"
NUMBERS = st.text("09AZaz_", min_size=1, max_size=64) | st.sampled_from(["P1-1", "PT_P1_2d1", "订单 1"])
REFUND_NUMBERS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=64)
MONEY = st.integers(1, 10**11 - 1).map(lambda minor: Money(minor, YUAN))
DAYS = st.dates(date(2000, 1, 1), date(2999, 12, 31))
REQUESTS: st.SearchStrategy[Request] = st.one_of(
    st.builds(CreateTrade, NUMBERS, MONEY, st.integers(-(10**7), 10**7).map(lambda s: s * SECOND)),
    st.builds(QueryTrade, NUMBERS),
    st.builds(CloseTrade, NUMBERS),
    st.builds(AskRefund, NUMBERS, REFUND_NUMBERS, MONEY),
    st.builds(QueryRefund, NUMBERS, REFUND_NUMBERS),
    st.builds(FetchBill, DAYS),
    st.builds(FetchFundBill, DAYS),
)
SUBJECTS = st.text("茶 a+&=%", min_size=1, max_size=9)


@settings(deadline=None)
@given(request=REQUESTS, subject=SUBJECTS, passback=st.none() | SUBJECTS)
def test_the_desk_is_asked_for_what_the_client_asked_for(
    request: Request, subject: str, passback: str | None
) -> None:
    counter = Counter()
    known = Known(subject, passback=passback, more={"colour": {"of": "tomorrow"}})

    call = counter.reached(counter.merchant.request(request, counter.stamp(), known))

    assert call.request == request
    if call.order is not None:
        assert (call.order.subject, call.order.passback) == (subject, passback or "")
        assert call.order.notify_url == known.notify_url


@pytest.mark.parametrize("product", ["page", "wap"])
def test_a_form_that_the_client_signs_can_be_paid(product: str) -> None:
    counter, request = Counter(ALIPAY_PAGE), CreateTrade("P1-1", Money(9_900, YUAN), HOUR)

    form = counter.channel.receive(counter.merchant.form(request, counter.stamp(), product), counter.stamp())

    assert isinstance(form, Form), form
    assert form.credential == ALIPAY_PAGE.credential(request, 0)
    assert counter.desk.pay(form.credential, 0).accepted


def test_a_call_that_alipay_does_not_have_is_refused_at_home() -> None:
    request = ApplyAbnormalRefund("T1", "R1", AbnormalRoute.CUSTOMER_CARD)

    with pytest.raises(ValueError, match="Alipay has no call for ApplyAbnormalRefund"):
        Counter().merchant.request(request, Counter().stamp())


ASKED: Final[dict[type[Request], Request]] = {
    CreateTrade: CreateTrade("T10001", Money(100, YUAN), HOUR),
    QueryTrade: QueryTrade("T10001"),
    CloseTrade: CloseTrade("T10001"),
    AskRefund: AskRefund("T10001", "R1", Money(100, YUAN)),
    QueryRefund: QueryRefund("T10001", "R1"),
    FetchBill: FetchBill(date(2026, 3, 1)),
    FetchFundBill: FetchFundBill(date(2026, 3, 1)),
}


@pytest.mark.parametrize("kind", METHODS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("meaning", [one for one in SAYABLE if one is not Meaning.OK])
def test_a_refusal_concludes_no_more_than_was_said(kind: type[Request], meaning: Meaning) -> None:
    counter, request = Counter(), ASKED[kind]
    said = Phrases(ALIPAY).bare(kind, meaning)

    response = counter.channel.answer(Call(METHODS[kind], request), said, counter.stamp())
    heard = counter.merchant.answer(request, response)

    assert isinstance(heard, Answer), heard
    assert (heard.outcome, heard.code, heard.at) == (said.outcome, said.code, 0)
    same = [one for one in SAYABLE if ALIPAY.code(one, kind).word == said.code]
    assert heard.meaning in same
    assert heard.meaning is meaning or len(same) > 1


def test_a_close_that_came_too_late_makes_the_merchant_ask() -> None:
    """One word for paid and for closed: who took it for closed would lose the payment."""
    counter = Counter()
    counter.paid()

    answer = counter.heard(CloseTrade("T10001"))

    assert (answer.meaning, answer.code) == (Meaning.ALREADY_PAID, "ACQ.TRADE_STATUS_ERROR")


ORDERS = ("T10001", "P1-1")  # the second is one that Alipay does not allow
DEEDS = st.one_of(
    st.tuples(st.just("create"), st.sampled_from(ORDERS), st.just(0)),
    st.tuples(st.just("open"), st.sampled_from(ORDERS), st.just(0)),
    st.tuples(st.just("pay"), st.sampled_from(ORDERS), st.sampled_from([0, 500])),
    st.tuples(st.just("query"), st.sampled_from(ORDERS), st.just(0)),
    st.tuples(st.just("close"), st.sampled_from(ORDERS), st.just(0)),
    st.tuples(st.just("refund"), st.sampled_from(ORDERS), st.sampled_from([1, 100, 3_300, 9_900])),
    st.tuples(st.just("query refund"), st.sampled_from(ORDERS), st.sampled_from([1, 100, 3_300, 9_900])),
    st.tuples(st.just("wait"), st.just(""), st.sampled_from([999, 7 * MINUTE, 3 * HOUR])),
)


@settings(max_examples=200, deadline=None)
@given(deeds=st.lists(DEEDS, min_size=4, max_size=14))
def test_whatever_happens_the_client_hears_what_the_desk_said(deeds: list[tuple[str, str, int]]) -> None:
    counter = Counter()
    held: dict[str, Credential] = {}
    for deed, no, minor in [("create", ORDERS[0], 0), ("pay", ORDERS[0], 500), *deeds]:
        if deed == "wait":
            counter.now += minor
            check_heard(counter)
        elif deed in ("open", "pay"):
            if no in held and deed == "open":
                counter.desk.open(held[no], counter.now)
            elif no in held:
                counter.desk.pay(held[no], counter.now, Money(minor, YUAN) if minor else None)
        else:
            answer = check_answered(counter, request_of(deed, no, minor))
            if answer.credential is not None:
                held[no] = answer.credential


def request_of(deed: str, no: str, minor: int) -> Request:
    match deed:
        case "create":
            return CreateTrade(no, Money(9_900, YUAN), 2 * HOUR)
        case "query":
            return QueryTrade(no)
        case "close":
            return CloseTrade(no)
        case "refund":
            return AskRefund(no, f"{no}-{minor}", Money(minor, YUAN))
        case _:
            return QueryRefund(no, f"{no}-{minor}")


def as_told(answer: Answer) -> Answer:
    """What of a desk's answer can be known over the wire."""
    trade, held, refund = answer.trade, answer.credential, answer.refund
    if trade is not None:
        # A query does not say what was returned; only of all of it, since the word is then another one.
        part = trade.state is TradeState.RETURNED and trade.status == "TRADE_SUCCESS"
        paid_at = None if trade.paid_at is None else trade.paid_at // SECOND * SECOND
        state = TradeState.PAID if part else trade.state
        trade = attrs.evolve(trade, state=state, paid_at=paid_at, returned=Money.zero(YUAN))
    if held is not None:
        held = attrs.evolve(held, dead_at=0)
    if refund is not None:
        refund = attrs.evolve(refund, channel_refund_number="")
    at = None if answer.at is None else answer.at // SECOND * SECOND
    meaning = Meaning.OK
    if answer.outcome is not Outcome.DONE:  # one word for more than one meaning: shown above
        meaning = Meaning.SYSTEM_ERROR
    return attrs.evolve(answer, meaning=meaning, trade=trade, credential=held, refund=refund, at=at)


def check_answered(counter: Counter, request: Request) -> Answer:
    """Ask over the wire, and hold what comes back against what the desk has said."""
    call = counter.reached(counter.merchant.request(request, counter.stamp()))
    said = counter.desk.handle(call.request, counter.now).said_at(counter.now)
    told = counter.merchant.answer(request, counter.channel.answer(call, said, counter.stamp()))
    assert isinstance(told, Answer), told
    assert as_told(told) == as_told(said)
    return said


def check_heard(counter: Counter) -> None:
    for meant in counter.desk.act(counter.now):
        heard = counter.merchant.hear(counter.channel.notify(meant, counter.stamp()))
        assert isinstance(heard, Notification), heard
        assert (heard.app_id, heard.mch_id, heard.about) == (meant.app_id, meant.mch_id, meant.about)
        returned = Money.zero(YUAN) if meant.refund is None else meant.trade.returned
        paid_at = (meant.trade.paid_at or 0) // SECOND * SECOND
        expected = attrs.evolve(meant.trade, returned=returned, paid_at=paid_at)
        assert heard.trade == expected
        counter.desk.answered(meant.id, meant.send, Ack.positive(), counter.now)


def refunded(counter: Counter, minor: int, number: str = "R1") -> RefundRecord:
    refund = counter.heard(AskRefund("T10001", number, Money(minor, YUAN))).refund
    assert refund is not None
    return refund


def test_a_trade_that_went_back_in_full_is_not_one_that_was_never_paid() -> None:
    counter = Counter()
    counter.paid()
    refunded(counter, 9_900)

    trade = counter.heard(QueryTrade("T10001")).trade

    assert trade is not None
    assert (trade.status, trade.state, trade.channel_number) == (
        "TRADE_CLOSED",
        TradeState.RETURNED,
        "AL0001",
    )


def test_an_unpaid_trade_that_is_closed_is_told_as_that() -> None:
    counter = Counter(ALIPAY_WAP)
    sent = counter.merchant.form(CreateTrade("T10001", Money(9_900, YUAN), HOUR), counter.stamp(), "wap")
    form = counter.channel.receive(sent, counter.stamp())
    assert isinstance(form, Form), form
    counter.desk.open(form.credential, 0)
    counter.now = 2 * HOUR

    [meant] = counter.desk.act(counter.now)
    post = counter.channel.notify(meant, counter.stamp())

    heard = counter.merchant.hear(post)
    assert isinstance(heard, Notification), heard
    assert (heard.trade.state, heard.trade.status) == (TradeState.CLOSED, "TRADE_CLOSED")
    assert (heard.trade.channel_number, heard.trade.paid_at) == (None, None)
    assert dict(parse_qsl(post.body.decode()))["gmt_close"] == "2026-03-02 16:00:00"


def test_a_finished_trade_is_a_paid_one() -> None:
    counter = Counter(ALIPAY_CLASSIC)
    counter.paid()
    [(first, _)] = counter.posts()
    counter.desk.answered(first.id, first.send, Ack.positive(), 0)
    counter.now = 366 * DAY

    [meant] = counter.desk.act(counter.now)

    heard = counter.merchant.hear(counter.channel.notify(meant, counter.stamp()))
    assert isinstance(heard, Notification), heard
    assert (heard.trade.state, heard.trade.status) == (TradeState.PAID, "TRADE_FINISHED")


def test_json_in_a_form_is_signed_with_its_quotation_marks() -> None:
    counter = Counter()
    told = counter.asked("alipay.trade.precreate", out_trade_no="T1", total_amount="99.00", subject="\"<&'>")
    assert counter.desk.pay(counter.channel.credentials[told["qr_code"]], 0, Money(500, YUAN)).accepted
    [(meant, post)] = counter.posts()

    funds = json.loads(post["fund_bill_list"])

    assert funds == [
        {"amount": "94.00", "fundChannel": "ALIPAYACCOUNT"},
        {"amount": "5.00", "fundChannel": "COUPON"},
    ]
    sent = counter.channel.notify(meant, counter.stamp())
    escaped = attrs.evolve(sent, body=sent.body.replace(b"%22", b"%26quot%3B"))
    assert isinstance(counter.merchant.hear(sent), Notification)
    assert isinstance(counter.merchant.hear(escaped), NotAuthentic), "a filter against scripts spoils it"


def test_a_refund_by_trade_no_is_of_that_payment() -> None:
    counter = Counter()
    counter.paid()

    counter.heard(AskRefund("T10001", "R1", Money(100, YUAN), "AL0001"))

    assert counter.desk.requests[-1].request == AskRefund("T10001", "R1", Money(100, YUAN), "AL0001")


def test_a_cancel_can_be_called_and_read() -> None:
    counter = Counter()
    counter.paid()
    sent = counter.merchant.call("alipay.trade.cancel", {"out_trade_no": "T10001"}, counter.stamp())

    told = counter.merchant.node("alipay.trade.cancel", counter.exchanged(sent))

    assert isinstance(told, dict), told
    assert (told["action"], told["retry_flag"], told["trade_no"]) == ("refund", "N", "AL0001")


def test_the_ack_is_the_word_that_alipay_wants() -> None:
    response = response_of(Ack.positive())

    assert (response.status, response.body) == (200, b"success")
    assert ack_of(response) == Ack.positive()
    counter = Counter()
    counter.paid()
    [(first, _)] = counter.posts()
    assert counter.desk.answered(first.id, first.send, ack_of(response), 0)


# -- who is believed ----------------------------------------------------------------------------------------


def golden_merchant() -> AlipayMerchant:
    """A client that knows Alipay by the golden key."""
    keys, public = keys_at_alipay(), public_key_of(golden.ALIPAYS_PUBLIC_KEY)

    @attrs.frozen
    class Theirs(AlipayAccount):
        @property
        def public(self) -> Verifier:
            return Verifier({ALIPAYS: public})

    mine = {field.name: getattr(keys.account, field.name) for field in attrs.fields(AlipayAccount)}
    return AlipayMerchant(AlipayKeys(Theirs(**mine), keys.merchant), CALENDAR)


NODE = '"alipay_trade_query_response"'
SIGN = f'"sign":"{golden.NODE_SIGNATURE}"'


@pytest.mark.parametrize(
    "body",
    [
        f"{{{NODE}:{golden.NODE},{SIGN}}}",
        f"{{{SIGN},{NODE}:{golden.NODE}}}",  # as the sandbox has it
        f'\n{{ {NODE} :\t{golden.NODE} , {SIGN}, "alipay_cert_sn":"x" }}\r\n',
    ],
)
def test_a_node_that_node_js_has_signed_is_read_wherever_it_stands(body: str) -> None:
    answer = golden_merchant().answer(QueryTrade("T10001"), HttpResponse(200, (), body.encode()))

    assert isinstance(answer, Answer), answer
    assert answer.trade is not None
    assert answer.trade.channel_number == "2026030222001400000000000001"
    assert (answer.trade.amount, answer.trade.payer_total) == (Money(9_900, YUAN), Money(9_400, YUAN))
    assert (answer.trade.state, answer.trade.paid_at) == (TradeState.PAID, 1_000)


def test_fields_of_tomorrow_are_still_in_the_node() -> None:
    body = f"{{{NODE}:{golden.NODE},{SIGN}}}".encode()

    told = golden_merchant().node("alipay.trade.query", HttpResponse(200, (), body))

    assert isinstance(told, dict), told
    assert told["field_of_tomorrow"] == {"a": [1, 2], "b": '}","sign":"x'}
    assert told["subject"] == "茶 100% / 茶"


WRONG: Final[dict[str, Callable[[str], str]]] = {
    "a byte of the node": lambda body: body.replace("99.00", "99.01"),
    "other blanks in the node": lambda body: body.replace("[1, 2]", "[1,2]"),
    "another spelling": lambda body: body.replace("\\u8336", "茶"),
    "no signature": lambda body: body.replace(SIGN, '"sing":""'),
    "of another method": lambda body: body.replace("query", "close"),
    "in an error": lambda body: body.replace("alipay_trade_query_response", "error_response"),
    "said twice": lambda body: body.replace(f",{SIGN}", f",{NODE}:{golden.NODE},{SIGN}"),
    "not an object": lambda body: f"[{body}]",
    "cut": lambda body: body[:-1],
    "two of them": lambda body: body + body,
    "nothing": lambda _body: "",
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_alipay_has_not_signed_is_no_answer(wrong: str) -> None:
    body = WRONG[wrong](f"{{{NODE}:{golden.NODE},{SIGN}}}")

    heard = golden_merchant().answer(QueryTrade("T10001"), HttpResponse(200, (), body.encode()))

    assert isinstance(heard, NotAuthentic), heard


def test_an_old_answer_about_another_order_is_none() -> None:
    counter = Counter()
    counter.paid()
    counter.paid("T10002")
    mine, other = QueryTrade("T10001"), QueryTrade("T10002")
    response = counter.exchanged(counter.merchant.request(other, counter.stamp()))

    assert isinstance(counter.merchant.answer(other, response), Answer)
    assert counter.merchant.answer(mine, response) == NotAuthentic("a signed response about something else")


def test_a_refusal_without_signature_proves_nothing() -> None:
    counter = Counter()
    request = counter.signed({**counter.parameters("alipay.trade.query", {}), "method": "x"})

    heard = counter.merchant.answer(QueryTrade("T10001"), counter.exchanged(request))

    assert heard == NotAuthentic("the signature is wrong, or missing")


@pytest.mark.parametrize("status", [302, 404, 500, 502])
def test_a_gateway_that_is_down_is_not_alipay(status: int) -> None:
    body = f"{{{NODE}:{golden.NODE},{SIGN}}}".encode()

    assert golden_merchant().answer(QueryTrade("T10001"), HttpResponse(status, (), body)) == NotAuthentic(
        f"the status is {status}"
    )


def posted(form: str, query: str = "") -> HttpRequest:
    return HttpRequest("POST", "/ali", query, (), form.encode())


@pytest.mark.parametrize("query", ["", "a=b", "out_trade_no=T2"])
def test_a_notification_made_by_node_is_heard_wherever_it_is_posted(query: str) -> None:
    heard = golden_merchant().hear(posted(golden.FORM, query))

    assert isinstance(heard, Notification), heard
    assert (heard.app_id, heard.mch_id) == ("2021000000000001", "2088000000000001")
    assert (heard.trade.out_trade_no, heard.trade.state) == ("T10001", TradeState.PAID)
    assert (heard.trade.amount, heard.trade.payer_total) == (Money(9_900, YUAN), Money(9_400, YUAN))
    assert heard.id == "2026030200222140002000000000000001"


def spoiled(**changed: str) -> str:
    return urlencode({**dict(parse_qsl(golden.FORM)), **changed})


@pytest.mark.parametrize(
    "form",
    [
        spoiled(total_amount="99.01"),
        spoiled(field_of_today="x"),
        spoiled(sign=""),
        spoiled(sign="茶"),
        spoiled(sign_type="RSA"),
        spoiled(charset="gbk"),
        golden.FORM + "&out_trade_no=T10001",
        golden.FORM.replace("T10001", "%FF"),
        golden.FORM.partition("&sign=")[0],
        golden.FORM.replace("T10001", "茶"),
        "",
    ],
)
def test_a_form_that_alipay_has_not_signed_is_not_heard(form: str) -> None:
    assert isinstance(golden_merchant().hear(posted(form)), NotAuthentic)


def test_a_notification_that_is_fetched_is_none() -> None:
    request = HttpRequest("GET", "/ali", golden.FORM)

    assert isinstance(golden_merchant().hear(request), NotAuthentic)


def test_the_order_of_the_parameters_does_not_matter() -> None:
    pairs = parse_qsl(golden.FORM)

    assert isinstance(golden_merchant().hear(posted(urlencode(pairs[::-1]))), Notification)


def test_a_forgery_is_not_heard_and_another_app_says_so() -> None:
    counter = Counter()
    counter.paid()
    [(meant, _)] = counter.posts()
    forged = counter.channel.notify(attrs.evolve(meant, authentic=False), counter.stamp())
    foreign = attrs.evolve(meant, app_id="2021000000000009", mch_id="2088000000000009")

    heard = counter.merchant.hear(counter.channel.notify(foreign, counter.stamp()))

    assert counter.merchant.hear(forged) == NotAuthentic("the signature is wrong, or missing")
    assert isinstance(heard, Notification)
    assert (heard.app_id, heard.mch_id) == ("2021000000000009", "2088000000000009")


def test_an_answer_of_somebody_else_is_none() -> None:
    counter = Counter()
    counter.paid()
    account = counter.channel.account
    counter.channel.account = attrs.evolve(account, alipay=Signer(ALIPAYS, account.stranger.key))
    response = counter.exchanged(counter.merchant.request(QueryTrade("T10001"), counter.stamp()))

    assert isinstance(counter.merchant.answer(QueryTrade("T10001"), response), NotAuthentic)


FIELDS = st.sampled_from(
    [
        *("code", "sub_code", "trade_status", "total_amount", "trade_no", "send_pay_date", "fund_change"),
        *("refund_fee", "out_request_no", "refund_status", "refund_amount", "buyer_pay_amount"),
    ]
)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5) | st.sampled_from(["10000", "1.00"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(FIELDS, inner, max_size=6),
    max_leaves=8,
)


@settings(deadline=None)
@given(node=st.dictionaries(FIELDS, JSON, max_size=9), kind=st.sampled_from([*METHODS]))
def test_whatever_alipay_signs_the_client_survives_it(node: dict[str, Any], kind: type[Request]) -> None:
    counter, request = Counter(), ASKED[kind]
    raw = json.dumps({"code": "10000", **node})
    name = METHODS[kind].replace(".", "_")
    sign = counter.channel.account.alipay.sign(raw.encode())
    body = f'{{"{name}_response":{raw},"sign":"{sign}"}}'.encode()

    heard = counter.merchant.answer(request, HttpResponse(200, (), body))

    assert isinstance(heard, Answer | NotAuthentic)


@settings(deadline=None)
@given(body=st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
def test_no_bytes_make_the_client_fall_over(body: bytes) -> None:
    counter = Counter()

    for request in ASKED.values():
        assert isinstance(counter.merchant.answer(request, HttpResponse(200, (), body)), NotAuthentic)
    assert isinstance(counter.merchant.hear(HttpRequest("POST", "/ali", "", (), body)), NotAuthentic)
