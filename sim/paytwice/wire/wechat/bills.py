"""Bills as files: a table of details and one line of sums, every field of them behind a backquote.

The trade bill: pay.weixin.qq.com/docs/merchant/products/bill-download/format-trade.html, ALL. The columns of
the fund bill are as public parsers and their samples have them [S]. Both are in yuan, with line ends of
Windows. SUCCESS and REFUND have columns of their own there, which no source showed: here they are the ALL
file with fewer lines [-]. So is that a comma in a description becomes a blank, that a fee given back is a
line of its own, and what the fund bill calls each movement [-].
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final

import attrs

from paytwice.calendar import Calendar
from paytwice.channels.messages import Bill, BillLine, FundBill, LineKind
from paytwice.channels.statements import FundKind, FundLine
from paytwice.wire.numbers import WECHAT_NUMBERS
from paytwice.wire.records import Records
from paytwice.wire.sums import yuan
from paytwice.wire.wechat.calls import Prepay

TRADE_COLUMNS: Final = (
    *("交易时间", "公众账号ID", "商户号", "特约商户号", "设备号", "微信订单号", "商户订单号", "用户标识"),
    *("交易类型", "交易状态", "付款银行", "货币种类", "应结订单金额", "代金券金额", "微信退款单号"),
    *("商户退款单号", "退款金额", "充值券退款金额", "退款类型", "退款状态", "商品名称", "商户数据包"),
    *("手续费", "费率", "订单金额", "申请退款金额", "费率备注"),
)
TRADE_SUMS: Final = (
    *("总交易单数", "应结订单总金额", "退款总金额", "充值券退款总金额", "手续费总金额", "订单总金额"),
    "申请退款总金额",
)
FUND_COLUMNS: Final = (
    *("记账时间", "微信支付业务单号", "资金流水单号", "业务名称", "业务类型", "收支类型", "收支金额(元)"),
    *("账户结余(元)", "资金变更提交申请人", "备注", "业务凭证号"),
)
FUND_SUMS: Final = ("资金流水总笔数", "收入笔数", "收入金额", "支出笔数", "支出金额")
FUND_WORDS: Final[Mapping[FundKind, tuple[str, str]]] = {  # the name of the business, and its type
    FundKind.PAYMENT: ("交易", "交易"),
    FundKind.FEE: ("交易", "扣除交易手续费"),
    FundKind.REFUND: ("退款", "退款"),
    FundKind.FEE_RETURNED: ("退款", "退还交易手续费"),
    FundKind.RELEASED: ("退款", "退款关闭"),
}
OF_A_REFUND: Final = (FundKind.REFUND, FundKind.FEE_RETURNED, FundKind.RELEASED)
BREAKS: Final = str.maketrans(dict.fromkeys(',`\r\n"', " "))


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A header, and rows whose fields are marked so that no spreadsheet rounds them."""
    lines = [",".join(columns)]
    lines += [",".join(f"`{field.translate(BREAKS)}" for field in row) for row in rows]
    return "".join(f"{line}\r\n" for line in lines)


def rows_of(content: str, columns: Sequence[str]) -> Iterator[Mapping[str, str]]:
    """The details of a file, by column, as a merchant reads them; ValueError if it is not such a file."""
    lines = content.split("\r\n")
    if lines[0] != ",".join(columns) or len(lines) < 4:
        raise ValueError("this is not a bill with these columns")
    for line in lines[1:-3]:
        fields = [field.removeprefix("`") for field in line.split(",")]
        if len(fields) != len(columns):
            raise ValueError(f"{len(fields)} fields where {len(columns)} were promised: {line}")
        yield dict(zip(columns, fields, strict=True))


