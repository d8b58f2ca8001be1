"""The port: what the outside world does to a merchant, and what the merchant has around it.

A merchant under test is one class with the methods of `Merchant`, and a factory that takes `Surroundings`.
It needs nothing else of this library. The factory is called once when the run begins and again after every
crash, over the same durable store.

Every access to `store`, `shop` and `channels` is a point where another task may run, and where the process
may crash. Handlers run concurrently, as in a web server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Protocol

import attrs

from paytwice.channels.messages import Ack, Answer, Credential, Notification
from paytwice.channels.requests import AbnormalRoute
from paytwice_core import Money, Pair, Policy

if TYPE_CHECKING:
    from datetime import date

    from paytwice.merchant.backstage import Backstage
    from paytwice.merchant.store import Store


@attrs.frozen
class OrderRequest:
    """An order that a customer has placed; it expires at `expires_at` (milliseconds since the run began)."""

    order_id: str
    amount: Money
    expires_at: int


@attrs.frozen
class Refusal:
    """The customer cannot pay this way now. `pay_again` is False where a payment may still be on its way."""

    why: str
    pay_again: bool = True


class Said(Enum):
    """What the customer is told about an order or a wish."""

    OPEN = "OPEN"  # not paid as far as we know; nothing is promised
    PAY_AGAIN = "PAY_AGAIN"  # not paid, and no payment can still arrive: a promise (S25)
    PAID = "PAID"  # a promise too
    CLOSED = "CLOSED"
    ACCEPTED = "ACCEPTED"  # a wish (cancel, refund) will be carried out
    REFUSED = "REFUSED"


@attrs.frozen
class CustomerAnswer:
    """What the merchant tells the customer."""

    said: Said
    why: str = ""


class Standing(Enum):
    """What a merchant says an order is."""

    OPEN = "OPEN"
    PAID = "PAID"
    CLOSED = "CLOSED"


class RefundStanding(Enum):
    """What a merchant says a refund is."""

    PENDING = "PENDING"
    DONE = "DONE"
    NEEDS_PERSON = "NEEDS_PERSON"
    VOID = "VOID"  # it will never move money


@attrs.frozen
class WinnerView:
    """The payment that settled the order: the channel and the channel's own payment number."""

    channel: str
    number: str
    attempt: str | None = None


@attrs.frozen
class AttemptView:
    """One attempt as the merchant sees it. `state` is the merchant's own word; reports print it."""

    out_trade_no: str
    channel: str
    state: str = ""
    number: str | None = None


@attrs.frozen
class RefundView:
    """One refund as the merchant sees it. `state` and `reason` are the merchant's own words."""

    out_refund_no: str
    out_trade_no: str
    amount: Money
    standing: RefundStanding
    state: str = ""
    reason: str = ""
    number: str | None = None  # the payment it reverses, where an out_trade_no was paid twice


@attrs.frozen
class OrderView:
    """A claim about an order, read from committed rows.

    Parts that are None make the promises about them vacuous. S4 is about the channels' ledgers, whatever a
    view says: what is shown as NEEDS_PERSON explains money that is left over, and who shows no refunds has
    nothing to explain it with.

    `captures` are the channel numbers of all payments the merchant knows of, the winner's included.
    """

    standing: Standing
    winner: WinnerView | None = None
    attempts: tuple[AttemptView, ...] | None = None
    refunds: tuple[RefundView, ...] | None = None
    captures: frozenset[str] | None = None
    state: str = ""


class ChannelClient(Protocol):
    """One channel as the merchant can call it.

    A call that gets no answer returns `NO_ANSWER`, it does not raise: its outcome is UNKNOWN, and what was
    asked may have been done. What was asked for is in the answer when its outcome is DONE: `credential`
    (create), `trade` (query), `refund` (refund, query_refund, reroute_refund), `bill`, `fund_bill`; a refund
    that was accepted has not ended. The same numbers with the same amount may be sent again at any time: that
    is one trade, and one refund.
    """

    @property
    def name(self) -> str: ...
    @property
    def has_close(self) -> bool: ...
    @property
    def has_create(self) -> bool: ...  # False: a form that the merchant signs alone
    @property
    def refund_spacing(self) -> int: ...  # milliseconds between two refund numbers of one trade
    @property
    def abnormal_routes(self) -> tuple[AbnormalRoute, ...]: ...  # the ways out of an ABNORMAL refund
    async def create(self, out_trade_no: str, amount: Money, expires_at: int) -> Answer: ...
    async def query(self, out_trade_no: str) -> Answer: ...
    async def close(self, out_trade_no: str) -> Answer: ...
    async def refund(
        self, out_trade_no: str, out_refund_no: str, amount: Money, channel_number: str | None = None
    ) -> Answer: ...
    async def query_refund(self, out_trade_no: str, out_refund_no: str) -> Answer: ...
    async def reroute_refund(self, out_trade_no: str, out_refund_no: str, route: AbnormalRoute) -> Answer: ...
    async def bill(self, day: date) -> Answer: ...
    async def fund_bill(self, day: date) -> Answer: ...


