"""A request as it travels in a channel's own protocol: nobody has read it before it arrives."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from paytwice.channels.messages import Answer
from paytwice.channels.requests import Request


@attrs.frozen
class Wired:
    """A request on the wire. `serve(ask, now)` is the channel's side of it: it returns the response.

    It asks the desk with `ask`, or does not, where what came is not the merchant's or not well formed. That
    happens where the message arrives, so the channel remembers what it has done though its response is lost.
    """

    serve: Callable[[Callable[[Request], Answer], int], object]
