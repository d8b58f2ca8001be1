"""What a web application has around it in a run, and would have around it in production."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import attrs
import httpx

from paytwice.calendar import SHANGHAI, Calendar
from paytwice.merchant.backstage import Lasting
from paytwice.merchant.port import Bell, MerchantClock, Surroundings
from paytwice.web.lines import Keys
from paytwice.web.statements import Statements
from paytwice.web.transport import ChannelTransport
from paytwice.wire.moments import MILLISECOND

# Applications count from 1970: with this calendar the wire's milliseconds are Unix time.
UNIX: Final = Calendar(datetime(1970, 1, 1, 8, tzinfo=SHANGHAI))
BASE_URL: Final = "https://shop.example"


@attrs.frozen
class UnixClock:
    """The process's clock, in milliseconds since 1970."""

    clock: MerchantClock
    began: int

    def now(self) -> int:
        """What the clock shows; in production `time.time_ns() // 1_000_000`."""
        return self.clock.now() + self.began

    async def sleep(self, ms: int) -> None:
        """Sleep; in production `anyio.sleep(ms / 1_000)`, which works here as well."""
        await self.clock.sleep(ms)


@attrs.frozen
class UnixBell:
    """A bell whose times are Unix milliseconds: one worker sleeps until it is rung, or until a time."""

    bell: Bell
    began: int

    def ring(self, at: int | None = None) -> None:
        """Wake the worker, now or at a time."""
        self.bell.ring(None if at is None else at - self.began)

    async def wait(self, until: int | None = None) -> None:
        """Sleep until rung, or until a time."""
        await self.bell.wait(None if until is None else until - self.began)


@attrs.frozen
class Web:
    """One process's surroundings; the database is a file that outlives the process, and not the run.

    `http` reaches the channels at their own addresses. `statements` makes each SQL statement of a watched
    engine a point where others may run and where the process may crash.
    """

    around: Surroundings
    http: httpx.AsyncClient
    keys: Keys
    clock: UnixClock
    statements: Statements
    database: Path
    base_url: str = BASE_URL  # of the application, for the addresses at which channels shall notify it
    _nonces: count[int] = attrs.field(factory=count)

    @classmethod
    def of(cls, around: Surroundings, transport: ChannelTransport, keys: Keys) -> Web:
        """What a new process finds."""
        behind = around.backstage
        began = (behind.calendar.begins - UNIX.begins) // MILLISECOND
        return cls(
            around,
            httpx.AsyncClient(transport=transport, timeout=10, trust_env=False),
            keys,
            UnixClock(around.clock, began),
            Statements(behind),
            _folder(behind.lasting) / "shop.sqlite",
        )

    def nonce(self) -> str:
        """A word said once; in production `secrets.token_hex(16)`."""
        return f"{self.around.backstage.process.generation}-{next(self._nonces)}"

    def bell(self, place: str) -> UnixBell:
        """A bell of this process, under a name for reports."""
        return UnixBell(self.around.bell(place), self.clock.began)


def _folder(lasting: Lasting) -> Path:
    """A folder for the run's database: made by its first process, and gone when the run is."""
    folder = lasting.things.get("folder")
    if folder is None:
        made = lasting.at_the_end.enter_context(TemporaryDirectory(prefix="paytwice-"))
        folder = lasting.things["folder"] = Path(made)
    return folder
