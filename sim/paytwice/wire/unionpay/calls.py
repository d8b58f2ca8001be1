"""What UnionPay's side makes of a request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from paytwice.channels.messages import Credential
from paytwice.channels.requests import Request

QUERY: Final = "00"
CONSUME: Final = "01"
RETURN: Final = "04"
VOID: Final = "31"
FILE: Final = "76"


@attrs.frozen
class Placed:
    """A transaction as the merchant has asked for it; `fields` is all of it, unknown fields included.

    Consumes, voids and returns share one space of numbers. `expires_at` is virtual time, of a consume only.
    """

    fields: Mapping[str, str] = attrs.field(hash=False)
    expires_at: int = 0

    @property
    def txn_type(self) -> str:
        """01, 04 or 31."""
        return self.fields["txnType"]

    def is_repeated_by(self, fields: Mapping[str, str]) -> bool:
        """Whether another request means the same transaction; of a refund the desk compares the amount."""
        names = ("txnType", "txnTime", "txnAmt") if self.txn_type == CONSUME else ("txnType", "txnTime")
        return all(self.fields.get(one) == fields.get(one) for one in names)


@attrs.frozen
class Call:
    """A request for the desk, and the fields it came in; `placed` if it moves money."""

    request: Request
    fields: Mapping[str, str] = attrs.field(hash=False)
    placed: Placed | None = None


@attrs.frozen
class Form:
    """The customer's browser has brought a form that the merchant signed.

    No desk is asked: who drives it opens the credential there, and has the customer pay.
    """

    credential: Credential
    placed: Placed