@attrs.frozen
class Writer:
    """Writes the bills of one account."""

    app_id: str
    mch_id: str
    calendar: Calendar
    records: Records
    placed: Mapping[str, Prepay]

    def trade_bill(self, bill: Bill, type: str = "ALL") -> bytes:
        """The file of a trade bill; `type` SUCCESS leaves out refunds, REFUND payments."""
        wanted = {"SUCCESS": (LineKind.PAYMENT,), "REFUND": (LineKind.REFUND,)}.get(type, tuple(LineKind))
        lines = [line for line in bill.lines if line.kind in wanted]
        fees = self.records.fees()
        paid = [line for line in lines if line.kind is LineKind.PAYMENT]
        back = [line for line in lines if line.kind is LineKind.REFUND]
        total, returned = _sum(paid), _sum(back)
        coupons = returned - sum(line.payer_amount.minor for line in back)
        fee = sum(_fee(line, fees) for line in lines)
        sums = (
            *(str(len(lines)), yuan(total), yuan(returned), yuan(coupons), f"{yuan(fee)}000"),
            *(yuan(total), yuan(returned)),
        )
        details = table(TRADE_COLUMNS, (self._trade_row(line, _fee(line, fees), bill) for line in lines))
        return (details + table(TRADE_SUMS, [sums])).encode()

    def fund_bill(self, bill: FundBill) -> bytes:
        """The file of a fund bill, each line with the balance after it."""
        balance = bill.closing.minor - sum(line.amount.minor for line in bill.lines)
        rows = []
        for n, line in enumerate(bill.lines, start=1):
            balance += line.amount.minor
            rows.append(self._fund_row(line, balance, f"{bill.day:%Y%m%d}{n:06d}"))
        gains = [line.amount.minor for line in bill.lines if line.amount.minor > 0]
        losses = [-line.amount.minor for line in bill.lines if line.amount.minor <= 0]
        sums = (
            *(str(len(rows)), str(len(gains)), yuan(sum(gains))),
            *(str(len(losses)), yuan(sum(losses))),
        )
        return (table(FUND_COLUMNS, rows) + table(FUND_SUMS, [sums])).encode()

    def _trade_row(self, line: BillLine, fee: int, bill: Bill) -> Sequence[str]:
        prepay = self.placed.get(line.out_trade_no)
        is_payment = line.kind is LineKind.PAYMENT
        amount, coupon = line.amount.minor, line.amount.minor - line.payer_amount.minor
        refund_no = line.out_refund_no or ""
        refund = None if is_payment else self.records.refund(line.out_trade_no, refund_no)
        told = refund.as_of(self._made_at(bill)) if refund is not None else None
        return (
            *(self._time(line.at), self.app_id, self.mch_id, "0", "", line.channel_number),
            *(WECHAT_NUMBERS.written(line.out_trade_no), payer_of(line.out_trade_no, prepay)),
            *(prepay.trade_type if prepay else "NATIVE", "SUCCESS" if is_payment else "REFUND", "OTHERS"),
            *(line.amount.currency, yuan(amount if is_payment else 0), yuan(coupon if is_payment else 0)),
            *("0" if refund is None else refund.number, "0" if is_payment else refund_no),
            *(yuan(0 if is_payment else amount), yuan(0 if is_payment else coupon)),
            *("" if is_payment else "ORIGINAL", "" if told is None else told.status),
            *(prepay.description if prepay else "", prepay.attach if prepay else ""),
            *(f"{yuan(fee)}000", f"{yuan(self.records.desk.profile.fee_rate // 100)}%"),
            *(yuan(amount if is_payment else 0), yuan(0 if is_payment else amount), ""),
        )

    def _fund_row(self, line: FundLine, balance: int, number: str) -> Sequence[str]:
        name, type = FUND_WORDS[line.kind]
        order = WECHAT_NUMBERS.written(line.out_trade_no)
        refund = None
        if line.kind in OF_A_REFUND and line.out_refund_no is not None:
            refund = self.records.refund(line.out_trade_no, line.out_refund_no)
        return (
            *(self._time(line.at), line.channel_number if refund is None else refund.number, number),
            *(name, type, "收入" if line.amount.minor > 0 else "支出", yuan(abs(line.amount.minor))),
            *(yuan(balance), f"{self.mch_id}API", order),
            line.out_refund_no or order,
        )

    def _made_at(self, bill: Bill) -> int:
        """When the bill was made, of which it is a snapshot."""
        profile = self.records.desk.profile
        next_day = bill.day + timedelta(days=1)
        return self.calendar.ms_at(next_day, hour=profile.bill_hour, minute=profile.bill_minute)

    def _time(self, at: int) -> str:
        return f"{self.calendar.moment(at):%Y-%m-%d %H:%M:%S}"


def payer_of(out_trade_no: str, prepay: Prepay | None) -> str:
    """The openid of who paid; where the merchant named none, one that follows from the order."""
    return (prepay.openid if prepay else None) or f"o-{out_trade_no}"


def _sum(lines: Iterable[BillLine]) -> int:
    return sum(line.amount.minor for line in lines)


def _fee(line: BillLine, fees: Mapping[tuple[str, str | None], int]) -> int:
    fee = fees.get((line.channel_number, line.out_refund_no), 0)
    return fee if line.kind is LineKind.PAYMENT else -fee
