"""The day's file of transactions: what the desk's bill says, in columns that the demo's parser can read."""

from __future__ import annotations

import base64
import io
import zipfile
import zlib
from datetime import date

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sim.wire.wiring_unionpay import CALENDAR, NO, PRICE, REFUND_NO, Gateway, fields_of

from paytwice.calendar import DAY, HOUR, MINUTE, SECOND
from paytwice.channels import AskRefund, Bill, FetchBill, LineKind, Meaning, Outcome
from paytwice.wire.doubts import NotAuthentic
from paytwice.wire.unionpay.bills import bill_of, line_of, packed, rows_of, unpacked
from paytwice.wire.unionpay.times import last_settle_date
from paytwice_core import Money

TODAY = date(2026, 3, 2)
# DemoBase.parseZMFile of the official demo.
WIDTHS = (
    *(3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2, 2, 6, 2, 4, 32, 1, 21, 15, 1),
    *(15, 32, 13, 13, 8, 32, 13, 13, 12, 2, 1, 32, 98),
)


def the_next_morning() -> Gateway:
    """A payment, a return of a part of it, a void of another, and a payment after midnight."""
    gateway = Gateway(now=90).paid().paid("T0010002")
    gateway.now = 2 * MINUTE + 90
    gateway.asked(AskRefund(NO, REFUND_NO, Money(3_300, "CNY"), "UP0001"))
    void = AskRefund("T0010002", "V0010002", PRICE, "UP0002")
    gateway.asked(void, gateway.known(void, void=True))
    gateway.now = 10 * HOUR
    gateway.paid("T0010003")
    gateway.now = 21 * HOUR
    return gateway


def in_seconds(bill: Bill) -> Bill:
    lines = (attrs.evolve(line, at=line.at // SECOND * SECOND) for line in bill.lines)
    return Bill(bill.day, tuple(lines))


@pytest.mark.parametrize("day", [TODAY, date(2026, 3, 1), date(2025, 3, 4)])
def test_the_merchant_reads_what_the_desk_has_written(day: date) -> None:
    gateway = the_next_morning()

    answer = gateway.asked(FetchBill(day))

    said = gateway.desk.handle(FetchBill(day), gateway.now)
    assert answer.bill is not None
    assert said.bill is not None
    assert answer.bill == in_seconds(said.bill)
    kinds = [line.kind for line in answer.bill.lines]
    assert kinds == ([LineKind.PAYMENT] * 2 + [LineKind.REFUND] * 2 if day == TODAY else [])


def test_the_file_is_one_that_the_demo_can_read() -> None:
    """Cut apart by its widths, one blank between."""
    gateway = the_next_morning()
    told = fields_of(gateway.exchanged(gateway.written(FetchBill(TODAY))))
    file = zlib.decompress(base64.b64decode(told["fileContent"]))
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        [name] = archive.namelist()
        lines = archive.read(name).decode().split("\r\n")

    rows = []
    for line in lines[:-1]:
        row, begin = [], 0
        for width in WIDTHS:
            row.append(line[begin : begin + width])
            begin += width + 1
        assert begin == len(line) + 1
        rows.append([field.strip() for field in row])

    assert (told["fileName"], told["settleDate"]) == ("777290000000001_20260302.zip", "0302")
    assert "ZM_" in name
    paid, _, part, void = rows
    assert [paid[n] for n in (4, 6, 9, 11, 19, 20, 21, 27)] == [
        *("0302140000", "000000009900", "UP0001", "PTzP1z2d1", "01", "01", "000201", "777290000000001"),
    ]
    assert [paid[n] for n in (15, 16, 32)] == ["D000000000059", "C000000009841", "C000000009841"]
    assert [part[n] for n in (9, 11, 14, 19, 26, 40)] == [
        *("UPR0001", "PTzP1z2d1z2dR1", "0302140000", "04", "UP0001", "PTzP1z2d1"),
    ]
    assert (part[13], part[6]) == (paid[3], "000000003300")
    assert (part[15][0], part[16][0]) == ("C", "D")
    assert (void[11], void[19]) == ("V0010002", "31")


def test_a_bill_is_not_there_before_the_morning() -> None:
    gateway = the_next_morning()
    gateway.now = 20 * HOUR - 1

    answer = gateway.asked(FetchBill(TODAY))

    assert (answer.outcome, answer.meaning, answer.code) == (Outcome.REFUSED, Meaning.NOT_READY, "98")


def test_a_file_of_another_day_is_none_of_this_one() -> None:
    gateway = the_next_morning()
    response = gateway.exchanged(gateway.written(FetchBill(date(2026, 3, 1))))

    answer = gateway.merchant.answer(FetchBill(TODAY), response)

    assert getattr(answer, "outcome", None) is Outcome.UNKNOWN
    assert getattr(answer, "bill", None) is None


@pytest.mark.parametrize(
    ("now", "text", "day"),
    [
        (0, "0302", date(2026, 3, 2)),
        (0, "0303", date(2025, 3, 3)),
        (0, "0229", date(2024, 2, 29)),
        (40 * DAY, "0303", date(2026, 3, 3)),
    ],
)
def test_a_day_without_a_year_is_the_last_one(now: int, text: str, day: date) -> None:
    assert last_settle_date(CALENDAR, text, now) == day


@pytest.mark.parametrize("text", ["", "0230", "1301", "0000", "３０２1", "302", "20260302"])
def test_a_day_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="day"):
        last_settle_date(CALENDAR, text, 0)


def test_the_same_bill_is_the_same_file() -> None:
    assert packed("INN_ZM_1", "content") == packed("INN_ZM_1", "content")
    assert unpacked(packed("INN_ZM_1", "content")) == "content"


def test_the_file_of_transactions_is_one_of_several() -> None:
    """A real ZIP has the ZME file beside it."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("INN26030288ZME_1", "other")
        archive.writestr("INN26030288ZM_1", "this")

    assert unpacked(base64.b64encode(zlib.compress(content.getvalue())).decode()) == "this"


SPOILED = (
    st.text(max_size=30)
    | st.binary(max_size=60).map(lambda data: base64.b64encode(data).decode())
    | st.binary(max_size=60).map(lambda data: base64.b64encode(zlib.compress(data)).decode())
    | st.text(max_size=30).map(lambda text: packed("INN_ZM_1", text))
    | st.text("0123456789", max_size=12).map(lambda n: packed("INN_ZM_1", line_of({"交易金额": n})))
    | st.just(packed("INN", ""))
)


@settings(deadline=None)
@given(sent=SPOILED)
def test_whatever_is_no_bill_is_a_value_error(sent: str) -> None:
    """It is signed all the same; a client says that it cannot read it."""
    try:
        bill = bill_of(TODAY, sent, CALENDAR)
    except ValueError:
        return
    assert bill.lines == ()


def test_a_line_of_another_length_is_told() -> None:
    with pytest.raises(ValueError, match="has 607 characters, and this one 3"):
        list(rows_of("abc"))


def test_a_bill_that_cannot_be_read_is_not_authentic() -> None:
    gateway = the_next_morning()
    gateway.channel._bills = Garbled()  # type: ignore[assignment]  # a writer of rubbish

    response = gateway.exchanged(gateway.written(FetchBill(TODAY)))

    assert isinstance(gateway.merchant.answer(FetchBill(TODAY), response), NotAuthentic)


class Garbled:
    def fields(self, _bill: Bill) -> dict[str, str]:
        return {"settleDate": "0302", "fileContent": "AAAA"}
