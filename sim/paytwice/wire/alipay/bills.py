"""What stands in Alipay's bills: the trade bill and the fund bill, in yuan.

Columns as public parsers and their samples have them, and that a refund is below zero [S]. Which sign a fee
has, what the fund bill calls each movement, and that all coupons are Alipay's: [-].
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

import attrs

from paytwice.calendar import Calendar
from paytwice.channels.messages import Bill, BillLine, FundBill, LineKind
from paytwice.channels.statements import FundKind, FundLine
from paytwice.wire.alipay.calls import Order
from paytwice.wire.alipay.files import BillFile, Table
from paytwice.wire.moments import plain_time
from paytwice.wire.numbers import ALIPAY_NUMBERS
from paytwice.wire.records import Records
from paytwice.wire.sums import yuan

TRADE_COLUMNS: Final = (
    *("支付宝交易号", "商户订单号", "业务类型", "商品名称", "创建时间", "完成时间", "门店编号", "门店名称"),
    *("操作员", "终端号", "对方账户", "订单金额（元）", "商家实收（元）", "支付宝红包（元）", "集分宝（元）"),
    *("支付宝优惠（元）", "商家优惠（元）", "券核销金额（元）", "券名称", "商家红包消费金额（元）"),
    *("卡消费金额（元）", "退款批次号/请求号", "服务费（元）", "分润（元）", "备注"),
)
TRADE_SUMS: Final = (
    *("门店编号", "门店名称", "交易订单总笔数", "退款订单总笔数", "订单金额（元）", "商家实收（元）"),
    *(
        "支付宝优惠（元）",
        "商家优惠（元）",
        "卡消费金额（元）",
        "服务费（元）",
        "分润（元）",
        "实收净额（元）",
    ),
)
FUND_COLUMNS: Final = (
    *("账务流水号", "业务流水号", "商户订单号", "商品名称", "发生时间", "对方账号", "收入金额（+元）"),
    *("支出金额（-元）", "账户余额（元）", "交易渠道", "业务类型", "备注"),
)
FUND_SUMS: Final = ("类型", "收入笔数", "收入金额（+元）", "支出笔数", "支出金额（-元）", "总金额（元）")
FUND_WORDS: Final[Mapping[FundKind, str]] = {
    FundKind.PAYMENT: "在线支付",
    FundKind.FEE: "收费",
    FundKind.REFUND: "交易退款",
    FundKind.FEE_RETURNED: "退费",
    FundKind.RELEASED: "其它",
}
BUYER: Final = "*买家(pay***@example.com)"
NOTHING: Final = yuan(0)


@attrs.frozen
class Writer:
    """Writes the bills of one application."""

    seller_id: str
    calendar: Calendar
    records: Records
    placed: Mapping[str, Order]

    def trade_bill(self, bill: Bill) -> bytes:
        """The ZIP of a trade bill."""
        fees = self.records.fees()
        paid, back = (
            [line for line in bill.lines if line.kind is kind] for kind in (LineKind.PAYMENT, LineKind.REFUND)
        )
        gain, loss = (sum(_signed(line) for line in lines) for lines in (paid, back))
        coupons, fee = sum(map(_coupon, bill.lines)), sum(_fee(line, fees) for line in bill.lines)
        sums = (
            *("合计", "", str(len(paid)), str(len(back)), yuan(gain + loss), yuan(gain + loss)),
            *(yuan(coupons), NOTHING, NOTHING, yuan(fee), NOTHING, yuan(gain + loss + fee)),
        )
        return BillFile(
            what="业务",
            seller_id=self.seller_id,
            day=bill.day,
            made_at=self._made_at(bill.day),
            sums=Table(TRADE_SUMS, [sums]),
            details=Table(TRADE_COLUMNS, [self._trade_row(line, _fee(line, fees)) for line in bill.lines]),
            ends=(
                f"#交易合计：{len(paid)}笔，商家实收共{yuan(gain)}元，商家优惠共0.00元",
                f"#退款合计：{len(back)}笔，商家实收退款共{yuan(loss)}元，商家优惠退款共0.00元",
            ),
        ).packed()

    def fund_bill(self, bill: FundBill) -> bytes:
        """The ZIP of a fund bill, each line with the balance after it."""
        changes = [line.amount.minor for line in bill.lines]
        balance, rows = bill.closing.minor - sum(changes), []
        for n, line in enumerate(bill.lines, start=1):
            balance += line.amount.minor
            rows.append(self._fund_row(line, balance, f"{bill.day:%Y%m%d}{n:06d}"))
        gains, losses = [one for one in changes if one > 0], [one for one in changes if one <= 0]
        gained, lost = (str(len(gains)), yuan(sum(gains))), (str(len(losses)), yuan(sum(losses)))
        return BillFile(
            what="账务",
            seller_id=self.seller_id,
            day=bill.day,
            made_at=self._made_at(bill.day),
            sums=Table(FUND_SUMS, [("合计", *gained, *lost, yuan(sum(changes)))]),
            details=Table(FUND_COLUMNS, rows),
            ends=(f"#支出合计：{lost[0]}笔，共{lost[1]}元", f"#收入合计：{gained[0]}笔，共{gained[1]}元"),
        ).packed()

    def _trade_row(self, line: BillLine, fee: int) -> Sequence[str]:
        trade = self.records.desk.trades.get(line.out_trade_no)
        kind = "交易" if line.kind is LineKind.PAYMENT else "退款"
        amount = yuan(_signed(line))
        return (
            *(line.channel_number, ALIPAY_NUMBERS.written(line.out_trade_no), kind),
            *(self._subject(line.out_trade_no), self._time(trade.created_at if trade else line.at)),
            *(self._time(line.at), "", "", "", "", BUYER, amount, amount, NOTHING, NOTHING),
            *(yuan(_coupon(line)), NOTHING, NOTHING, "", NOTHING, NOTHING, line.out_refund_no or ""),
            *(yuan(fee), NOTHING, ""),
        )

    def _fund_row(self, line: FundLine, balance: int, number: str) -> Sequence[str]:
        change = line.amount.minor
        return (
            *(number, line.channel_number, ALIPAY_NUMBERS.written(line.out_trade_no)),
            *(self._subject(line.out_trade_no), self._time(line.at), BUYER),
            *(yuan(max(change, 0)), yuan(min(change, 0)), yuan(balance), "支付宝", FUND_WORDS[line.kind]),
            line.out_refund_no or "",
        )

    def _subject(self, out_trade_no: str) -> str:
        order = self.placed.get(out_trade_no)
        return order.subject if order else ""

    def _time(self, at: int) -> str:
        return plain_time(self.calendar, at)

    def _made_at(self, day: date) -> datetime:
        """When the bill was made, of which it is a snapshot."""
        profile = self.records.desk.profile
        next_day = day + timedelta(days=1)
        at = self.calendar.ms_at(next_day, hour=profile.bill_hour, minute=profile.bill_minute)
        return self.calendar.moment(at)


def _signed(line: BillLine) -> int:
    return line.amount.minor if line.kind is LineKind.PAYMENT else -line.amount.minor


def _coupon(line: BillLine) -> int:
    coupon = line.amount.minor - line.payer_amount.minor
    return coupon if line.kind is LineKind.PAYMENT else -coupon


def _fee(line: BillLine, fees: Mapping[tuple[str, str | None], int]) -> int:
    """What the merchant pays of it, below zero, or gets back."""
    fee = fees.get((line.channel_number, line.out_refund_no), 0)
    return -fee if line.kind is LineKind.PAYMENT else fee
