"""HTTP requests of a merchant as the desk takes them: which call it is, and whether it is well formed.

Paths and parameters: pay.weixin.qq.com/docs/merchant/apis/jsapi-payment, native-payment, refund and
get-trade-bill; which parameters are required is theirs too. That a name said twice is refused, and the
lengths of what only we limit: [-].
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final
from urllib.parse import parse_qsl, unquote

import attrs

from paytwice.calendar import DAY, Calendar
from paytwice.channels.requests import (
    AbnormalRoute,
    ApplyAbnormalRefund,
    AskRefund,
    CloseTrade,
    CreateTrade,
    QueryRefund,
    QueryTrade,
)
from paytwice.wire.http import ADDRESS_WITHOUT_QUERY, HttpRequest
from paytwice.wire.moments import at_rfc3339
from paytwice.wire.numbers import WECHAT_NUMBERS
from paytwice.wire.records import Records
from paytwice.wire.strict_json import Fields, Malformed, parsed
from paytwice.wire.wechat.account import WechatAccount
from paytwice.wire.wechat.calls import BillFile, Call, Prepay
from paytwice.wire.wechat.tickets import opened
from paytwice_core import Money

OUT_REFUND_NO: Final = re.compile(r"[0-9A-Za-z_\-|*@]{1,64}")
CHANNEL_NUMBER: Final = re.compile(r"[0-9A-Za-z]{1,32}")
CURRENCY: Final = re.compile(r"[A-Z]{3}")
ISO_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
MONTHS_KEPT: Final = timedelta(days=92)  # bills of three months can be had
WITHOUT_TIME_EXPIRE: Final = 7 * DAY  # when an unpaid order is closed by itself


@attrs.frozen(auto_exc=True)
class Refused(Exception):  # it is what became of a request
    """A request that is well formed and yet not taken, in WeChat's own words."""

    status: int
    code: str
    message: str


