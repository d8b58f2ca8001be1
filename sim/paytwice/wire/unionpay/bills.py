"""The bill of a day as a file: one line of fixed columns for each transaction (商户一般交易明细流水文件, ZM).

The file is in a ZIP, which is compressed once more and goes in an answer in base64 (the official SDK's
`deCodeFileContent`). The columns and their widths are those of `parseZMFile` in the demo, their names and
formats of part 3 of the specification as a public parser quotes it [S]. What no source tells stays blank;
which sign a fee has, and that an orderId of more than the 32 characters that the column has is cut: [-].
"""

from __future__ import annotations

import io
import zipfile
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

import attrs

from paytwice.calendar import Calendar
from paytwice.channels.messages import Bill, BillLine, LineKind
from paytwice.wire.numbers import UNIONPAY_NUMBERS
from paytwice.wire.records import Records
from paytwice.wire.unionpay.calls import CONSUME, RETURN, Placed
from paytwice.wire.unionpay.times import at_trace_time, trace_number, trace_time
from paytwice_core import Money

WIDTHS: Final = (
    *(("交易代码", 3), ("代理机构标识码", 11), ("发送机构标识码", 11), ("系统跟踪号", 6)),
    *(("交易传输时间", 10), ("帐号", 19), ("交易金额", 12), ("商户类别", 4), ("终端类型", 2)),
    *(("查询流水号", 21), ("支付方式（旧）", 2), ("商户订单号", 32), ("支付卡类型", 2)),
    *(("原始交易的系统跟踪号", 6), ("原始交易日期时间", 10), ("商户手续费", 13), ("结算金额", 13)),
    *(("支付方式", 4), ("集团商户代码", 15), ("交易类型", 2), ("交易子类", 2), ("业务类型", 6)),
    *(("帐号类型", 2), ("账单类型", 4), ("账单号码", 32), ("交互方式", 1), ("原交易查询流水号", 21)),
    *(("商户代码", 15), ("分账入账方式", 1), ("二级商户代码", 15), ("二级商户简称", 32)),
    *(("二级商户分账入账金额", 13), ("清算净额", 13), ("终端号", 8), ("商户自定义域", 32)),
    *(("优惠金额", 13), ("发票金额", 13), ("分期付款附加手续费", 12), ("分期付款期数", 2), ("交易介质", 1)),
    *(("原始交易订单号", 32), ("保留使用", 98)),
)
COLUMNS: Final[Mapping[str, int]] = dict(WIDTHS)
ENTRY_DATE: Final = (1980, 1, 1, 0, 0, 0)  # the same bill is the same file
LARGEST: Final = 256 * 1024 * 1024  # bytes of a file; something compressed may promise any number


@attrs.frozen
class Writer:
    """Writes the bills of one account."""

    mer_id: str
    calendar: Calendar
    records: Records
    placed: Mapping[str, Placed]

    def fields(self, bill: Bill) -> dict[str, str]:
        """What an answer says of a bill, the file in it."""
        fees = self.records.fees()
        rows = [self._row(line, abs(fees.get(_key(line), 0))) for line in bill.lines]
        name = f"INN{bill.day:%y%m%d}88ZM_{self.mer_id}"
        return {
            "fileType": "00",
            "settleDate": f"{bill.day:%m%d}",
            "fileName": f"{self.mer_id}_{bill.day:%Y%m%d}.zip",
            "fileContent": packed(name, "".join(f"{line_of(row)}\r\n" for row in rows)),
        }

    def _row(self, line: BillLine, fee: int) -> dict[str, str]:
        minor = line.amount.minor
        row = {
            "交易传输时间": trace_time(self.calendar, line.at),
            "交易金额": f"{minor:012d}",
            "业务类型": "000201",
            "商户代码": self.mer_id,
        }
        if line.out_refund_no is None:
            row |= self._names(CONSUME, "01", line.out_trade_no, line.channel_number)
            return row | _sums("C", minor, fee)
        refund = self.records.refund(line.out_trade_no, line.out_refund_no)
        paid_at = None if refund is None else self.records.paid_at(refund)
        placed = self.placed.get(UNIONPAY_NUMBERS.written(line.out_refund_no))
        kind = placed.txn_type if placed else RETURN
        row |= self._names(kind, "00", line.out_refund_no, "" if refund is None else refund.number)
        return row | {
            "原交易查询流水号": line.channel_number,
            "原始交易的系统跟踪号": trace_number(line.channel_number),
            "原始交易日期时间": "" if paid_at is None else trace_time(self.calendar, paid_at),
            "原始交易订单号": UNIONPAY_NUMBERS.written(line.out_trade_no),
            **_sums("D", minor, fee),
        }

    def _names(self, kind: str, subtype: str, number: str, query_id: str) -> dict[str, str]:
        return {
            "交易类型": kind,
            "交易子类": subtype,
            "商户订单号": UNIONPAY_NUMBERS.written(number),
            "查询流水号": query_id,
            "系统跟踪号": trace_number(query_id),
        }


