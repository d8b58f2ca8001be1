"""The merchant's answer to a notification, as a desk judges it."""

from __future__ import annotations

from paytwice.channels.messages import Ack
from paytwice.wire.http import HttpResponse


def response_of(ack: Ack) -> HttpResponse:
    """The HTTP response with which a merchant acks; a negative one is a failure by its status."""
    headers = (("Content-Type", "text/plain; charset=utf-8"),)
    return HttpResponse(ack.status, headers, ack.body.encode())


def ack_of(response: HttpResponse | None) -> Ack | None:
    """An answer to a notification as the desk judges it; a body that is no text is none."""
    return None if response is None else Ack(response.status, response.body.decode("utf-8", "replace"))
