"""What pictures say in Chinese: the trade's own words for lanes, messages, states and money.

Words are put in place of words, so that numbers, amounts and what a merchant says of itself stay as they are.
What has no entry here stays English, which a test looks for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

import attrs

from paytwice.pictures.model import Note, Picture, Tone

# Longer phrases are looked for first.
CHINESE: Final[Mapping[str, str]] = {
    # who takes part
    "Customer": "顾客",
    "Merchant": "商户",
    "WeChat Pay": "微信支付",
    "Alipay": "支付宝",
    "UnionPay": "银联",
    "wechat": "微信",
    "alipay": "支付宝",
    "unionpay": "银联",
    # what customers do, and what they are told
    "orders": "提交订单",
    "wants to pay": "发起支付",
    "chooses": "选择",
    "confirms": "确认付款",
    "looks at the pay page": "查看支付结果",
    "opens the cashier": "打开收银台",
    "asks for money back": "申请退款",
    "cancels": "取消订单",
    "again": "再次",
    "can pay now": "可以付款",
    "cannot pay": "不能付款",
    "cannot be paid": "无法付款",
    "is told": "得知",
    "refused": "被拒绝",
    "paid": "已支付",
    "ok": "成功",
    # what merchants and channels say
    "create": "下单",
    "created": "已下单",
    "query": "查单",
    "close": "关单",
    "closed": "已关单",
    "refund": "退款",
    "query refund": "查询退款",
    "abnormal refund to another card": "异常退款改卡",
    "fetch bill of": "下载对账单",
    "the bill": "对账单",
    "notify": "支付通知",
    "refund-notify": "退款通知",
    "ack": "应答成功",
    "no ack": "未应答",
    "answer": "应答",
    # states
    "OPEN": "待支付",
    "PAID": "已支付",
    "CLOSED": "已关闭",
    "PENDING": "处理中",
    "DONE": "已退款",
    "NEEDS_PERSON": "待人工处理",
    "VOID": "已作废",
    "PROCESSING": "退款处理中",
    "ABNORMAL": "退款异常",
    "REFUND_CLOSED": "退款关闭",
    "REFUSED": "被拒绝",
    "UNPAID": "未支付",
    "NOTPAY": "未支付",
    "SUCCESS": "成功",
    "ACCEPTED": "已受理",
    "by": "由",
    "of": "来自",
    "is": "为",
    # money and goods
    "captured": "扣款",
    "returned": "退回",
    "took late": "逾期扣款",
    "gave back": "退还",
    "to the merchant's own card": "退至商户账户",
    "ships goods": "发货",
    "reserves goods": "占用库存",
    "releases goods": "释放库存",
    # trouble
    "LOST": "丢失",
    "one copy LOST": "一份丢失",
    "doubled": "重复发送",
    "held": "滞留",
    "late": "迟到",
    "takes": "耗时",
    "up to": "最多",
    "process is down": "进程宕机",
    "process down for": "进程宕机",
    "down for": "宕机",
    "hangs for": "无响应",
    "cut off for": "断开",
    "customer's way to": "顾客去往",
    "customer's way from": "顾客来自",
    "customer's link to": "顾客连接",
    "way to": "去往",
    "way from": "来自",
    "on its way at the end": "结束时仍在途中",
    "and": "及",
    "more like these": "条类似消息",
    "outages": "次故障",
    "outage": "次故障",
    "ALARM": "告警",
    "BROKEN": "违反",
    "raises": "抛出异常",
    "at the console": "商户后台操作",
    "fails at": "故障于",
    "for": "持续",
    "has nothing to pay with": "无可用支付方式",
    "uses a coupon at": "使用优惠券",
    "coupon": "优惠券",
    "console": "商户后台",
    "forged": "伪造",
    "for another merchant": "属于其他商户",
    "for another app": "属于其他应用",
    "is paid in": "退款资金充值",
    "for refunds": "用于退款",
    "is busy": "系统繁忙",
    "clock": "时钟",
    "ahead": "偏快",
    "behind": "偏慢",
    "set right": "已校准",
    # the legend, and what stands under the title
    "request or notification": "请求或通知",
    "copy made by the network": "网络产生的副本",
    "held by the network": "被网络滞留",
    "did not get through": "未送达",
    "quiet time, folded": "无事发生，已折叠",
    "violated": "违反承诺",
    "unknown": "无法判定",
    "nothing was captured": "没有扣款",
    "keeps": "留存",
    "and keeps it": "并留存",
    "and returned it": "并已退回",
    "too late": "逾期",
    "took": "扣款",
    "gave": "退还",
    "back": "",
    "has not given it back": "尚未退还",
    "sent": "转入",
    "shown": "所示",
    "order": "订单",
    "to": "至",
    "where nothing happens": "其间无事发生",
}
_WORDS: Final = re.compile(
    r"(?<![\w-])(?:" + "|".join(sorted(map(re.escape, CHINESE), key=len, reverse=True)) + r")(?![\w-])"
)
_IN_OWN_WORDS: Final = re.compile(r"((?:cannot pay|refused): )(.*?)((?: ×\d+)?(?: · .*)?)$")


def chinese(text: str) -> str:
    """A text of a picture in Chinese, as far as there are words for it; a merchant's own words are kept."""
    head, own, rest = text, "", ""
    if found := _IN_OWN_WORDS.search(text):
        head, own, rest = text[: found.start()] + found[1], found[2], found[3]
    return f"{_put(head)}{own}{_put(rest)}"


def _put(text: str) -> str:
    return _WORDS.sub(lambda found: CHINESE[found[0]], text)


def english(text: str) -> str:
    """A text as it is."""
    return text


LANGUAGES: Final[Mapping[str, Callable[[str], str]]] = {"en": english, "zh": chinese}


def translated(picture: Picture) -> Picture:
    """A picture whose lanes, notes and conclusion speak its language; a title is its author's.

    What a merchant says in words of its own stays as it is said.
    """
    say = LANGUAGES[picture.language]
    return attrs.evolve(
        picture,
        conclusion=say(picture.conclusion),
        lanes=tuple(attrs.evolve(one, title=say(one.title)) for one in picture.lanes),
        notes=tuple(_note(one, say) for one in picture.notes),
        spans=tuple(attrs.evolve(one, text=say(one.text)) for one in picture.spans),
    )


def _note(note: Note, say: Callable[[str], str]) -> Note:
    if note.tone in (Tone.ALARM, Tone.BROKEN):  # whose own words follow the colon
        head, colon, words = note.text.partition(":")
        return attrs.evolve(note, text=say(head) + colon + words)
    return attrs.evolve(note, text=say(note.text))
