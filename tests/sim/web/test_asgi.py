"""An ASGI application is called as a server calls it, only without one."""

from __future__ import annotations

import pytest
import trio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from paytwice.errors import PaytwiceError
from paytwice.web.asgi import Application, Message, Receive, Send, call
from paytwice.wire.http import HttpRequest, HttpResponse


def answer_of(app: Application, request: HttpRequest) -> HttpResponse:
    return trio.run(call, app, request)


async def echo(request: Request) -> Response:
    body = await request.body()
    told = {
        "method": request.method,
        "path": request.url.path,
        "name": request.path_params["name"],
        "query": request.url.query,
        "header": request.headers["X-Said"],
        "body": body.decode(),
    }
    return JSONResponse(told, 201, {"X-Answered": "yes"})


def test_a_request_arrives_as_it_was_sent_and_so_does_the_response() -> None:
    app = Starlette(routes=[Route("/orders/{name}", echo, methods=["POST"])])
    request = HttpRequest("POST", "/orders/%E9%87%91", "a=1&b=%20", (("X-Said", "ä"),), b'{"x":1}')

    response = answer_of(app, request)

    assert response.status == 201
    assert response.header("X-Answered") == "yes"
    assert (
        response.body
        == (
            '{"method":"POST","path":"/orders/金","name":"金","query":"a=1&b=%20","header":"ä","body":"{\\"x\\":1}"}'
        ).encode()
    )


def test_a_body_that_is_sent_in_parts_arrives_whole() -> None:
    async def parts(_request: Request) -> Response:
        async def some() -> object:
            for part in ("one ", "two"):
                yield part

        return StreamingResponse(some())  # type: ignore[arg-type]  # an async generator, as it wants

    app = Starlette(routes=[Route("/", parts)])

    assert answer_of(app, HttpRequest("GET", "/")).body == b"one two"


def test_what_an_application_raises_is_raised() -> None:
    async def fails(_request: Request) -> Response:
        raise ZeroDivisionError("as code does")

    app = Starlette(routes=[Route("/", fails)])

    with pytest.raises(ZeroDivisionError, match="as code does"):
        answer_of(app, HttpRequest("GET", "/"))


def test_an_application_that_does_not_answer_is_named() -> None:
    async def silent(_scope: Message, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    with pytest.raises(PaytwiceError, match="did not answer GET /pay"):
        answer_of(silent, HttpRequest("GET", "/pay"))


def test_the_client_hangs_up_only_when_it_has_its_answer() -> None:
    heard: list[str] = []

    async def app(_scope: Message, receive: Receive, send: Send) -> None:
        heard.append((await receive())["type"])
        with trio.move_on_after(0):
            heard.append((await receive())["type"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})
        heard.append((await receive())["type"])

    answer_of(app, HttpRequest("GET", "/"))

    assert heard == ["http.request", "http.disconnect"]
