"""HTTP messages as plain values: what a socket, an ASGI application or a test makes of them is not ours."""

from __future__ import annotations

import re
from typing import Final

import attrs

# Where a merchant may want to be told: a host by name or number, a port, and a path that needs no reading.
ADDRESS: Final = re.compile(r"https?://[0-9A-Za-z.-]+(:[0-9]{1,5})?([/?][!-~]*)?")
ADDRESS_WITHOUT_QUERY: Final = re.compile(r"https?://[0-9A-Za-z.-]+(:[0-9]{1,5})?(/[!->@-~]*)?")

Headers = tuple[tuple[str, str], ...]


def _one(headers: Headers, name: str) -> str | None:
    """The value of a header; None where it is missing, and where it is said twice, which says nothing."""
    wanted = name.lower()
    values = [value for said, value in headers if said.lower() == wanted]
    return values[0] if len(values) == 1 else None


@attrs.frozen
class HttpRequest:
    """A request: `path` and `query` are as they were sent, percent signs and all, for they are signed so."""

    method: str
    path: str
    query: str = ""
    headers: Headers = ()
    body: bytes = b""

    @property
    def target(self) -> str:
        """What stands in the request line, and in the string that is signed."""
        return f"{self.path}?{self.query}" if self.query else self.path

    def header(self, name: str) -> str | None:
        """The one value of a header; None if there is none, or more than one."""
        return _one(self.headers, name)


@attrs.frozen
class HttpResponse:
    """A response."""

    status: int
    headers: Headers = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """The one value of a header; None if there is none, or more than one."""
        return _one(self.headers, name)
