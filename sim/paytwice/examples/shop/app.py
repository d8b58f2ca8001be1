"""The shop's addresses, and how its parts are put together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from paytwice.channels.messages import Notification, RefundStatus
from paytwice.examples.shop.channels import Channel, alipay, not_acked, notified_at, wechat
from paytwice.examples.shop.chores import Chores, unreturned
from paytwice.examples.shop.customers import Counter
from paytwice.examples.shop.database import Database
from paytwice.examples.shop.jobs import Worker
from paytwice.examples.shop.payments import Payments
from paytwice.merchant.port import CustomerAnswer, OrderView, Refusal
from paytwice.merchant.reference import translate
from paytwice.merchant.reference.views import view_of
from paytwice.web import Web, WebApp, web_merchant
from paytwice.wire.doubts import NotAuthentic
from paytwice.wire.http import HttpRequest
from paytwice_core import Captured, Evidence, ForeignRefund, Money, Order, RefundUnanswered

LARGEST_BODY = 64 * 1024  # the channels' notifications are far smaller


@attrs.define(eq=False)
class Shop:
    """One process of the shop."""

    payments: Payments
    counter: Counter
    channels: Mapping[str, Channel]
    worker: Worker

    # -- customers ------------------------------------------------------------------------------------------

    async def place(self, request: Request) -> Response:
        """POST /orders."""
        asked = await request.json()
        refusal = await self.counter.place(asked["order_id"], _money(asked["amount"]), asked["expires_at"])
        return _refused(refusal) if refusal is not None else JSONResponse({}, 201)

    async def pay(self, request: Request) -> Response:
        """POST /orders/{id}/payments."""
        started = await self.counter.start(_order_id(request), (await request.json())["channel"])
        return _refused(started) if isinstance(started, Refusal) else JSONResponse({"pay_with": started})

    async def look(self, request: Request) -> Response:
        """GET /orders/{id}."""
        return _said(await self.counter.status(_order_id(request)))

    async def cancel(self, request: Request) -> Response:
        """POST /orders/{id}/cancel."""
        return _said(await self.counter.cancel(_order_id(request)))

    async def give_back(self, request: Request) -> Response:
        """POST /orders/{id}/refunds."""
        asked = await request.json()
        wish = self.counter.give_back(_order_id(request), _money(asked["amount"]), asked["request_id"])
        return _said(await wish)

    # -- channels -------------------------------------------------------------------------------------------

    async def notified(self, request: Request) -> Response:
        """Check that it is the channel's and for us, learn it, commit, and only then ack."""
        channel = self.channels.get(request.path_params["channel"])
        if channel is None:
            return not_acked(404, "no such channel")
        body = await request.body()
        if len(body) > LARGEST_BODY:
            return not_acked(413, "too large")
        heard = channel.hear(_plain(request, body))
        if isinstance(heard, NotAuthentic):
            return not_acked(401, heard.why)
        order_id = heard.trade.out_trade_no.rpartition("-")[0]
        order = self.payments.order(order_id)
        if order is None or order.attempt(heard.trade.out_trade_no) is None:
            return not_acked(404, "no such order")  # its row may be on its way: send again
        await self.payments.learn(order_id, lambda now: _evidence(now, heard))
        return channel.ack()

    # -- put together ---------------------------------------------------------------------------------------

    def view(self, order_id: str) -> OrderView | None:
        """What the committed rows say of an order."""
        order = self.payments.order(order_id)
        return None if order is None else view_of(order)

    @property
    def app(self) -> Starlette:
        """The application."""
        return Starlette(
            routes=[
                Route("/orders", self.place, methods=["POST"]),
                Route("/orders/{id}", self.look),
                Route("/orders/{id}/payments", self.pay, methods=["POST"]),
                Route("/orders/{id}/cancel", self.cancel, methods=["POST"]),
                Route("/orders/{id}/refunds", self.give_back, methods=["POST"]),
                Route(notified_at("{channel}"), self.notified, methods=["POST"]),
            ]
        )


def _evidence(order: Order, heard: Notification) -> Evidence:
    """What a notification is evidence of, to the order as it is under its lock."""
    trade, refund = heard.trade, heard.refund
    if refund is None:
        return unreturned(translate.of_trade(trade.out_trade_no, trade, 0, "notification"))
    if order.refund(refund.out_refund_no) is not None:
        return translate.of_refund(refund.out_refund_no, refund)
    if refund.state is not RefundStatus.SUCCESS or refund.to_merchant_card:
        return RefundUnanswered(refund.out_refund_no, refund.status)
    number = trade.channel_number or ""
    holder = order.holder_of(heard.channel, number)
    if holder is None:  # it went back before we knew that it had come: both are one piece of news
        return Captured(trade.out_trade_no, number, trade.amount, refund.amount)
    return ForeignRefund(holder.id, refund.out_refund_no, refund.amount)


def _plain(request: Request, body: bytes) -> HttpRequest:
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw)
    return HttpRequest(request.method, request.url.path, request.url.query, headers, body)


def _order_id(request: Request) -> str:
    return str(request.path_params["id"])


def _money(told: dict[str, Any]) -> Money:
    return Money(told["total"], told["currency"])


def _refused(refusal: Refusal) -> Response:
    return JSONResponse({"why": refusal.why, "pay_again": refusal.pay_again}, 409)


def _said(answer: CustomerAnswer) -> Response:
    return JSONResponse({"said": answer.said.value, "why": answer.why})


def make(web: Web) -> WebApp:
    """Put a process together."""
    database = Database.at(web.database, web)
    payments, channels = Payments(web, database), {one.name: one for one in (wechat(web), alipay(web))}
    worker = Worker(web, database, Chores(web, payments, channels).do)
    payments.heard_of = worker.heard_of
    made = Shop(payments, Counter(web, payments, channels), channels, worker)
    return WebApp(made.app, made.view, worker.work)


shop = web_merchant(make)
