"""What a customer wants, as requests to the application, and its responses as answers to the customer.

| request | JSON | response |
| --- | --- | --- |
| `POST /orders` | `order_id`, `amount`, `expires_at` | 201; 409 with `why`: it is not taken |
| `POST /orders/{id}/payments` | `channel` | 200 with `pay_with`; 409 with `why` and `pay_again` |
| `GET /orders/{id}` | | 200 with `said` and `why` |
| `POST /orders/{id}/cancel` | | 200 with `said` and `why` |
| `POST /orders/{id}/refunds` | `request_id`, `amount` | 200 with `said` and `why` |

An amount is `{"total": 9900, "currency": "CNY"}`, a time is milliseconds since 1970. `pay_with` is what the
channel gave: a code_url, an h5_url, a prepay_id or a qr_code. `said` is a word of `Said`, in
`paytwice.merchant.port`. With any other status the customer has got no answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from paytwice.errors import PaytwiceError
from paytwice.merchant.port import CustomerAnswer, OrderRequest, Refusal, Said
from paytwice.wire.http import HttpRequest, HttpResponse
from paytwice.wire.strict_json import parsed, written
from paytwice_core import Money


class AppError(PaytwiceError):
    """An application answered a customer with something that is no answer."""


def place(order: OrderRequest, began: int) -> HttpRequest:
    """Place an order; `began` is when the run began, in Unix milliseconds."""
    expires_at = order.expires_at + began
    return _post("/orders", order_id=order.order_id, amount=_amount(order.amount), expires_at=expires_at)


def start(order_id: str, channel: str) -> HttpRequest:
    """Ask for something to pay with."""
    return _post(f"/orders/{order_id}/payments", channel=channel)


def look(order_id: str) -> HttpRequest:
    """Look at the pay page."""
    return HttpRequest("GET", f"/orders/{order_id}", headers=(("Accept", "application/json"),))


def cancel(order_id: str) -> HttpRequest:
    """Cancel the order."""
    return _post(f"/orders/{order_id}/cancel")


def ask_refund(order_id: str, amount: Money, request_id: str) -> HttpRequest:
    """Ask for money back."""
    return _post(f"/orders/{order_id}/refunds", request_id=request_id, amount=_amount(amount))


def refusal_of(response: HttpResponse) -> Refusal | None:
    """The refusal that a response is, or None for one that says yes."""
    if 200 <= response.status < 300:
        return None
    if response.status != 409:
        raise AppError(f"the application answered a customer with HTTP {response.status}")
    told = _told(response)
    return Refusal(str(told.get("why", "")), pay_again=told.get("pay_again") is not False)


def pay_with_of(response: HttpResponse) -> str:
    """What the customer was given to pay with."""
    return str(_told(response).get("pay_with"))


def answer_of(response: HttpResponse) -> CustomerAnswer:
    """What a customer was told."""
    refusal = refusal_of(response)
    if refusal is not None:
        return CustomerAnswer(Said.REFUSED, refusal.why)
    told = _told(response)
    word = str(told.get("said"))
    if word not in Said.__members__:
        raise AppError(f"`said` is one of {', '.join(Said.__members__)}, and the application says {word!r}")
    return CustomerAnswer(Said[word], str(told.get("why", "")))


def _told(response: HttpResponse) -> Mapping[str, Any]:
    return parsed(response.body)


def _post(path: str, **body: object) -> HttpRequest:
    headers = (("Accept", "application/json"), ("Content-Type", "application/json"))
    return HttpRequest("POST", path, headers=headers, body=written(body))


def _amount(amount: Money) -> dict[str, object]:
    return {"total": amount.minor, "currency": amount.currency}
