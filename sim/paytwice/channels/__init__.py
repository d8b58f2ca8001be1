"""The simulated payment channels: pure desks that hold the money, and profiles in which they differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from paytwice.channels.alipay import ALIPAY as ALIPAY
from paytwice.channels.alipay import ALIPAY_CLASSIC as ALIPAY_CLASSIC
from paytwice.channels.alipay import ALIPAY_GAPS as ALIPAY_GAPS
from paytwice.channels.alipay import ALIPAY_OLD_REFUND_QUERY as ALIPAY_OLD_REFUND_QUERY
from paytwice.channels.alipay import ALIPAY_PAGE as ALIPAY_PAGE
from paytwice.channels.alipay import ALIPAY_TIMEOUT_EXPRESS as ALIPAY_TIMEOUT_EXPRESS
from paytwice.channels.alipay import ALIPAY_WAP as ALIPAY_WAP
from paytwice.channels.circumstances import CALM as CALM
from paytwice.channels.circumstances import Circumstances as Circumstances
from paytwice.channels.circumstances import Mishap as Mishap
from paytwice.channels.circumstances import RefundFate as RefundFate
from paytwice.channels.desk import Asked as Asked
from paytwice.channels.desk import Desk as Desk
from paytwice.channels.ladder import Ladder as Ladder
from paytwice.channels.ladder import LadderState as LadderState
from paytwice.channels.ledger import Account as Account
from paytwice.channels.ledger import Ledger as Ledger
from paytwice.channels.ledger import Movement as Movement
from paytwice.channels.ledger import MovementKind as MovementKind
from paytwice.channels.messages import NO_ANSWER as NO_ANSWER
from paytwice.channels.messages import About as About
from paytwice.channels.messages import Ack as Ack
from paytwice.channels.messages import Answer as Answer
from paytwice.channels.messages import Bill as Bill
from paytwice.channels.messages import BillLine as BillLine
from paytwice.channels.messages import Credential as Credential
from paytwice.channels.messages import FundBill as FundBill
from paytwice.channels.messages import LineKind as LineKind
from paytwice.channels.messages import Meaning as Meaning
from paytwice.channels.messages import Notification as Notification
from paytwice.channels.messages import Outcome as Outcome
from paytwice.channels.messages import RefundRecord as RefundRecord
from paytwice.channels.messages import RefundStatus as RefundStatus
from paytwice.channels.messages import TradeRecord as TradeRecord
from paytwice.channels.messages import TradeState as TradeState
from paytwice.channels.profile import AckRule as AckRule
from paytwice.channels.profile import ChannelProfile as ChannelProfile
from paytwice.channels.profile import Code as Code
from paytwice.channels.profile import Creation as Creation
from paytwice.channels.profile import NumberScope as NumberScope
from paytwice.channels.profile import RefundNews as RefundNews
from paytwice.channels.requests import AbnormalRoute as AbnormalRoute
from paytwice.channels.requests import ApplyAbnormalRefund as ApplyAbnormalRefund
from paytwice.channels.requests import AskRefund as AskRefund
from paytwice.channels.requests import CloseTrade as CloseTrade
from paytwice.channels.requests import CreateTrade as CreateTrade
from paytwice.channels.requests import FetchBill as FetchBill
from paytwice.channels.requests import FetchFundBill as FetchFundBill
from paytwice.channels.requests import QueryRefund as QueryRefund
from paytwice.channels.requests import QueryTrade as QueryTrade
from paytwice.channels.requests import Request as Request
from paytwice.channels.statements import FundKind as FundKind
from paytwice.channels.statements import FundLine as FundLine
from paytwice.channels.trade import Payment as Payment
from paytwice.channels.unionpay import UNIONPAY as UNIONPAY
from paytwice.channels.unionpay import UNIONPAY_GAPS as UNIONPAY_GAPS
from paytwice.channels.wechat import WECHAT as WECHAT
from paytwice.channels.wechat import WECHAT_CLOSE_OF_PAID as WECHAT_CLOSE_OF_PAID
from paytwice.channels.wechat import WECHAT_V2 as WECHAT_V2

CHANNELS: Final[Mapping[str, ChannelProfile]] = {
    profile.name: profile for profile in (WECHAT, ALIPAY, UNIONPAY)
}