class Shop(Protocol):
    """Stock and shipping.

    An effect with a key that was seen before is not done again; that is all it checks.
    """

    async def reserve(self, order_id: str, key: str) -> bool: ...
    async def release(self, order_id: str, key: str) -> None: ...
    async def ship(self, order_id: str, key: str) -> None: ...


class MerchantClock(Protocol):
    """The merchant's own clock, in milliseconds since the run began; it may be ahead or behind."""

    def now(self) -> int: ...
    def day(self, at: int) -> date: ...
    def bill_time(self, day: date) -> int: ...
    async def sleep(self, ms: int) -> None: ...
    async def sleep_until(self, at: int) -> None: ...


class Bell(Protocol):
    """Lets a worker sleep until something is due or somebody rings, at once or for a time to come."""

    def ring(self, at: int | None = None) -> None: ...
    async def wait(self, until: int | None = None) -> None: ...


@attrs.frozen
class Surroundings:
    """What a merchant has around it.

    A handler that takes long is not answered for: customers wait 15 seconds for a page, and channels for an
    ack as long as their profile's `ack_timeout`.
    """

    store: Store  # the one thing that survives a crash
    channels: Mapping[str, ChannelClient]  # by name: "wechat", "alipay", "unionpay"
    shop: Shop
    clock: MerchantClock
    bell: Callable[[str], Bell]  # a bell of this process, under a name for reports
    alarm: Callable[[str, str], None]  # tells a person: about what (an order, an attempt), and why
    policy: Policy  # what `--set` wants of the merchant, and the promises hold it to
    app_id: str  # whose notifications are ours: others are to be refused, whatever they say
    mch_id: str
    spawn: Callable[..., None]  # spawn(label, async_function, *args): work that dies with the process
    reached: Callable[
        [Iterable[Pair]], None
    ]  # which (machine, state, evidence) came up: campaigns count them
    backstage: Backstage  # for what stands between a merchant and the run, such as `paytwice.web`


class Merchant(Protocol):
    """What the outside world does to a merchant."""

    async def open_order(self, request: OrderRequest) -> Refusal | None:
        """The customer places an order, perhaps again for want of an answer; a refusal ends it."""

    async def start_attempt(self, order_id: str, channel: str) -> Credential | Refusal:
        """The customer wants to pay with this channel: give something to pay with."""

    async def status(self, order_id: str) -> CustomerAnswer:
        """The pay page asks what to show."""

    async def cancel(self, order_id: str) -> CustomerAnswer:
        """The customer no longer wants the order."""

    async def ask_refund(self, order_id: str, amount: Money, request_id: str) -> CustomerAnswer:
        """The customer wants money back; the same `request_id` is the same wish."""

    async def notified(self, notification: Notification) -> Ack:
        """A channel tells something. An exception is an HTTP 500: no ack."""

    async def work(self) -> None:
        """Background work, for as long as the process lives."""

    def view(self, order_id: str) -> OrderView | None:
        """What the merchant says about an order now: synchronous, pure, from committed rows."""


MerchantFactory = Callable[[Surroundings], Merchant]

__all__ = [
    "Ack",
    "AttemptView",
    "Bell",
    "ChannelClient",
    "Credential",
    "CustomerAnswer",
    "Merchant",
    "MerchantClock",
    "MerchantFactory",
    "Notification",
    "OrderRequest",
    "OrderView",
    "RefundStanding",
    "RefundView",
    "Refusal",
    "Said",
    "Shop",
    "Standing",
    "Surroundings",
    "WinnerView",
]
