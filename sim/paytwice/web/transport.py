"""The way of an application's requests to the channels: through `httpx`, over the simulated network."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

import attrs
import httpx

from paytwice.channels.wired import Wired
from paytwice.kernel.kernel import Future
from paytwice.merchant.backstage import Backstage
from paytwice.merchant.process import CAUSE, DOING
from paytwice.web.lines import Line
from paytwice.wire.http import HttpRequest, HttpResponse

SILENCE: Final = (None, -1)


@attrs.define(eq=False)
class ChannelTransport(httpx.AsyncBaseTransport):
    """Carries requests to the channels; httpx's own time-out for reading is counted in virtual time.

    A response that does not come in time raises `httpx.ReadTimeout`, and what was asked may have been done. A
    client without a time-out waits for ever, as it would in life. A host at which no channel is
    raises `httpx.ConnectError`.
    """

    backstage: Backstage
    lines: Mapping[str, Line]  # by host

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request, and wait for its response."""
        line = self.lines.get(request.url.host)
        if line is None:
            known = ", ".join(sorted(self.lines))
            why = f"no channel is at {request.url.host}: there is {known or 'none'}"
            raise httpx.ConnectError(why, request=request)
        sent = await _plain(request)
        response = await self._carried(line, sent, request.extensions.get("timeout", {}).get("read"))
        if response is None:
            raise httpx.ReadTimeout(f"{line.name} did not answer {sent.method} {sent.path}", request=request)
        return httpx.Response(response.status, headers=list(response.headers), content=response.body)

    async def _carried(self, line: Line, sent: HttpRequest, seconds: float | None) -> HttpResponse | None:
        process, network = self.backstage.process, self.backstage.network
        kind, key = line.names(sent, network.kernel.now)
        await process.access(f"{line.name} {kind} {key}")
        future: Future[tuple[object, int]] = network.kernel.future(f"{DOING.get()} {kind}.reply {key}")
        if seconds is not None:
            future.expire_at(network.kernel.now + round(seconds * 1_000), SILENCE)
        network.send(
            "merchant",
            line.name,
            kind,
            key,
            Wired(partial(line.serve, sent)),
            cause=CAUSE.get(),
            reply=lambda payload, entry: future.set((payload, entry)),
        )
        response, entry = await future.wait()
        process.check()
        if entry >= 0:
            CAUSE.set(entry)
        assert response is None or isinstance(response, HttpResponse)
        return response


async def _plain(request: httpx.Request) -> HttpRequest:
    """A request of httpx as a plain value, with its target as it stands in the request line."""
    path, _, query = request.url.raw_path.decode("ascii").partition("?")
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw)
    return HttpRequest(request.method, path, query, headers, await request.aread())
