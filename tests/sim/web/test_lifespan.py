"""An application starts before it answers, at each start of its process, as under a server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from fastapi import FastAPI, HTTPException, Request
from pydantic import BaseModel
from starlette.applications import Starlette
from tests.sim.web.apps import one_payment

from paytwice import Simulation, seconds, simulate
from paytwice.channels.requests import CreateTrade
from paytwice.merchant.port import OrderView, Standing
from paytwice.web import Web, WebApp, web_merchant
from paytwice.web.asgi import Application, Message, Receive, Send
from paytwice.web.surroundings import UNIX
from paytwice.wire.moments import Stamp
from paytwice.wire.wechat.merchant import WechatMerchant
from paytwice_core import Money


class Amount(BaseModel):
    total: int
    currency: str


class Wanted(BaseModel):
    order_id: str
    amount: Amount


class Paying(BaseModel):
    channel: str


def fast_shop(web: Web, starts: list[int]) -> WebApp:
    """A FastAPI application: it takes orders, and pays by WeChat; what it needs it makes at its start."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[dict[str, object]]:
        await web.clock.sleep(500)
        starts.append(web.clock.now() - web.clock.began)
        yield {"wechat": WechatMerchant(web.keys.wechat, UNIX), "amounts": {}}

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders", status_code=201)
    async def place(wanted: Wanted, request: Request) -> dict[str, str]:
        request.state.amounts[wanted.order_id] = wanted.amount
        return {}

    @app.post("/orders/{order_id}/payments")
    async def pay(order_id: str, paying: Paying, request: Request) -> dict[str, str]:
        if paying.channel != "wechat":
            raise HTTPException(409)
        amount, now = request.state.amounts[order_id], web.clock.now()
        trade = CreateTrade(f"{order_id}-1", Money(amount.total, amount.currency), now + 60_000)
        signed = request.state.wechat.request(trade, Stamp.named(now, web.nonce()))
        url = f"https://api.mch.weixin.qq.com{signed.target}"
        response = await web.http.post(url, headers=list(signed.headers), content=signed.body)
        return {"pay_with": response.json()["code_url"]}

    return WebApp(app, lambda _order_id: OrderView(Standing.OPEN))


async def one_order(sim: Simulation) -> None:
    await sim.checkout("99.00 CNY")


def started(app: Application) -> WebApp:
    return WebApp(app, lambda _order_id: OrderView(Standing.OPEN))


def test_a_fastapi_application_answers_with_what_it_made_at_its_start() -> None:
    starts: list[int] = []

    run = simulate(one_payment, merchant=web_merchant(lambda web: fast_shop(web, starts)))

    assert run.errors == ()
    assert run.trade_numbers("wechat") == ("P1-1",)
    assert starts == [500]


def test_every_process_starts_anew() -> None:
    starts: list[int] = []

    async def story(sim: Simulation) -> None:
        await sim.sleep(seconds(10))
        sim.crash_merchant(downtime=seconds(5))
        await sim.sleep(seconds(10))

    simulate(story, merchant=web_merchant(lambda web: fast_shop(web, starts)))

    assert starts == [500, 15_500]


def test_what_works_beside_the_requests_begins_after_the_start() -> None:
    heard: list[str] = []

    def make(_web: Web) -> WebApp:
        @asynccontextmanager
        async def lifespan(_app: Starlette) -> AsyncIterator[None]:
            heard.append("started")
            yield

        async def work() -> None:
            heard.append("at work")

        app = Starlette(lifespan=lifespan)
        return WebApp(app, lambda _order_id: OrderView(Standing.OPEN), work)

    simulate(one_payment, merchant=web_merchant(make))

    assert heard == ["started", "at work"]


def test_an_application_that_knows_no_lifespan_has_started() -> None:
    async def app(scope: Message, _receive: Receive, send: Send) -> None:
        assert scope["type"] == "http", "what the specification says of such applications"
        await send({"type": "http.response.start", "status": 201, "headers": []})
        await send({"type": "http.response.body"})

    run = simulate(one_order, merchant=web_merchant(lambda _web: started(app)))

    assert run.failure is None
    assert run.errors == ()


def test_an_application_that_cannot_start_is_told_with_its_reason() -> None:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        raise ConnectionRefusedError("no database at db.example")
        yield

    run = simulate(one_payment, merchant=web_merchant(lambda _web: started(Starlette(lifespan=lifespan))))

    told = "the application did not start: ConnectionRefusedError: no database at db.example"
    assert {str(error) for error in run.errors} == {told}


@pytest.mark.parametrize("message", ["", "the pool is empty"])
def test_one_that_says_so_itself_is_told_too(message: str) -> None:
    async def app(_scope: Message, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": message})

    run = simulate(one_payment, merchant=web_merchant(lambda _web: started(app)))

    told = f"the application did not start: {message or 'it does not say why'}"
    assert {str(error) for error in run.errors} == {told}
