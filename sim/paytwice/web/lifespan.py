"""What an application does when its process starts, as a server tells it to: the lifespan of ASGI."""

from __future__ import annotations

from typing import Any

import attrs
import trio

from paytwice.errors import PaytwiceError
from paytwice.web.asgi import Application, Message


@attrs.define(eq=False)
class Lifespan:
    """One process's lifespan: requests wait until the application has started, and find its state.

    An application that raises before it has said a word knows nothing of lifespans, and has started as it is
    (https://asgi.readthedocs.io/en/latest/specs/lifespan.html). None is ever told to shut down: a process of
    a run ends by a crash, as one that is killed does. Where what works beside the requests has raised, and
    begins again, the application starts again with it, as under a supervisor.
    """

    app: Application
    state: dict[str, Any] = attrs.field(factory=dict)
    _has_started: trio.Event = attrs.field(factory=trio.Event)
    _is_told: bool = False
    _speaks: bool = False

    async def run(self) -> None:
        """Start the application, and stay with it; PaytwiceError when it says that it cannot start."""
        self._is_told = self._speaks = False
        scope = {
            "type": "lifespan",
            "asgi": {"version": "3.0", "spec_version": "2.0"},
            "state": self.state,
        }
        try:
            await self.app(scope, self._receive, self._send)
        except Exception:
            if self._speaks:
                raise
        self._has_started.set()

    async def started(self) -> None:
        """Wait until requests can be answered."""
        if not self._has_started.is_set():
            await self._has_started.wait()

    async def _receive(self) -> Message:
        if self._is_told:
            await trio.sleep_forever()
        self._is_told = True
        return {"type": "lifespan.startup"}

    async def _send(self, message: Message) -> None:
        self._speaks = True
        if message["type"] == "lifespan.startup.failed":
            told = str(message.get("message", "")).strip().splitlines()  # Starlette tells a whole traceback
            why = told[-1] if told else "it does not say why"
            raise PaytwiceError(f"the application did not start: {why}")
        if message["type"] == "lifespan.startup.complete":
            self._has_started.set()
