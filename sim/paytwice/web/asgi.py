"""Calling an ASGI application without a server: one request in, one response out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import unquote

import trio

from paytwice.errors import PaytwiceError
from paytwice.wire.http import Headers, HttpRequest, HttpResponse

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


async def call(
    app: Application, request: HttpRequest, state: Mapping[str, Any] | None = None
) -> HttpResponse:
    """Let an application answer a request; what it raises is raised here, where a server would answer 500.

    `state` is what its lifespan has left for requests, each of which gets a copy.

    Nothing is awaited here but the application, so all that lets others run is the application's own.
    """
    coming = [{"type": "http.request", "body": request.body, "more_body": False}]
    is_complete = trio.Event()
    status = 0
    headers: Headers = ()
    parts: list[bytes] = []

    async def receive() -> Message:
        if coming:
            return coming.pop()
        await is_complete.wait()  # the client waits for its answer, and hangs up when it has it
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status = message["status"]
            headers = tuple((_text(name), _text(value)) for name, value in message["headers"])
        elif message["type"] == "http.response.body":
            parts.append(bytes(message.get("body", b"")))
            if not message.get("more_body", False):
                is_complete.set()

    await app({**_scope(request), "state": dict(state or {})}, receive, send)
    if not is_complete.is_set():
        raise PaytwiceError(f"the application did not answer {request.method} {request.path}")
    return HttpResponse(status, headers, b"".join(parts))


def _text(header: bytes) -> str:
    return header.decode("latin-1")


def _scope(request: HttpRequest) -> Message:
    host = request.header("Host") or "localhost"
    named = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in request.headers]
    length = [(b"content-length", str(len(request.body)).encode())] if request.body else []
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "https",
        "path": unquote(request.path),
        "raw_path": request.path.encode("latin-1"),
        "query_string": request.query.encode("latin-1"),
        "root_path": "",
        "headers": named + length,
        "client": ("192.0.2.1", 443),
        "server": (host, 443),
    }
