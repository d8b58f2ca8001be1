"""What goes over the wire is what was meant, in both directions."""

from __future__ import annotations

from datetime import date
from typing import Final

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sim.wire.wiring_unionpay import NO, PRICE, REFUND_NO, Gateway, fields_of

from paytwice.calendar import DAY, HOUR, MINUTE, SECOND
from paytwice.channels import (
    UNIONPAY,
    Ack,
    Answer,
    AskRefund,
    Circumstances,
    CloseTrade,
    CreateTrade,
    FetchFundBill,
    Meaning,
    Notification,
    Outcome,
    QueryRefund,
    QueryTrade,
    RefundStatus,
    Request,
    TradeState,
)
from paytwice.channels.circumstances import RefundFate
from paytwice.channels.phrases import Phrases
from paytwice.channels.profile import SAYABLE
from paytwice.wire.doubts import NotAuthentic
from paytwice.wire.http import HttpRequest, HttpResponse
from paytwice.wire.unionpay.calls import Call, Form
from paytwice.wire.unionpay.channel import HEARD_NOWHERE
from paytwice.wire.unionpay.merchant import Known
from paytwice.wire.unionpay.times import at_trace_time, trace_time
from paytwice_core import Money

NUMBERS = st.text("09AZaz", min_size=8, max_size=40) | st.text("0Az-_", max_size=9)
MONEY = st.integers(1, 10**12 - 1).map(lambda minor: Money(minor, "CNY"))
TIMES = st.integers(-(10**7), 10**7).map(lambda s: s * SECOND)
YUAN: Final = Money(100, "CNY")


@settings(deadline=None)
@given(
    no=NUMBERS,
    amount=MONEY,
    expires_at=TIMES,
    now=st.integers(0, 40 * DAY),
    reserved=st.text("商a |，", max_size=9),
)
def test_the_form_that_a_browser_brings_is_what_the_merchant_signed(
    no: str, amount: Money, expires_at: int, now: int, reserved: str
) -> None:
    gateway, order = Gateway(now=now), CreateTrade(no, amount, expires_at)
    known = Known(reserved=reserved.strip(), more={"colour": "of tomorrow & {more}"})

    form = gateway.heard(gateway.written(order, known))

    assert isinstance(form, Form), form
    assert form.credential == UNIONPAY.credential(order, now)
    assert form.placed.fields["colour"] == "of tomorrow & {more}"
    assert form.placed.fields.get("reqReserved", "") == reserved.strip()


@settings(deadline=None)
@given(
    no=NUMBERS,
    refund_no=NUMBERS,
    amount=MONEY,
    number=st.none() | st.text("UP019", min_size=1, max_size=32),
    void=st.booleans(),
)
def test_the_desk_is_asked_for_what_the_merchant_asked_for(
    no: str, refund_no: str, amount: Money, number: str | None, void: bool
) -> None:
    gateway = Gateway()
    asked = AskRefund(no, refund_no, amount, number)
    requests: list[Request] = [QueryTrade(no), asked]

    for request in requests:
        known = Known(0, order_time=0, void=void, more={"colour": "of tomorrow"})
        call = gateway.heard(gateway.written(request, known))
        assert isinstance(call, Call), call
        if isinstance(request, AskRefund) and number is not None:
            request = attrs.evolve(request, out_trade_no="")  # nobody has paid as that number
        assert call.request == request


def test_a_refund_is_found_by_the_number_of_its_payment() -> None:
    gateway = Gateway().paid()
    request = AskRefund(NO, REFUND_NO, YUAN, "UP0001")

    call = gateway.heard(gateway.written(request))

    assert isinstance(call, Call), call
    assert call.request == request


CALLS: Final[dict[type[Request], Request]] = {
    QueryTrade: QueryTrade(NO),
    AskRefund: AskRefund(NO, REFUND_NO, YUAN, "UP0001"),
    QueryRefund: QueryRefund(NO, REFUND_NO),
}


