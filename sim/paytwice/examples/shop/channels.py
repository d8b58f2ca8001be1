"""WeChat Pay and Alipay over httpx. What signs and reads are the wire's own clients, in the place of SDKs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import attrs
import httpx
from starlette.responses import JSONResponse, PlainTextResponse, Response

from paytwice.channels.alipay import ALIPAY
from paytwice.channels.messages import NO_ANSWER, Answer, Notification
from paytwice.channels.requests import (
    AbnormalRoute,
    ApplyAbnormalRefund,
    AskRefund,
    CloseTrade,
    CreateTrade,
    QueryRefund,
    QueryTrade,
    Request,
)
from paytwice.channels.wechat import WECHAT
from paytwice.web import Web
from paytwice.web.surroundings import UNIX
from paytwice.wire.alipay.merchant import METHODS, AlipayMerchant
from paytwice.wire.alipay.merchant import Known as KnownToAlipay
from paytwice.wire.doubts import NotAuthentic
from paytwice.wire.http import HttpRequest, HttpResponse
from paytwice.wire.moments import Stamp
from paytwice.wire.strict_json import parsed
from paytwice.wire.wechat.merchant import Known as KnownToWechat
from paytwice.wire.wechat.merchant import WechatMerchant
from paytwice_core import Money


@attrs.frozen
class Details:
    """What WeChat wants to be told again: the sum of the trade to refund, and its own number of a refund."""

    total: Money | None = None
    refund_id: str = ""


NONE: Final = Details()


@attrs.define(eq=False)
class Channel:
    """One channel. A call that nobody answers returns `NO_ANSWER`: what was asked may have been done.

    So does one whose answer the channel has not signed.
    """

    name: str
    base_url: str
    refund_spacing: int  # milliseconds between two refund numbers of one trade
    web: Web
    account: tuple[str, str]  # app, and merchant or seller: who is meant by a notification
    request: Callable[[Request, Stamp, Details], HttpRequest]
    answer: Callable[[Request, HttpResponse], Answer | NotAuthentic]
    code_in: Callable[[HttpResponse], object]  # what the customer's QR code says
    heard: Callable[[HttpRequest], Notification | NotAuthentic]
    ack: Callable[[], Response]

    async def create(self, out_trade_no: str, amount: Money, expires_at: int) -> tuple[Answer, str]:
        """Place an order; also gives what the customer's QR code says."""
        answer, response = await self._ask(CreateTrade(out_trade_no, amount, expires_at))
        if response is None or answer.credential is None:
            return answer, ""
        return answer, str(self.code_in(response))

    async def query(self, out_trade_no: str) -> Answer:
        """Ask for the state of a trade."""
        return (await self._ask(QueryTrade(out_trade_no)))[0]

    async def close(self, out_trade_no: str) -> Answer:
        """Make an unpaid trade unpayable."""
        return (await self._ask(CloseTrade(out_trade_no)))[0]

    async def refund(
        self, no: str, refund_no: str, amount: Money, number: str | None, total: Money
    ) -> Answer:
        """Return money of a trade of `total`, by the number of its payment; the same again is the same."""
        return (await self._ask(AskRefund(no, refund_no, amount, number), Details(total)))[0]

    async def query_refund(self, out_trade_no: str, refund_no: str) -> Answer:
        """Ask what became of a refund."""
        return (await self._ask(QueryRefund(out_trade_no, refund_no)))[0]

    async def to_a_card(self, out_trade_no: str, refund_no: str, refund_id: str) -> Answer:
        """Send an abnormal refund to a card of the customer's, by the channel's number of the refund."""
        asked = ApplyAbnormalRefund(out_trade_no, refund_no, AbnormalRoute.CUSTOMER_CARD)
        return (await self._ask(asked, Details(refund_id=refund_id)))[0]

    def hear(self, request: HttpRequest) -> Notification | NotAuthentic:
        """What a notification tells, if it is the channel's and for us."""
        heard = self.heard(request)
        if isinstance(heard, NotAuthentic):
            return heard
        app_id, merchant_id = self.account
        # WeChat's notification of a refund names no app.
        is_ours = heard.mch_id == merchant_id and heard.app_id in (app_id, "" if heard.refund else None)
        return heard if is_ours else NotAuthentic("it is for somebody else")

    async def _ask(self, request: Request, details: Details = NONE) -> tuple[Answer, HttpResponse | None]:
        stamp = Stamp.named(self.web.clock.now(), self.web.nonce())
        sent = self.request(request, stamp, details)
        url = self.base_url + sent.target
        try:
            got = await self.web.http.request(sent.method, url, headers=list(sent.headers), content=sent.body)
        except httpx.TransportError:
            return NO_ANSWER, None
        response = HttpResponse(got.status_code, tuple(got.headers.multi_items()), got.content)
        answer = self.answer(request, response)
        return (NO_ANSWER, None) if isinstance(answer, NotAuthentic) else (answer, response)


def notified_at(name: str) -> str:
    """The path at which a channel shall notify us."""
    return f"/notify/{name}"


def wechat(web: Web) -> Channel:
    """WeChat Pay v3, by native payments: a QR code."""
    client, url = WechatMerchant(web.keys.wechat, UNIX), web.base_url + notified_at(WECHAT.name)
    return Channel(
        WECHAT.name,
        "https://api.mch.weixin.qq.com",
        WECHAT.refund_spacing,
        web,
        (web.keys.wechat.account.app_id, web.keys.wechat.account.mch_id),
        lambda request, stamp, details: client.request(
            request,
            stamp,
            KnownToWechat(notify_url=url, total=details.total, refund_id=details.refund_id),
        ),
        client.answer,
        lambda response: parsed(response.body)["code_url"],
        lambda request: client.hear(request, web.clock.now()),
        lambda: Response(status_code=204),
    )


def alipay(web: Web) -> Channel:
    """Alipay, by precreated trades: a QR code."""
    client, url = AlipayMerchant(web.keys.alipay, UNIX), web.base_url + notified_at(ALIPAY.name)

    def code_in(response: HttpResponse) -> object:
        node = client.node(METHODS[CreateTrade], response)
        return "" if isinstance(node, NotAuthentic) else node["qr_code"]

    return Channel(
        ALIPAY.name,
        "https://openapi.alipay.com",
        ALIPAY.refund_spacing,
        web,
        (web.keys.alipay.account.app_id, web.keys.alipay.account.seller_id),
        lambda request, stamp, _details: client.request(request, stamp, KnownToAlipay(notify_url=url)),
        client.answer,
        code_in,
        client.hear,
        lambda: PlainTextResponse("success"),
    )


def not_acked(status: int, why: str) -> Response:
    """A negative answer: WeChat goes by the status, and Alipay by a body that is not `success`."""
    return JSONResponse({"code": "FAIL", "message": why}, status)
