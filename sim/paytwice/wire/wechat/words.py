"""WeChat Pay's sentences: what goes with a code, and with the state of a trade.

The codes are the profile's. Of the sentences, those of OTHER_AMOUNT, NUMBER_USED, NO_BALANCE and SYSTEM_ERROR
are as public error lists quote them [S]; for the others no source was found [-], and a merchant must not
depend on any.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from paytwice.channels.messages import Meaning, TradeState

SENTENCES: Final[Mapping[Meaning, str]] = {
    Meaning.ALREADY_PAID: "该订单已支付",
    Meaning.ALREADY_CLOSED: "该订单已关闭",
    Meaning.NO_SUCH_TRADE: "订单不存在",
    Meaning.NO_SUCH_REFUND: "退款单不存在",
    Meaning.NUMBER_USED: "商户订单号重复",
    Meaning.NOT_PAID: "该订单未支付，不能退款",
    Meaning.OVER_BUDGET: "申请退款金额超过订单可退金额",
    Meaning.OTHER_AMOUNT: "订单金额或退款金额与之前请求不一致，请核实后再试",
    Meaning.NO_BALANCE: "基本账户余额不足，请充值后重新发起",
    Meaning.TOO_SOON: "请求正在受理中，请查询或用原单号重试",
    Meaning.TOO_LATE: "已超过允许的期限",
    Meaning.TOO_MANY_PARTS: "该订单的退款次数已达上限",
    Meaning.NOT_ABNORMAL: "退款单状态不是退款异常",
    Meaning.NOT_READY: "账单生成中",
    Meaning.NOT_SUPPORTED: "参数错误",
    Meaning.BUSY: "频率超限，请稍后再试",
    Meaning.SYSTEM_ERROR: "系统异常，请用相同参数重新调用",
}

NO_BILL: Final = ("NO_STATEMENT_EXIST", "账单文件不存在")  # 400: nothing moved that day

STATE_SENTENCES: Final[Mapping[TradeState, str]] = {
    TradeState.UNPAID: "订单未支付",
    TradeState.PAID: "支付成功",
    TradeState.RETURNED: "订单发生过退款，退款详情请查询退款单",
    TradeState.CLOSED: "订单已关闭",
}
