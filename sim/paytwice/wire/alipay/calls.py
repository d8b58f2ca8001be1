"""What Alipay's side makes of a request to its gateway."""

from __future__ import annotations

import attrs

from paytwice.channels.messages import Credential
from paytwice.channels.requests import Request


@attrs.frozen
class Order:
    """An order as the merchant placed it; the desk needs none of it."""

    subject: str
    notify_url: str | None
    passback: str = ""


@attrs.frozen
class Call:
    """A request for the desk; `method` says how its answer is called.

    `action` is what a cancel comes to: close or refund. `order` is there if it places one. `file` asks for
    the bytes of a bill.
    """

    method: str
    request: Request
    order: Order | None = None
    action: str | None = None
    file: bool = False


@attrs.frozen
class Form:
    """The customer has opened a form that the merchant signed: no desk is asked, this can be paid."""

    credential: Credential
    order: Order