def line_of(row: Mapping[str, str]) -> str:
    """One line: every column as wide as it is, with a blank between."""
    return " ".join(row.get(name, "")[:width].ljust(width) for name, width in COLUMNS.items())


def rows_of(content: str) -> Iterator[dict[str, str]]:
    """The lines of a file, by column, as a merchant reads them; ValueError if it is not such a file."""
    wide = sum(COLUMNS.values()) + len(COLUMNS) - 1
    for line in content.splitlines():
        if len(line) != wide:
            raise ValueError(f"a line of a bill has {wide} characters, and this one {len(line)}")
        row, begin = {}, 0
        for name, width in COLUMNS.items():
            row[name] = line[begin : begin + width].strip()
            begin += width + 1
        yield row


def packed(name: str, content: str) -> str:
    """A file as an answer carries it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        entry = zipfile.ZipInfo(name, ENTRY_DATE)
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, content.encode("ascii", "replace"))
    return b64encode(zlib.compress(file.getvalue())).decode()


def unpacked(sent: str) -> str:
    """The file of transactions in an answer; ValueError if there is none that can be read."""
    try:
        opened = zlib.decompressobj().decompress(b64decode(sent, validate=True), LARGEST)
        with zipfile.ZipFile(io.BytesIO(opened)) as archive:
            [entry] = [one for one in archive.infolist() if "ZM_" in one.filename]
            with archive.open(entry) as file:
                return file.read(LARGEST).decode("ascii")
    except (zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise ValueError(f"this is no bill: {error}") from error


def bill_of(day: date, sent: str, calendar: Calendar) -> Bill:
    """The movements in a bill; ValueError or KeyError if it is none."""
    near = calendar.ms_at(day)
    return Bill(day, tuple(_line(row, calendar, near) for row in rows_of(unpacked(sent))))


def _line(row: Mapping[str, str], calendar: Calendar, near: int) -> BillLine:
    amount, at = Money(int(row["交易金额"]), "CNY"), at_trace_time(calendar, row["交易传输时间"], near)
    number = UNIONPAY_NUMBERS.meant(row["商户订单号"])
    if row["交易类型"] == CONSUME:
        return BillLine(LineKind.PAYMENT, number, row["查询流水号"], amount, at)
    order = UNIONPAY_NUMBERS.meant(row["原始交易订单号"])
    return BillLine(LineKind.REFUND, order, row["原交易查询流水号"], amount, at, number)


def _sums(sign: str, minor: int, fee: int) -> dict[str, str]:
    """C is to the merchant's credit, D to its debit; a fee goes the other way than what it is of."""
    other = "D" if sign == "C" else "C"
    settled = f"{sign}{minor - fee:012d}"
    return {"商户手续费": f"{other}{fee:012d}", "结算金额": settled, "清算净额": settled}


def _key(line: BillLine) -> tuple[str, str | None]:
    return line.channel_number, line.out_refund_no
