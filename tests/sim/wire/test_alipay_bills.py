"""Alipay's bills: an address for half a minute, a ZIP, and in it what the desk has on its books."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sim.wire.wiring_alipay import CALENDAR, Counter

from paytwice.calendar import HOUR, MINUTE, SECOND
from paytwice.channels import AskRefund, Circumstances, FetchBill, FetchFundBill, Meaning, Mishap
from paytwice.wire.alipay.bills import FUND_COLUMNS, TRADE_COLUMNS
from paytwice.wire.alipay.channel import DOWNLOAD
from paytwice.wire.alipay.files import rows_of
from paytwice.wire.alipay.hearing import bill_of
from paytwice.wire.http import HttpResponse
from paytwice_core import Money

BILL = "alipay.data.dataservice.bill.downloadurl.query"
DAY = date(2026, 3, 2)


def the_next_morning() -> Counter:
    counter = Counter()
    counter.paid()
    counter.now = MINUTE
    told = counter.asked(
        "alipay.trade.precreate", out_trade_no="PT_P1_2d1", total_amount="50.00", subject="茶, 🍵"
    )
    assert counter.desk.pay(counter.channel.credentials[told["qr_code"]], MINUTE, Money(500, "CNY")).accepted
    counter.heard(AskRefund("P1-1", "P1-R1", Money(2_000, "CNY")))
    counter.now = 20 * HOUR
    counter.desk.act(counter.now)
    return counter


def fetched(counter: Counter, request: FetchBill | FetchFundBill) -> HttpResponse:
    sent = counter.merchant.request(request, counter.stamp())
    told: Any = counter.merchant.node(BILL, counter.exchanged(sent))
    return counter.exchanged(counter.merchant.download(told["bill_download_url"]))


def test_the_trade_bill_says_what_the_desk_says() -> None:
    counter = the_next_morning()

    bill = bill_of(DAY, fetched(counter, FetchBill(DAY)).body, CALENDAR)

    assert len(bill.lines) == 3
    assert bill == counter.desk.handle(FetchBill(DAY), counter.now).bill


def test_the_fund_bill_ends_with_the_balance() -> None:
    counter = the_next_morning()
    bill = counter.desk.handle(FetchFundBill(DAY), counter.now).fund_bill
    assert bill is not None

    rows = list(rows_of(fetched(counter, FetchFundBill(DAY)).body, FUND_COLUMNS))

    told = [(row["收入金额（+元）"], row["支出金额（-元）"]) for row in rows]
    changes = [Money.parse(f"{one} CNY").minor + Money.parse(f"{other} CNY").minor for one, other in told]
    assert changes == [line.amount.minor for line in bill.lines]
    assert Money.parse(f"{rows[-1]['账户余额（元）']} CNY") == bill.closing


def test_the_file_looks_as_parsers_of_real_ones_expect_it() -> None:
    content = fetched(the_next_morning(), FetchBill(DAY)).body
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        names = file.namelist()
        sums, details = (file.read(name).decode("gbk").split("\r\n") for name in names)

    assert names == [
        "20880000000000010156_20260302_业务明细(汇总).csv",
        "20880000000000010156_20260302_业务明细.csv",
    ]
    assert details[:3] == [
        "#支付宝业务明细查询",
        "#账号：[20880000000000010156]",
        "#起始日期：[2026年03月02日 00:00:00]   终止日期：[2026年03月03日 00:00:00]",
    ]
    assert details[4] == ",".join(TRADE_COLUMNS)
    payment, refund = details[6:8]
    assert payment.startswith("AL0002\t,PT_P1_2d1\t,交易\t,茶  ?,2026-03-02 14:01:00,2026-03-02 14:01:00,")
    assert ",50.00,50.00,0.00,0.00,5.00," in payment
    assert ",-20.00,-20.00,0.00,0.00,-2.00," in refund
    assert refund.endswith(",P1-R1\t,0.12,0.00,")
    assert details[9:11] == [
        "#交易合计：2笔，商家实收共149.00元，商家优惠共0.00元",
        "#退款合计：1笔，商家实收退款共-20.00元，商家优惠退款共0.00元",
    ]
    assert sums[5] == "合计\t,\t,2,1,129.00,129.00,3.00,0.00,0.00,-0.77,0.00,128.23"


def test_the_same_bill_is_the_same_file() -> None:
    assert fetched(the_next_morning(), FetchBill(DAY)) == fetched(the_next_morning(), FetchBill(DAY))


def test_an_address_lives_half_a_minute() -> None:
    counter = the_next_morning()
    told = counter.asked(BILL, bill_type="trade", bill_date=DAY.isoformat())
    download = counter.merchant.download(told["bill_download_url"])
    counter.asked(BILL, bill_type="signcustomer", bill_date=DAY.isoformat())  # another one ends none
    counter.now += 30 * SECOND
    assert counter.exchanged(download).status == 200
    counter.now += 1

    assert counter.exchanged(download).status == 404


def test_a_file_that_cannot_be_had_now_is_no_answer_of_the_gateway() -> None:
    counter = the_next_morning()
    told = counter.asked(BILL, bill_type="trade", bill_date=DAY.isoformat())
    call = counter.reached(counter.merchant.download(told["bill_download_url"]))
    busy = Circumstances(mishap=Mishap.BEFORE)

    response = counter.channel.answer(
        call, counter.desk.handle(call.request, counter.now, busy), counter.stamp()
    )

    assert (response.status, response.body) == (500, b"")


@pytest.mark.parametrize("query", ["", "token=", "token=x", "x"])
def test_nobody_gets_a_bill_by_an_address_made_up(query: str) -> None:
    counter = the_next_morning()

    assert counter.exchanged(counter.merchant.download(f"https://x{DOWNLOAD}?{query}")).status == 404


@pytest.mark.parametrize("day", [date(2026, 3, 1), date(2026, 3, 3)])
def test_a_day_without_movements_has_no_bill_as_one_that_is_not_over(day: date) -> None:
    """One word for both: a merchant that has to know must count its own payments."""
    answer = the_next_morning().heard(FetchBill(day))

    assert (answer.meaning, answer.code) == (Meaning.NOT_READY, "isp.bill_not_exist")


@cache
def a_bill() -> bytes:
    return fetched(the_next_morning(), FetchBill(DAY)).body


@given(content=st.binary(max_size=60), cut=st.integers(1, 400))
def test_what_is_not_a_bill_is_a_value_error(content: bytes, cut: int) -> None:
    bill = a_bill()
    for spoiled in (content, bill[:-cut], bill[cut:-1]):
        with pytest.raises(ValueError, match=r"ZIP|columns|fields|decode"):
            bill_of(DAY, spoiled, CALENDAR)


def test_a_fund_bill_is_no_trade_bill() -> None:
    with pytest.raises(ValueError, match="not a bill with these columns"):
        bill_of(DAY, fetched(the_next_morning(), FetchFundBill(DAY)).body, CALENDAR)
