"""The merchant that an ASGI application is: every message of the port becomes an HTTP request to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import attrs
import trio

from paytwice.channels.messages import Ack, Credential, Notification
from paytwice.merchant.backstage import Backstage
from paytwice.merchant.port import (
    CustomerAnswer,
    Merchant,
    MerchantFactory,
    OrderRequest,
    OrderView,
    Refusal,
    Surroundings,
)
from paytwice.merchant.process import CAUSE
from paytwice.web import customers
from paytwice.web.asgi import Application, call
from paytwice.web.lifespan import Lifespan
from paytwice.web.lines import Line, keys_for_tests, lines_to
from paytwice.web.surroundings import Web
from paytwice.web.transport import ChannelTransport
from paytwice.wire.acks import ack_of
from paytwice.wire.http import HttpRequest, HttpResponse
from paytwice_core import Money

LINES: Final = "lines"


@attrs.frozen
class WebApp:
    """What a web application is to a run.

    `app` answers the requests of customers (see `paytwice.web.customers`) and of channels, at whatever
    addresses it names to them. `view` says what its committed rows say of an order: it is asked after every
    commit that `Web.statements` has seen, and whenever something happens outside. `work` is what runs beside
    the requests, for as long as the process lives.
    """

    app: Application
    view: Callable[[str], OrderView | None]
    work: Callable[[], Awaitable[None]] | None = None


@attrs.define(eq=False)
class WebMerchant:
    """An application in the place of a merchant."""

    web: Web
    made: WebApp
    lines: Mapping[str, Line]  # by the channel's name
    backstage: Backstage
    lifespan: Lifespan
    _commits: int = 0
    _views: dict[str, OrderView | None] = attrs.field(factory=dict)

    async def open_order(self, request: OrderRequest) -> Refusal | None:
        """Place an order."""
        return customers.refusal_of(await self._ask(customers.place(request, self.web.clock.began)))

    async def start_attempt(self, order_id: str, channel: str) -> Credential | Refusal:
        """Get something to pay with: what the channel has issued under the word that the customer gets."""
        response = await self._ask(customers.start(order_id, channel))
        refusal = customers.refusal_of(response)
        if refusal is not None:
            return refusal
        word = customers.pay_with_of(response)
        line = self.lines.get(channel)
        credential = None if line is None else line.credential(word)
        if credential is None:
            raise customers.AppError(f"{channel} has issued nothing to pay with under {word!r}")
        return credential

    async def status(self, order_id: str) -> CustomerAnswer:
        """Look at the pay page."""
        return customers.answer_of(await self._ask(customers.look(order_id)))

    async def cancel(self, order_id: str) -> CustomerAnswer:
        """Cancel the order."""
        return customers.answer_of(await self._ask(customers.cancel(order_id)))

    async def ask_refund(self, order_id: str, amount: Money, request_id: str) -> CustomerAnswer:
        """Ask for money back."""
        return customers.answer_of(await self._ask(customers.ask_refund(order_id, amount, request_id)))

    async def notified(self, notification: Notification) -> Ack:
        """Post a notification as its channel does."""
        line = self.lines.get(notification.channel)
        if line is None:
            return Ack.negative()  # nobody listens for a channel whose protocol is not spoken here
        ack = ack_of(await self._ask(line.notice(notification, self._signed_at(notification.channel))))
        assert ack is not None, "the application has answered"
        return ack

    async def work(self) -> None:
        """What the application does by itself, once it has started."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.lifespan.run)
            if self.made.work is not None:
                await self.lifespan.started()
                await self.made.work()

    def view(self, order_id: str) -> OrderView | None:
        """What the application says of an order; it is not asked again before something was committed."""
        statements = self.web.statements
        if not statements.are_watched:
            return self.made.view(order_id)
        if statements.commits != self._commits:
            self._commits, self._views = statements.commits, {}
        if order_id not in self._views:
            self._views[order_id] = self.made.view(order_id)
        return self._views[order_id]

    async def _ask(self, request: HttpRequest) -> HttpResponse:
        await self.lifespan.started()
        return await call(self.made.app, request, self.lifespan.state)

    def _signed_at(self, channel: str) -> int:
        """When the notification that is being handled was signed: when it was sent, as a rule.

        No request is longer under way than its sender waits for the answer. A notification that a story
        delays for longer stands for one that the channel has come to late, and that it signs then.
        """
        rows, entry = self.backstage.journal.rows, CAUSE.get()
        desk, now = self.backstage.desks[channel], self.backstage.network.kernel.now
        return max(rows[rows[entry][1]][0], now - desk.profile.ack_timeout)


def web_merchant(make: Callable[[Web], WebApp]) -> MerchantFactory:
    """A merchant factory of a function that makes an application, for every process anew."""

    def factory(around: Surroundings) -> Merchant:
        behind = around.backstage
        keys = keys_for_tests(around.app_id, around.mch_id)
        lines: dict[str, Line] | None = behind.lasting.things.get(LINES)
        if lines is None:
            lines = behind.lasting.things[LINES] = lines_to(behind.desks, behind.calendar, keys)
        by_host = {line.host: line for line in lines.values()}
        web = Web.of(around, ChannelTransport(behind, by_host), keys)
        made = make(web)
        return WebMerchant(web, made, lines, behind, Lifespan(made.app))

    factory.__name__ = getattr(make, "__name__", "web_merchant")
    return factory