@attrs.frozen
class Reader:
    """Reads the requests of one account; `placed` are the orders so far, by out_trade_no."""

    account: WechatAccount
    calendar: Calendar
    records: Records
    placed: Mapping[str, Prepay]

    def read(self, request: HttpRequest, now: int) -> Call:
        """The call that a request makes; Malformed or Refused if it makes none."""
        for method, path, reads in ROUTES:
            match = path.fullmatch(request.path)
            if match is not None and method == request.method:
                return reads(self, request, [_unquoted(group) for group in match.groups()], now)
        if any(path.fullmatch(request.path) for _, path, _ in ROUTES):
            raise Refused(405, "INVALID_REQUEST", "HTTP请求方法不正确")  # [-]
        raise Refused(404, "RESOURCE_NOT_EXISTS", "请求的资源不存在")  # [-]

    def _create(self, request: HttpRequest, parts: list[str], now: int) -> Call:
        body = self._body(request)
        if body.text("appid", longest=32) != self.account.app_id:
            raise Refused(400, "APPID_MCHID_NOT_MATCH", "AppID和mch_id不匹配")
        body.text("description", longest=127)
        no = _order_number(body)
        body.text("notify_url", longest=255, pattern=ADDRESS_WITHOUT_QUERY)
        if body.has("attach"):
            body.text("attach", longest=128)
        if parts[0] == "jsapi":
            body.inner("payer").text("openid", longest=128)
        amount = body.inner("amount")
        money = Money(amount.whole("total"), _currency(amount))
        prepay = Prepay(parts[0], body.values, self._expiry(body, no, now))
        return Call(CreateTrade(no, money, prepay.expires_at), prepay=prepay)

    def _query(self, request: HttpRequest, parts: list[str], _now: int) -> Call:
        self._asks_for_itself(request)
        return Call(QueryTrade(_order_number_in(parts[0])))

    def _query_by_id(self, request: HttpRequest, parts: list[str], _now: int) -> Call:
        self._asks_for_itself(request)
        number = _shaped("transaction_id", parts[0], CHANNEL_NUMBER)
        return Call(QueryTrade(self.records.trade_number_of(number)))

    def _close(self, request: HttpRequest, parts: list[str], _now: int) -> Call:
        no = _order_number_in(parts[0])
        self._body(request)
        return Call(CloseTrade(no))

    def _refund(self, request: HttpRequest, _parts: list[str], _now: int) -> Call:
        body = Fields(parsed(request.body))
        number = None
        if body.has("transaction_id"):  # where both are given it goes before the other [-]
            number = body.text("transaction_id", longest=32, pattern=CHANNEL_NUMBER)
            no = self.records.trade_number_of(number)
        else:
            no = _order_number(body)
        refund_no = body.text("out_refund_no", longest=64, pattern=OUT_REFUND_NO)
        if body.has("reason"):
            body.text("reason", longest=80)
        url = (
            body.text("notify_url", longest=255, pattern=ADDRESS_WITHOUT_QUERY)
            if body.has("notify_url")
            else None
        )
        amount = body.inner("amount")
        money = Money(amount.whole("refund"), _currency(amount, required=True))
        total, trade = amount.whole("total"), self.records.desk.trades.get(no)
        if trade is not None and trade.amount.minor != total:
            raise Refused(400, "INVALID_REQUEST", "订单金额与原订单不一致")  # [-]
        return Call(AskRefund(no, refund_no, money, number), notify_url=url)

    def _query_refund(self, _request: HttpRequest, parts: list[str], _now: int) -> Call:
        no = _shaped("out_refund_no", parts[0], OUT_REFUND_NO)
        return Call(QueryRefund(self.records.trade_of_refund(no), no))

    def _reroute(self, request: HttpRequest, parts: list[str], _now: int) -> Call:
        refund = self.records.refund_numbered(_shaped("refund_id", parts[0], CHANNEL_NUMBER))
        body = Fields(parsed(request.body))
        no = body.text("out_refund_no", longest=64, pattern=OUT_REFUND_NO)
        word = body.text("type", longest=32)
        if word not in {route.value for route in AbnormalRoute}:
            raise body.wrong("type", "must be USER_BANK_CARD or MERCHANT_BANK_CARD")
        if AbnormalRoute(word) is AbnormalRoute.CUSTOMER_CARD:
            body.text("bank_type", longest=16)
            for secret in ("bank_account", "real_name"):  # encrypted for WeChat, and nobody here pays there
                body.text(secret, longest=1024)
        known = refund is not None and refund.out_refund_no == no
        trade_no = refund.out_trade_no if refund is not None and known else ""
        return Call(ApplyAbnormalRefund(trade_no, no, AbnormalRoute(word)))

    def _trade_bill(self, request: HttpRequest, _parts: list[str], now: int) -> Call:
        return self._bill(request, now, "trade", "bill_type", ("ALL", "SUCCESS", "REFUND"))

    def _fund_bill(self, request: HttpRequest, _parts: list[str], now: int) -> Call:
        return self._bill(request, now, "fund", "account_type", ("BASIC", "OPERATION", "FEES"))

    def _bill(self, request: HttpRequest, now: int, kind: str, named: str, types: tuple[str, ...]) -> Call:
        asked = _parameters(request)
        type = asked.text(named, longest=16) if asked.has(named) else types[0]
        if type not in types:
            raise asked.wrong(named, f"must be one of {', '.join(types)}")
        if asked.has("tar_type") and asked.text("tar_type", longest=8) != "GZIP":
            raise asked.wrong("tar_type", "must be GZIP")
        bill = BillFile(kind, self._day(asked, now), type, asked.has("tar_type"))
        return Call(bill.request, bill=bill)

    def _file(self, request: HttpRequest, _parts: list[str], now: int) -> Call:
        asked = _parameters(request)
        bill = opened(asked.text("token", longest=512), self.account.api_v3_key, now)
        if bill is None:
            raise asked.wrong("token", "is not valid, or has expired")  # [-]
        return Call(bill.request, bill=bill, file=True)

    def _day(self, asked: Fields, now: int) -> date:
        text = asked.text("bill_date", longest=10, pattern=ISO_DAY)
        today = self.calendar.day_of(now)
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise asked.wrong("bill_date", "is no day") from None
        if not today - MONTHS_KEPT <= day <= today:
            raise asked.wrong("bill_date", "must be within three months, and not to come")
        return day

    def _body(self, request: HttpRequest) -> Fields:
        """The JSON of a request that has to say whose it is."""
        body = Fields(parsed(request.body))
        if body.text("mchid", longest=32) != self.account.mch_id:
            raise body.wrong("mchid", "is not that of the Authorization header")  # [-]
        return body

    def _asks_for_itself(self, request: HttpRequest) -> None:
        asked = _parameters(request)
        if asked.text("mchid", longest=32) != self.account.mch_id:
            raise asked.wrong("mchid", "is not that of the Authorization header")  # [-]

    def _expiry(self, body: Fields, no: str, now: int) -> int:
        """When the order can no longer be paid; one that says nothing says the same when it is repeated."""
        if body.has("time_expire"):
            try:
                return at_rfc3339(self.calendar, body.text("time_expire", longest=64))
            except ValueError:
                raise body.wrong("time_expire", "must be like 2018-06-08T10:34:56+08:00") from None
        earlier = self.placed.get(no)
        return now + WITHOUT_TIME_EXPIRE if earlier is None else earlier.expires_at


