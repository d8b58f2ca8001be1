"""The files in which Alipay sends its bills: a ZIP of two tables in GBK, the sums before the details.

Each table stands between lines that begin with #, and what a spreadsheet would take for a number has a tab
behind it: so public parsers and their samples have it [S]. The names in the ZIP are in UTF-8, where real ones
are in GBK and do not say so; what GBK has no letter for becomes a ? [-].
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

import attrs

TABBED: Final = frozenset(
    {
        *("支付宝交易号", "商户订单号", "业务类型", "门店编号", "门店名称", "操作员", "终端号", "对方账户"),
        *("商家红包消费金额（元）", "退款批次号/请求号", "账务流水号", "业务流水号", "对方账号"),
    }
)
ENTRY_DATE: Final = (1980, 1, 1, 0, 0, 0)  # the same bill is the same file
BREAKS: Final = str.maketrans(dict.fromkeys(",\t\r\n", " "))
DASHES: Final = "-" * 40
LARGEST_TABLE: Final = 256 * 1024 * 1024  # bytes; a ZIP may promise any number


@attrs.frozen
class Table:
    """A head and its rows."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def lines(self) -> Iterator[str]:
        """The table as text."""
        yield ",".join(self.columns)
        for row in self.rows:
            fields = zip(self.columns, row, strict=True)
            yield ",".join(
                field.translate(BREAKS) + ("\t" if column in TABBED else "") for column, field in fields
            )


@attrs.frozen(kw_only=True)
class BillFile:
    """A bill of one account and day; `what` is 业务 or 账务, `ends` the lines that sum up the details."""

    what: str
    seller_id: str
    day: date
    made_at: datetime
    sums: Table
    details: Table
    ends: Sequence[str]

    def packed(self) -> bytes:
        """The ZIP."""
        made = f"#导出时间：[{self.made_at:%Y年%m月%d日 %H:%M:%S}]"
        tables = {
            f"{self.what}明细(汇总)": (*self._head("汇总列表"), *self.sums.lines(), made),
            f"{self.what}明细": (
                *(*self._head("明细列表"), *self.details.lines()),
                *(f"#{DASHES}{self.what}明细列表结束{DASHES}", *self.ends, made),
            ),
        }
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as file:
            for name, lines in tables.items():
                entry = zipfile.ZipInfo(f"{self.seller_id}0156_{self.day:%Y%m%d}_{name}.csv", ENTRY_DATE)
                entry.compress_type = zipfile.ZIP_DEFLATED
                file.writestr(entry, "".join(f"{line}\r\n" for line in lines).encode("gbk", "replace"))
        return content.getvalue()

    def _head(self, list: str) -> Sequence[str]:
        begin, end = (f"{day:%Y年%m月%d日} 00:00:00" for day in (self.day, self.day + timedelta(days=1)))
        return (
            f"#支付宝{self.what}明细查询",
            f"#账号：[{self.seller_id}0156]",
            f"#起始日期：[{begin}]   终止日期：[{end}]",
            f"#{DASHES}{self.what}{list}{DASHES}",
        )


def rows_of(content: bytes, columns: Sequence[str]) -> Iterator[Mapping[str, str]]:
    """The rows of the table with this head, as a merchant finds them; ValueError if there is none."""
    head = ",".join(columns)
    for text in _texts(content):
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        if lines and lines[0] == head:
            for line in lines[1:]:
                fields = [field.strip("\t") for field in line.split(",")]
                if len(fields) != len(columns):
                    raise ValueError(f"{len(fields)} fields where {len(columns)} were promised: {line}")
                yield dict(zip(columns, fields, strict=True))
            return
    raise ValueError("this is not a bill with these columns")


def _texts(content: bytes) -> Iterator[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            for entry in file.infolist():
                if entry.file_size > LARGEST_TABLE:
                    raise ValueError(
                        f"{entry.filename} has {entry.file_size} bytes, and {LARGEST_TABLE} is the most"
                    )
                yield file.read(entry).decode("gbk")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise ValueError(f"this is not a ZIP that can be read: {error}") from error
