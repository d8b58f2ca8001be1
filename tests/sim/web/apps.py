"""Small applications, for tests of what stands around them."""

from __future__ import annotations

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from paytwice import Run, Simulation, simulate
from paytwice.merchant.port import OrderView, Standing
from paytwice.story.player import Story
from paytwice.web import Web, WebApp, web_merchant

Handler = Callable[[Web, Request], object]


def app_of(web: Web, pay: Handler) -> WebApp:
    """An application that takes any order, and does with a wish to pay what `pay` does."""

    async def place(_request: Request) -> Response:
        return JSONResponse({}, 201)

    async def start(request: Request) -> Response:
        answer = pay(web, request)
        told = await answer if hasattr(answer, "__await__") else answer
        assert isinstance(told, Response)
        return told

    routes = [
        Route("/orders", place, methods=["POST"]),
        Route("/orders/{id}/payments", start, methods=["POST"]),
    ]
    return WebApp(Starlette(routes=routes), lambda _order_id: OrderView(Standing.OPEN))


async def one_payment(sim: Simulation) -> None:
    """A customer orders and wants to pay, once."""
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat", tries=1)


def run_of(pay: Handler, story: Story = one_payment) -> Run:
    """A run of a story with such an application."""
    return simulate(story, merchant=web_merchant(lambda web: app_of(web, pay)))
