"""What goes over the wire is what was meant, in both directions."""

from __future__ import annotations

import gzip
import hashlib
import json
from datetime import date
from typing import Final, get_args

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sim.wire.wiring import CALENDAR, Wired, keys_of_the_tests

from paytwice.calendar import HOUR, MINUTE, SECOND
from paytwice.channels import (
    WECHAT,
    AbnormalRoute,
    About,
    Ack,
    Answer,
    ApplyAbnormalRefund,
    AskRefund,
    Circumstances,
    CloseTrade,
    CreateTrade,
    Credential,
    FetchBill,
    FetchFundBill,
    LineKind,
    Meaning,
    Notification,
    Outcome,
    QueryRefund,
    QueryTrade,
    RefundStatus,
    Request,
)
from paytwice.channels.circumstances import RefundFate
from paytwice.channels.phrases import Phrases
from paytwice.channels.profile import SAYABLE
from paytwice.wire.acks import ack_of
from paytwice.wire.doubts import NotAuthentic
from paytwice.wire.http import HttpResponse
from paytwice.wire.wechat.bills import FUND_COLUMNS, rows_of
from paytwice.wire.wechat.calls import Call
from paytwice.wire.wechat.channel import HEARD_NOWHERE
from paytwice.wire.wechat.hearing import bill_of
from paytwice.wire.wechat.merchant import Known
from paytwice.wire.wechat.notices import event_id
from paytwice_core import Money

NUMBERS = st.text("09AZaz_-|*", min_size=6, max_size=32) | st.sampled_from(["P1-1", "PT_P1_2d1"])
REFUND_NUMBERS = st.text("09AZaz_-|*@", min_size=1, max_size=64)
MONEY = st.integers(1, 10**12).map(lambda minor: Money(minor, "CNY"))
DAYS = st.dates(date(2026, 1, 1), date(2026, 3, 2))
REQUESTS: st.SearchStrategy[Request] = st.one_of(
    st.builds(CreateTrade, NUMBERS, MONEY, st.integers(-(10**7), 10**7).map(lambda s: s * SECOND)),
    st.builds(QueryTrade, NUMBERS),
    st.builds(CloseTrade, NUMBERS),
    st.builds(AskRefund, NUMBERS, REFUND_NUMBERS, MONEY),
    st.builds(QueryRefund, st.just(""), REFUND_NUMBERS),
    st.builds(ApplyAbnormalRefund, st.just(""), REFUND_NUMBERS, st.sampled_from(AbnormalRoute)),
    st.builds(FetchBill, DAYS),
    st.builds(FetchFundBill, DAYS),
)


@settings(deadline=None)
@given(
    request=REQUESTS,
    product=st.sampled_from(["jsapi", "native", "app", "h5"]),
    attach=st.text("商a ,`", max_size=9),
)
def test_the_desk_is_asked_for_what_the_merchant_asked_for(
    request: Request, product: str, attach: str
) -> None:
    wired = Wired()
    known = Known(product, attach=attach or None, refund_id="WXR0001", more={"colour": {"of": "tomorrow"}})

    call = wired.heard(wired.merchant.request(request, wired.stamp(), known))

    assert isinstance(call, Call), call
    assert call.request == request


CALLS: Final[dict[type[Request], Request]] = {
    CreateTrade: CreateTrade("T-10001", Money(100, "CNY"), HOUR),
    QueryTrade: QueryTrade("T-10001"),
    CloseTrade: CloseTrade("T-10001"),
    AskRefund: AskRefund("T-10001", "R1", Money(100, "CNY")),
    QueryRefund: QueryRefund("T-10001", "R1"),
    ApplyAbnormalRefund: ApplyAbnormalRefund("T-10001", "R1", AbnormalRoute.CUSTOMER_CARD),
    FetchBill: FetchBill(date(2026, 3, 1)),
    FetchFundBill: FetchFundBill(date(2026, 3, 1)),
}