def _currency(amount: Fields, *, required: bool = False) -> str:
    if not required and not amount.has("currency"):
        return "CNY"
    return amount.text("currency", longest=16, pattern=CURRENCY)


def _unquoted(text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except ValueError:
        raise Malformed("path", "is not percent-encoded UTF-8", "uri") from None


def _order_number(body: Fields) -> str:
    return WECHAT_NUMBERS.meant(body.text("out_trade_no", longest=32, pattern=WECHAT_NUMBERS.allowed))


def _order_number_in(path: str) -> str:
    return WECHAT_NUMBERS.meant(_shaped("out_trade_no", path, WECHAT_NUMBERS.allowed))


def _shaped(name: str, text: str, pattern: re.Pattern[str]) -> str:
    return Fields({name: text}, location="uri").text(name, longest=64, pattern=pattern)


def _parameters(request: HttpRequest) -> Fields:
    try:
        pairs = parse_qsl(request.query, keep_blank_values=True, strict_parsing=True, errors="strict")
    except ValueError:  # an empty query, too
        pairs = []
    if len(dict(pairs)) != len(pairs):
        raise Malformed("query", "says a name twice", "query")
    return Fields(dict(pairs), location="query")


Reads = Callable[[Reader, HttpRequest, list[str], int], Call]

# Every call of a merchant that its desk answers; /v3/certificates is the wire's own.
ROUTES: Final[tuple[tuple[str, re.Pattern[str], Reads], ...]] = tuple(
    (method, re.compile(path), reads)
    for method, path, reads in (
        ("POST", r"/v3/pay/transactions/(jsapi|native|app|h5)", Reader._create),
        ("GET", r"/v3/pay/transactions/out-trade-no/([^/]+)", Reader._query),
        ("GET", r"/v3/pay/transactions/id/([^/]+)", Reader._query_by_id),
        ("POST", r"/v3/pay/transactions/out-trade-no/([^/]+)/close", Reader._close),
        ("POST", r"/v3/refund/domestic/refunds", Reader._refund),
        ("GET", r"/v3/refund/domestic/refunds/([^/]+)", Reader._query_refund),
        ("POST", r"/v3/refund/domestic/refunds/([^/]+)/apply-abnormal-refund", Reader._reroute),
        ("GET", r"/v3/bill/tradebill", Reader._trade_bill),
        ("GET", r"/v3/bill/fundflowbill", Reader._fund_bill),
        ("GET", r"/v3/billdownload/file", Reader._file),
    )
)