@pytest.mark.parametrize("kind", CALLS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("meaning", [one for one in SAYABLE if one is not Meaning.OK])
def test_a_refusal_is_never_heard_as_surer_than_it_was(kind: type[Request], meaning: Meaning) -> None:
    """One code has several meanings here, so that the merchant hears the code, and what it leaves open."""
    gateway, request = Gateway(), CALLS[kind]
    said = Phrases(UNIONPAY).bare(kind, meaning)
    call = gateway.heard(gateway.written(request))
    assert isinstance(call, Call)

    heard = gateway.merchant.answer(request, gateway.channel.answer(call, said, gateway.stamp()))

    assert isinstance(heard, Answer)
    alike = [one for one in SAYABLE if UNIONPAY.code(one, kind).word == said.code]
    assert (heard.code, heard.at) == (said.code, 0)
    assert heard.meaning in alike
    assert heard.outcome is Outcome.UNKNOWN or said.outcome is Outcome.REFUSED
    if len(alike) == 1:
        assert heard == said.said_at(0)


MEANT = [
    (QueryTrade(NO), "34", Meaning.NO_SUCH_TRADE),
    (QueryRefund(NO, REFUND_NO), "34", Meaning.NO_SUCH_REFUND),
    (AskRefund(NO, REFUND_NO, YUAN, "UP0001"), "35", Meaning.NOT_PAID),
    (AskRefund(NO, REFUND_NO, YUAN, "UP0001"), "33", Meaning.OVER_BUDGET),
    (AskRefund(NO, REFUND_NO, YUAN, "UP0001"), "12", Meaning.OTHER_AMOUNT),
    (AskRefund(NO, REFUND_NO, YUAN, "UP0001"), "03", Meaning.SYSTEM_ERROR),
    (AskRefund(NO, REFUND_NO, YUAN, "UP0001"), "05", Meaning.SYSTEM_ERROR),
    (AskRefund(NO, REFUND_NO, YUAN, "UP0001"), "77", Meaning.SYSTEM_ERROR),
]


@pytest.mark.parametrize(("request_", "code", "meaning"), MEANT, ids=str)
def test_a_code_means_what_the_request_makes_likely(request_: Request, code: str, meaning: Meaning) -> None:
    gateway = Gateway()
    call = gateway.heard(gateway.written(request_))
    assert isinstance(call, Call)
    said = Answer(Outcome.REFUSED, Meaning.NO_SUCH_TRADE, code)

    heard = gateway.merchant.answer(request_, gateway.channel.answer(call, said, gateway.stamp()))

    assert isinstance(heard, Answer)
    assert heard.meaning is meaning
    if code in ("03", "05", "12", "77"):
        assert heard.outcome is Outcome.UNKNOWN


def test_what_unionpay_has_no_message_for_is_said_so() -> None:
    merchant, stamp = Gateway().merchant, Gateway().stamp()

    for request in (CloseTrade(NO), FetchFundBill(date(2026, 3, 1))):
        with pytest.raises(ValueError, match="no message at UnionPay"):
            merchant.request(request, stamp)
    with pytest.raises(ValueError, match="by its queryId or its txnTime"):
        merchant.request(AskRefund(NO, REFUND_NO, YUAN), stamp)
    with pytest.raises(ValueError, match="CNY only"):
        merchant.request(CreateTrade(NO, Money(1, "USD"), HOUR), stamp)


def as_told(answer: Answer) -> Answer:
    """What of a desk's answer can be known over the wire."""
    trade, refund = answer.trade, answer.refund
    if trade is not None:
        paid_at = None if trade.paid_at is None else trade.paid_at // SECOND * SECOND
        state = TradeState.PAID if trade.state is TradeState.RETURNED else trade.state
        trade = attrs.evolve(
            trade, state=state, paid_at=paid_at, returned=Money.zero("CNY"), payer_total=trade.amount
        )
    if refund is not None:
        refund = attrs.evolve(refund, payer_refund=refund.amount)
    at = None if answer.at is None else answer.at // SECOND * SECOND
    return attrs.evolve(answer, trade=trade, refund=refund, at=at)


def as_accepted(answer: Answer) -> Answer:
    """00 to a refund says that it is on its way, be it there already or not."""
    refund = answer.refund
    if refund is None:
        return answer
    return attrs.evolve(answer, refund=attrs.evolve(refund, state=RefundStatus.PROCESSING, status="05"))


ORDERS = ("P1-1", "T0010002")
REFUND_ENDS = st.sampled_from([RefundStatus.SUCCESS, RefundStatus.ABNORMAL, RefundStatus.CLOSED])
AMOUNTS = st.sampled_from([1, 100, 3_300, 9_900])
DEEDS = st.one_of(
    st.tuples(st.just("open"), st.sampled_from(ORDERS), st.just(0)),
    st.tuples(st.just("pay"), st.sampled_from(ORDERS), st.sampled_from([0, 500])),
    st.tuples(st.just("query"), st.sampled_from(ORDERS), st.just(0)),
    st.tuples(st.sampled_from(["refund", "void", "query refund"]), st.sampled_from(ORDERS), AMOUNTS),
    st.tuples(st.just("wait"), st.just(""), st.sampled_from([999, 7 * MINUTE, 3 * HOUR, 9 * HOUR])),
)


@settings(max_examples=150, deadline=None)
@given(deeds=st.lists(DEEDS, min_size=4, max_size=14), end=REFUND_ENDS)
def test_whatever_happens_the_merchant_hears_what_the_desk_said(
    deeds: list[tuple[str, str, int]], end: RefundStatus
) -> None:
    gateway = Gateway(attrs.evolve(UNIONPAY, refund_news_of=tuple(RefundStatus)))
    for deed, no, minor in [("pay", ORDERS[0], 500), *deeds]:
        if deed == "wait":
            gateway.now += minor
            for meant, post in gateway.posts():
                check_heard(meant, gateway.hears(post))
                gateway.desk.answered(meant.id, meant.send, Ack.positive(), gateway.now)
        elif deed in ("open", "pay"):
            known = attrs.evolve(gateway.known(QueryTrade(no)), reserved="")
            held = gateway.opened(no, known=known)
            gateway.desk.open(held, gateway.now)
            if deed == "pay":
                gateway.desk.pay(held, gateway.now, Money(minor, "CNY") if minor else None)
        else:
            check_answered(gateway, deed, request_of(gateway, deed, no, minor), end)


def request_of(gateway: Gateway, deed: str, no: str, minor: int) -> Request:
    if deed == "query":
        return QueryTrade(no)
    if deed == "query refund":
        return QueryRefund(no, f"{no}-R{minor}")
    trade = gateway.desk.trades.get(no)
    number = None if trade is None else trade.channel_number
    return AskRefund(no, f"{no}-{deed[0].upper()}{minor}", Money(minor, "CNY"), number)


def check_answered(gateway: Gateway, deed: str, request: Request, end: RefundStatus) -> None:
    """Ask over the wire, and hold what comes back against what the desk has said."""
    known = gateway.known(request, void=deed == "void")
    call = gateway.heard(gateway.written(request, known))
    if isinstance(call, HttpResponse):
        assert deed == "void"
        assert fields_of(call)["respCode"] == "35"
        return
    assert isinstance(call, Call), call
    around = Circumstances(refund=RefundFate(end))
    said = gateway.desk.handle(call.request, gateway.now, around).said_at(gateway.now)
    told = gateway.merchant.answer(request, gateway.channel.answer(call, said, gateway.stamp()), gateway.now)
    assert isinstance(told, Answer), told
    if said.outcome is Outcome.DONE:
        meant = as_accepted(said) if isinstance(request, AskRefund) else said
        assert as_told(told) == as_told(meant)
    else:
        assert told.at == gateway.now // SECOND * SECOND
        assert told.code == ("35" if deed == "void" and said.code == "33" else said.code)
        assert told.outcome is Outcome.UNKNOWN or said.outcome is Outcome.REFUSED


def check_heard(meant: Notification, heard: Notification | NotAuthentic) -> None:
    assert isinstance(heard, Notification), heard
    assert (heard.about, heard.mch_id) == (meant.about, meant.mch_id)
    told, really = heard.trade, meant.trade
    assert (told.out_trade_no, told.channel_number) == (really.out_trade_no, really.channel_number)
    if meant.refund is None:
        assert heard.id == f"01/{really.channel_number}"
        assert told.amount == really.amount
        assert told.paid_at == (really.paid_at or 0) // SECOND * SECOND
    else:
        assert heard.refund == attrs.evolve(meant.refund, payer_refund=meant.refund.amount)


def test_an_order_lives_in_unionpays_words() -> None:
    gateway = Gateway(now=90)
    query = gateway.written(QueryTrade(NO), Known(90))
    held = gateway.opened(known=Known(90, reserved="a|茶"))
    assert fields_of(gateway.exchanged(query))["respMsg"] == "查无此交易[2600000]"
    gateway.desk.open(held, 90)
    unpaid = fields_of(gateway.exchanged(query))
    gateway.now = 10 * HOUR  # midnight: the clearing day has ended
    gateway.desk.pay(held, 30 * MINUTE)

    told = fields_of(gateway.exchanged(query))

    assert (unpaid["respCode"], unpaid["origRespCode"], unpaid["settleAmt"]) == ("00", "05", "0")
    assert "queryId" not in unpaid
    assert (told["orderId"], told["queryId"]) == ("PTzP1z2d1", "UP0001")
    assert (told["origRespCode"], told["origRespMsg"]) == ("00", "成功[0000000]")
    assert (told["txnTime"], told["traceTime"], told["settleDate"]) == (
        "20260302140000",
        "0302143000",
        "0302",
    )
    assert (told["txnAmt"], told["currencyCode"], told["reqReserved"]) == ("9900", "156", "a|茶")
    assert (told["txnType"], told["txnSubType"], told["bizType"]) == ("01", "01", "000000")


@pytest.mark.parametrize(("hours", "day"), [(9, "0302"), (10, "0303")])
def test_the_clearing_day_is_that_of_the_bill(hours: int, day: str) -> None:
    gateway = Gateway(now=hours * HOUR).paid()

    assert fields_of(gateway.exchanged(gateway.written(QueryTrade(NO))))["settleDate"] == day


def test_a_query_names_the_time_of_the_order() -> None:
    gateway = Gateway().paid()

    right = gateway.asked(QueryTrade(NO), Known(0))
    wrong = gateway.asked(QueryTrade(NO), Known(SECOND))

    assert right.meaning is Meaning.OK
    assert wrong.meaning is Meaning.NO_SUCH_TRADE


def test_a_form_may_be_posted_twice_and_its_number_means_one_order() -> None:
    gateway = Gateway()
    form, order = gateway.opened(), CreateTrade(NO, PRICE, HOUR)

    assert gateway.opened() == form
    for other, known in (
        (order, Known(SECOND)),
        (attrs.evolve(order, amount=YUAN), Known(0)),
    ):
        response = gateway.heard(gateway.written(other, known))
        assert isinstance(response, HttpResponse)
        assert fields_of(response)["respCode"] == "12"


def test_a_form_that_says_nothing_of_its_end_lives_a_day() -> None:
    gateway = Gateway()
    fields = Known(0, more={})
    request = gateway.written(CreateTrade(NO, PRICE, HOUR), fields)
    said = dict(pair.split("=", 1) for pair in request.body.decode().split("&"))
    assert said["payTimeout"] == "20260302150000"

    unlimited = without(gateway, "payTimeout")

    assert isinstance(unlimited, Form)
    assert unlimited.credential.dead_at == DAY
    gateway.now = HOUR
    again = without(gateway, "payTimeout")
    assert isinstance(again, Form)
    assert again.credential.dead_at == DAY, "a repeat means the first"


def without(gateway: Gateway, name: str) -> Call | Form | HttpResponse:
    """The form of an order with one field less."""
    path, fields = gateway.merchant._unsigned(CreateTrade(NO, PRICE, HOUR), Known())
    usual = {"version": "5.1.0", "encoding": "UTF-8", "signMethod": "01", "accessType": "0"}
    usual |= {"merId": "777290000000001", "orderId": "PTzP1z2d1", "txnTime": "20260302140000"}
    kept = {one: value for one, value in {**usual, **fields}.items() if one != name}
    return gateway.heard(gateway.merchant.signed(path, kept))


def test_each_transaction_is_told_of_at_its_own_address() -> None:
    gateway = Gateway().paid(known=Known(0, back_url="https://m.example:8443/pay?shop=1"))
    asked = AskRefund(NO, REFUND_NO, YUAN, "UP0001")
    gateway.asked(asked, Known(0, back_url="https://m.example/refund"))
    gateway.now = 5 * MINUTE

    (_, paid), (_, returned) = gateway.posts()

    assert (paid.target, paid.header("Host")) == ("/pay?shop=1", "m.example:8443")
    assert returned.target == "/refund"
    assert isinstance(gateway.hears(paid), Notification), "what is in the address is not in the form"


def test_what_was_not_placed_over_this_wire_is_heard_nowhere() -> None:
    gateway = Gateway()
    held = UNIONPAY.credential(CreateTrade(NO, PRICE, HOUR), 0)
    gateway.desk.pay(held, 0)
    gateway.desk.handle(AskRefund(NO, REFUND_NO, YUAN), 0)
    gateway.now = 5 * MINUTE

    for meant, post in gateway.posts():
        assert gateway.channel.address_of(meant) == HEARD_NOWHERE
        assert isinstance(gateway.hears(post), Notification)
    assert gateway.asked(QueryTrade(NO)).trade is not None
    assert gateway.asked(QueryRefund(NO, REFUND_NO)).meaning is Meaning.OK


def test_a_success_with_a_defect_is_one() -> None:
    gateway = Gateway(attrs.evolve(UNIONPAY, trade_words={**UNIONPAY.trade_words, TradeState.PAID: "A6"}))
    gateway.paid()

    [(_, post)] = gateway.posts()

    heard = gateway.hears(post)
    assert isinstance(heard, Notification)
    assert heard.trade.state is TradeState.PAID


def test_a_trade_in_a_state_that_nobody_knows_is_unknown() -> None:
    gateway = Gateway(attrs.evolve(UNIONPAY, trade_words={**UNIONPAY.trade_words, TradeState.PAID: "03"}))

    answer = gateway.paid().asked(QueryTrade(NO))

    assert (answer.outcome, answer.code, answer.trade) == (Outcome.UNKNOWN, "03", None)


def test_every_send_of_a_ladder_is_the_same_form() -> None:
    gateway = Gateway().paid()
    [(first, post)] = gateway.posts()
    gateway.desk.answered(first.id, first.send, None, 0)
    gateway.now = MINUTE

    [(_, again)] = gateway.posts()

    assert again == post


def test_the_same_stamps_give_the_same_bytes() -> None:
    def bytes_of_a_run() -> list[HttpRequest | HttpResponse]:
        gateway = Gateway().paid()
        query = gateway.written(QueryTrade(NO))
        return [query, gateway.exchanged(query), *(post for _, post in gateway.posts())]

    assert bytes_of_a_run() == bytes_of_a_run()


@settings(deadline=None)
@given(at=st.integers(-3 * 365 * DAY, 3 * 365 * DAY), late=st.integers(-100 * DAY, 100 * DAY))
def test_a_time_without_a_year_is_that_of_the_nearest(at: int, late: int) -> None:
    calendar = Gateway().channel.calendar

    assert at_trace_time(calendar, trace_time(calendar, at), at + late) == at // SECOND * SECOND