@pytest.mark.parametrize("kind", get_args(Request), ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("meaning", [one for one in SAYABLE if one is not Meaning.OK])
def test_a_refusal_means_the_same_to_the_merchant(kind: type[Request], meaning: Meaning) -> None:
    wired, request = Wired(), CALLS[kind]
    said = Phrases(WECHAT).bare(kind, meaning)

    response = wired.channel.answer(Call(request), said, wired.stamp())

    assert wired.merchant.answer(request, response) == said.said_at(0)
    assert response.status == WECHAT.code(meaning, kind).http
    assert response.header("Wechatpay-Signature") is None, "WeChat signs no refusal"


def as_told(answer: Answer) -> Answer:
    """What of a desk's answer can be known over the wire."""
    trade, held = answer.trade, answer.credential
    if trade is not None:
        paid_at = None if trade.paid_at is None else trade.paid_at // SECOND * SECOND
        trade = attrs.evolve(trade, paid_at=paid_at, returned=Money.zero("CNY"))
    if held is not None:
        held = attrs.evolve(held, dead_at=0)
    at = None if answer.at is None else answer.at // SECOND * SECOND
    return attrs.evolve(answer, trade=trade, credential=held, at=at)


ORDERS = ("T-10001", "P1-1")  # the second is one that WeChat does not allow
REFUND_ENDS = st.sampled_from([RefundStatus.SUCCESS, RefundStatus.ABNORMAL, RefundStatus.CLOSED])
DEEDS = st.one_of(
    st.tuples(st.just("create"), st.sampled_from(ORDERS), st.just(0)),
    st.tuples(st.just("pay"), st.sampled_from(ORDERS), st.sampled_from([0, 500])),
    st.tuples(st.just("query"), st.sampled_from(ORDERS), st.just(0)),
    st.tuples(st.just("close"), st.sampled_from(ORDERS), st.just(0)),
    st.tuples(st.just("refund"), st.sampled_from(ORDERS), st.sampled_from([1, 100, 3_300, 9_900])),
    st.tuples(st.just("query refund"), st.sampled_from(ORDERS), st.sampled_from([1, 100, 3_300, 9_900])),
    st.tuples(st.just("reroute"), st.sampled_from(ORDERS), st.sampled_from([1, 100, 3_300, 9_900])),
    st.tuples(st.just("wait"), st.just(""), st.sampled_from([999, 7 * MINUTE, 3 * HOUR])),
)


@settings(max_examples=200, deadline=None)
@given(deeds=st.lists(DEEDS, min_size=4, max_size=14), end=REFUND_ENDS)
def test_whatever_happens_the_merchant_hears_what_the_desk_said(
    deeds: list[tuple[str, str, int]], end: RefundStatus
) -> None:
    wired = Wired()
    held: dict[str, Credential] = {}
    for deed, no, minor in [("create", ORDERS[0], 0), ("pay", ORDERS[0], 500), *deeds]:
        if deed == "wait":
            wired.now += minor
            for meant, post in wired.posts():
                check_heard(wired, meant, post_heard=wired.hears(post))
                wired.desk.answered(meant.id, meant.send, Ack.positive(), wired.now)
        elif deed == "pay":
            if no in held:
                wired.desk.pay(held[no], wired.now, Money(minor, "CNY") if minor else None)
        else:
            answer = check_answered(wired, request_of(deed, no, minor), end)
            if answer.credential is not None:
                held[no] = answer.credential


def request_of(deed: str, no: str, minor: int) -> Request:
    match deed:
        case "create":
            return CreateTrade(no, Money(9_900, "CNY"), 2 * HOUR)
        case "query":
            return QueryTrade(no)
        case "close":
            return CloseTrade(no)
        case "refund":
            return AskRefund(no, f"{no}-{minor}", Money(minor, "CNY"))
        case "query refund":
            return QueryRefund(no, f"{no}-{minor}")
        case _:
            return ApplyAbnormalRefund(no, f"{no}-{minor}", AbnormalRoute.MERCHANT_CARD)


def check_answered(wired: Wired, request: Request, end: RefundStatus) -> Answer:
    """Ask over the wire, and hold what comes back against what the desk has said."""
    said: list[Answer] = []
    ours = [
        one
        for one in wired.desk.refunds.values()
        if one.out_refund_no == getattr(request, "out_refund_no", "")
    ]
    known = Known(total=Money(9_900, "CNY"), refund_id=ours[0].number if ours else "WXR9999")
    sent = wired.merchant.request(request, wired.stamp(), known)
    call = wired.heard(sent)
    assert isinstance(call, Call), call
    around = Circumstances(refund=RefundFate(end))
    said.append(wired.desk.handle(call.request, wired.now, around).said_at(wired.now))
    told = wired.merchant.answer(request, wired.channel.answer(call, said[0], wired.stamp()))
    assert isinstance(told, Answer), told
    assert as_told(told) == as_told(said[0])
    return said[0]


def check_heard(wired: Wired, meant: Notification, post_heard: Notification | NotAuthentic) -> None:
    assert isinstance(post_heard, Notification), post_heard
    assert post_heard.id == event_id(meant.id)
    assert (post_heard.about, post_heard.mch_id) == (meant.about, meant.mch_id)
    assert post_heard.refund == meant.refund
    told, really = post_heard.trade, meant.trade
    assert (told.out_trade_no, told.channel_number) == (really.out_trade_no, really.channel_number)
    assert (told.amount, told.payer_total) == (really.amount, really.payer_total)
    if meant.about is About.PAYMENT:
        assert post_heard.app_id == meant.app_id
        assert told.paid_at == (really.paid_at or 0) // SECOND * SECOND


def paid(wired: Wired, no: str = "T-10001", known: Known | None = None) -> Wired:
    """An order that was placed over the wire, and paid."""
    answer = wired.asked(CreateTrade(no, Money(9_900, "CNY"), wired.now + HOUR), known)
    assert answer.credential is not None
    wired.desk.pay(answer.credential, wired.now, Money(500, "CNY"))
    return wired


def test_what_the_merchant_said_of_its_order_comes_back() -> None:
    known = Known("jsapi", attach="给我的", openid="o-me", notify_url="https://m.example/pay")
    wired = paid(Wired(), known=known)

    told = json.loads(wired.got("/v3/pay/transactions/id/WX0001", "mchid=1900000001").body)
    [(_, post)] = wired.posts()

    assert (told["attach"], told["payer"], told["trade_type"]) == ("给我的", {"openid": "o-me"}, "JSAPI")
    assert told["amount"] == {
        "total": 9_900,
        "payer_total": 9_400,
        "currency": "CNY",
        "payer_currency": "CNY",
    }
    assert sum(one["amount"] for one in told["promotion_detail"]) == 500
    assert (post.path, post.header("host")) == ("/pay", "m.example")
    assert json.loads(post.body)["event_type"] == "TRANSACTION.SUCCESS"


def test_a_prepay_id_finds_what_the_customer_holds() -> None:
    wired = Wired()
    order = CreateTrade("T-10001", Money(9_900, "CNY"), HOUR)
    twice = [
        json.loads(wired.exchanged(wired.merchant.request(order, wired.stamp(), Known("jsapi"))).body)
        for _ in range(2)
    ]

    assert twice[0] == twice[1], "a repeat gets the same"
    assert wired.channel.credentials[twice[0]["prepay_id"]].out_trade_no == "T-10001"


def test_an_order_without_time_expire_may_be_repeated() -> None:
    wired = Wired()
    body = {
        "appid": "wx0000000000000001",
        "mchid": "1900000001",
        "description": "d",
        "out_trade_no": "T-10001",
    }
    body |= {"notify_url": "http://127.0.0.1:8000/wechat", "amount": {"total": 1}}  # type: ignore[dict-item]
    first = wired.posted("/v3/pay/transactions/native", json.dumps(body).encode())
    wired.now += HOUR

    again = wired.posted("/v3/pay/transactions/native", json.dumps(body).encode())

    assert (first.status, again.status) == (200, 200), again.body


def test_a_refund_by_transaction_id_is_of_that_payment() -> None:
    wired = paid(Wired())

    answer = wired.asked(
        AskRefund("T-10001", "R1", Money(100, "CNY"), "WX0001"), Known(total=Money(9_900, "CNY"))
    )

    assert answer.refund is not None
    assert wired.desk.requests[-1].request == AskRefund("T-10001", "R1", Money(100, "CNY"), "WX0001")


def test_refund_news_go_where_the_refund_said() -> None:
    wired = paid(Wired())
    known = Known(notify_url="https://m.example/refunded", total=Money(9_900, "CNY"))
    wired.posts()
    wired.asked(AskRefund("T-10001", "R1", Money(100, "CNY")), known)
    wired.now = 5 * MINUTE

    [(meant, post)] = wired.posts()

    assert post.path == "/refunded"
    assert json.loads(post.body)["event_type"] == "REFUND.SUCCESS"
    assert meant.refund is not None
    resource = wired.merchant.opened(json.loads(post.body)["resource"])
    assert resource["amount"] == {"total": 9_900, "refund": 100, "payer_total": 9_400, "payer_refund": 95}
    assert resource["success_time"] == "2026-03-02T14:05:00+08:00"


def test_an_order_of_another_world_is_told_of_all_the_same() -> None:
    wired = Wired()
    answer = wired.desk.handle(CreateTrade("T-10001", Money(9_900, "CNY"), HOUR), 0)
    assert answer.credential is not None
    wired.desk.pay(answer.credential, 0)

    [(meant, post)] = wired.posts()

    assert wired.channel.address_of(meant) == HEARD_NOWHERE
    assert isinstance(wired.hears(post), Notification)


def the_next_morning() -> Wired:
    wired = paid(paid(Wired()), "P1-2")
    wired.now = MINUTE
    wired.asked(AskRefund("P1-2", "R@1", Money(3_300, "CNY")), Known(total=Money(9_900, "CNY")))
    wired.now = 20 * HOUR
    wired.desk.act(wired.now)
    return wired


def downloaded(wired: Wired, path: str, query: str) -> bytes:
    told = json.loads(wired.got(path, query).body)
    response = wired.exchanged(wired.merchant.download(told["download_url"], wired.stamp()))
    assert response.status == 200, response.body
    content = gzip.decompress(response.body) if "GZIP" in query else response.body
    assert told["hash_type"] == "SHA1"
    assert hashlib.sha1(content).hexdigest() == told["hash_value"]
    return content


@pytest.mark.parametrize("packed", ["", "&tar_type=GZIP"])
def test_the_trade_bill_says_what_the_desk_says(packed: str) -> None:
    wired, day = the_next_morning(), date(2026, 3, 2)

    content = downloaded(wired, "/v3/bill/tradebill", f"bill_date=2026-03-02{packed}")

    assert bill_of(day, content, CALENDAR) == wired.desk.handle(FetchBill(day), wired.now).bill
    assert content.decode().split("\r\n")[-2] == "`3,`198.00,`33.00,`1.67,`0.98000,`198.00,`33.00"


@pytest.mark.parametrize(("type", "kinds"), [("SUCCESS", {LineKind.PAYMENT}), ("REFUND", {LineKind.REFUND})])
def test_a_part_of_the_bill_can_be_had(type: str, kinds: set[LineKind]) -> None:
    wired, day = the_next_morning(), date(2026, 3, 2)

    content = downloaded(wired, "/v3/bill/tradebill", f"bill_date=2026-03-02&bill_type={type}")

    assert {line.kind for line in bill_of(day, content, CALENDAR).lines} == kinds


def test_the_fund_bill_ends_with_the_balance() -> None:
    wired, day = the_next_morning(), date(2026, 3, 2)
    bill = wired.desk.handle(FetchFundBill(day), wired.now).fund_bill
    assert bill is not None

    rows = list(
        rows_of(downloaded(wired, "/v3/bill/fundflowbill", "bill_date=2026-03-02").decode(), FUND_COLUMNS)
    )

    assert len(rows) == len(bill.lines) == 6
    assert Money.parse(f"{rows[-1]['账户结余(元)']} CNY") == bill.closing
    signs = {"收入": 1, "支出": -1}
    told = [signs[row["收支类型"]] * Money.parse(f"{row['收支金额(元)']} CNY").minor for row in rows]
    assert told == [line.amount.minor for line in bill.lines]
    assert rows[4]["业务凭证号"] == "R@1"


def test_a_day_on_which_nothing_moved_has_no_bill() -> None:
    response = the_next_morning().got("/v3/bill/tradebill", "bill_date=2026-03-01")

    assert (response.status, json.loads(response.body)["code"]) == (400, "NO_STATEMENT_EXIST")


def test_a_download_address_lives_five_minutes() -> None:
    wired = the_next_morning()
    url = json.loads(wired.got("/v3/bill/tradebill", "bill_date=2026-03-02").body)["download_url"]
    wired.now += 5 * MINUTE
    assert wired.exchanged(wired.merchant.download(url, wired.stamp())).status == 200
    wired.now += SECOND

    assert wired.exchanged(wired.merchant.download(url, wired.stamp())).status == 400


@pytest.mark.parametrize("by_public_key", [False, True])
def test_both_ways_of_knowing_wechat_work(by_public_key: bool) -> None:
    wired = Wired(keys_of_the_tests(by_public_key=by_public_key))

    assert wired.asked(CloseTrade("T-10001")).meaning is Meaning.NO_SUCH_TRADE
    assert paid(wired).asked(QueryTrade("T-10001")).trade is not None
    certificates = wired.got("/v3/certificates")
    assert certificates.status == (404 if by_public_key else 200)
    assert wired.keys.account.platform.serial.startswith("PUB_KEY_ID_") is by_public_key


def test_a_close_is_answered_by_a_signed_nothing() -> None:
    wired = Wired()
    wired.asked(CreateTrade("T-10001", Money(1, "CNY"), HOUR))
    sent = wired.merchant.request(CloseTrade("T-10001"), wired.stamp())

    response = wired.exchanged(sent)

    assert (response.status, response.body) == (204, b"")
    answer = wired.merchant.answer(CloseTrade("T-10001"), response)
    assert isinstance(answer, Answer)
    assert answer.outcome is Outcome.DONE


def test_a_ladder_repeats_its_id_and_nothing_else_that_is_drawn() -> None:
    wired = paid(Wired())
    [(first, post)] = wired.posts()
    wired.desk.answered(first.id, first.send, None, wired.now)
    wired.now += 15 * SECOND

    [(_, again)] = wired.posts()

    one, other = json.loads(post.body), json.loads(again.body)
    assert one["id"] == other["id"]
    assert one["resource"]["nonce"] != other["resource"]["nonce"]
    assert post.header("Wechatpay-Timestamp") != again.header("Wechatpay-Timestamp")


def test_the_same_stamps_give_the_same_bytes() -> None:
    def bytes_of_a_run() -> list[object]:
        wired = paid(Wired())
        return [post for _, post in wired.posts()] + [wired.got("/v3/certificates")]

    assert bytes_of_a_run() == bytes_of_a_run()


def test_an_ack_is_read_as_it_was_sent() -> None:
    assert ack_of(HttpResponse(204)) == Ack(204, "")
    assert ack_of(HttpResponse(500, body=b"\xff")) == Ack(500, "\ufffd")
    assert ack_of(None) is None
