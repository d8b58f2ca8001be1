"""UnionPay's sentences: what goes with a code, with the seven digits that say more, where a source has them.

The list is that of the specification's part 5 as client libraries quote it; the digits are from the demo's
pages and from recorded answers. A merchant must not depend on any of it but the code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SENTENCES: Final[Mapping[str, str]] = {
    "00": "成功[0000000]",
    "03": "交易通讯超时，请发起查询交易",
    "04": "交易状态未明，请查询对账结果[8090001]",
    "05": "交易已受理，请稍后查询交易结果[6154037]",
    "06": "系统繁忙，请稍后再试",
    "10": "报文格式错误[6100030]",
    "11": "Signature verification failed[9100004]",
    "12": "重复交易[2010002]",
    "13": "报文交易要素缺失",
    "30": "交易未通过，请尝试使用其他银联卡支付或联系95516",
    "32": "无此交易权限",
    "33": "交易金额超限",
    "34": "查无此交易[2600000]",
    "35": "原交易不存在或状态不正确[2040004]",
    "36": "与原交易信息不符[2050004]",
    "37": "已超过最大查询次数或操作过于频繁",
    "39": "交易不在受理时间范围内",
    "98": "文件不存在",
}

VOID_OF_A_PART: Final = "撤销类交易的交易金额与原交易不匹配[2050001]"
VOID_TOO_LATE: Final = "原交易状态不正确，不在同一清算日[2040006]"
VOIDED_BEFORE: Final = "原交易状态不正确[2050002]"
SUCCESSES: Final = frozenset({"00", "A6"})  # A6 is a success with a defect, which is one
