"""The customer: orders, pays, switches, cancels, asks for money back, by messages that can be lost.

A customer who gets no answer tries again a few times, as people do, and then goes on with life.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import attrs

from paytwice.arguments import one_of, some_money, whole
from paytwice.calendar import SECOND
from paytwice.channels.actor import Open, Pay
from paytwice.channels.messages import Credential
from paytwice.channels.trade import Payment
from paytwice.journal import NOBODY, Journal, What
from paytwice.kernel.kernel import Future, Kernel
from paytwice.merchant.host import Wish
from paytwice.merchant.port import CustomerAnswer, OrderRequest, Refusal, Said
from paytwice.network.network import Network
from paytwice.world.awaiting import Calls, awaited
from paytwice_core import Money

PATIENCE = 15 * SECOND  # how long a page loads before it is given up
OPENING_TRIES = 400  # an order is wanted more than anything that follows: for more than a day


class CustomerWatcher(Protocol):
    """What an observer of the customer is told; `entry` is the journal entry."""

    def ordered(self, order_id: str, amount: Money, expires_at: int, at: int, entry: int) -> None: ...
    def declined(self, order_id: str, at: int, entry: int) -> None: ...
    def handed(self, order_id: str, credential: Credential, at: int, entry: int) -> None: ...
    def told(self, order_id: str, said: Said, at: int, entry: int, *, since: int | None = None) -> None: ...
    def wished_refund(
        self, order_id: str, amount: Money, request_id: str, at: int, entry: int, *, granted: bool = False
    ) -> None: ...


@attrs.define(eq=False)
class Customer:
    """One customer with one order: the handle through which a story acts.

    All durations are in milliseconds.
    """

    order_id: str
    amount: Money
    expires_at: int
    channels: tuple[str, ...]  # the channels there are
    kernel: Kernel
    network: Network
    journal: Journal
    watcher: CustomerWatcher
    calls: Calls = attrs.field(factory=Calls)
    tempts: Callable[[Credential], None] = lambda _credential: None  # whoever sees what it was given
    credentials: dict[str, list[Credential]] = attrs.field(factory=dict)
    unmet: list[str] = attrs.field(factory=list)  # what the story wanted of the customer in vain
    _refunds: int = 0
    _chosen: set[str] = attrs.field(factory=set)  # channels
    _doing: int = NOBODY  # the entry of what the customer did last

    # -- with the merchant ----------------------------------------------------------------------------------

    async def place(self) -> None:
        """Place the order, and place it again until the shop takes or refuses it."""
        entry = self._did("orders", number=self.amount.minor)
        self.watcher.ordered(self.order_id, self.amount, self.expires_at, self.kernel.now, entry)
        request = OrderRequest(self.order_id, self.amount, self.expires_at)
        wish = Wish("open_order", self.order_id, (request,))
        for tries in range(OPENING_TRIES):
            reply = await self._ask("merchant", "order.open", wish)
            if reply is not None and isinstance(reply[0], Refusal):
                entry = self._read("refusal", "", reply[1], reply[0].why)
                self.watcher.declined(self.order_id, self.kernel.now, entry)
                return
            if reply is not None and reply[0] is not None:
                return
            await self._pause(min(5 + 5 * tries, 300) * SECOND)

    @awaited
    async def start(self, channel: str, *, tries: int = 3) -> Credential | Refusal | None:
        """Choose a channel and get something to pay with: a QR code, a prepay_id, a form. None: no answer.

        A customer who gets no answer, or is told to try again, does so, `tries` times in all.
        """
        self._did("chooses", one_of("channel", channel, self.channels))
        self._chosen.add(channel)
        answer: Credential | Refusal | None = None
        for again in range(whole("tries", tries, least=1)):
            if again:
                await self._pause(5 * SECOND)
            reply = await self._ask(
                "merchant", "pay.start", Wish("start_attempt", self.order_id, (self.order_id, channel))
            )
            if reply is None:
                continue
            match reply[0]:
                case Credential() as credential:
                    self.credentials.setdefault(channel, []).append(credential)
                    entry = self._read("credential", credential.out_trade_no, reply[1])
                    self.watcher.handed(self.order_id, credential, self.kernel.now, entry)
                    self.tempts(credential)
                    return credential
                case Refusal() as answer:
                    self._read("refusal", "", reply[1], answer.why)
                    if not answer.pay_again:
                        return answer
        return answer

    @awaited
    async def status(self) -> CustomerAnswer | None:
        """Look at the pay page. None: no answer."""
        return await self._wish("page.status", Wish("status", self.order_id, (self.order_id,)))

    @awaited
    async def cancel(self) -> CustomerAnswer | None:
        """Cancel the order. None: no answer."""
        self._did("cancels")
        return await self._wish("order.cancel", Wish("cancel", self.order_id, (self.order_id,)))

    @awaited
    async def ask_refund(self, amount: str | Money, request_id: str | None = None) -> CustomerAnswer | None:
        """Ask for money back, a few times under the same request. None: no answer."""
        money = some_money(amount, of=self.amount.currency)
        if request_id is None:
            self._refunds += 1
            request_id = f"{self.order_id}-W{self._refunds}"
        entry = self._did("asks for money back", request_id, money.minor)
        self.watcher.wished_refund(self.order_id, money, request_id, self.kernel.now, entry)
        wish = Wish("ask_refund", self.order_id, (self.order_id, money, request_id))
        for again in range(3):
            if again:
                await self._pause(5 * SECOND)
            answer = await self._wish("refund.ask", wish)
            if answer is not None:
                if answer.said is Said.ACCEPTED:
                    now = self.kernel.now
                    self.watcher.wished_refund(self.order_id, money, request_id, now, entry, granted=True)
                return answer
        return None

    async def _wish(self, kind: str, wish: Wish) -> CustomerAnswer | None:
        since = self.kernel.now
        reply = await self._ask("merchant", kind, wish)
        if reply is None or not isinstance(reply[0], CustomerAnswer):
            return None
        answer = reply[0]
        entry = self._read(answer.said.value, "", reply[1])
        self.watcher.told(self.order_id, answer.said, self.kernel.now, entry, since=since)
        return answer

    # -- with the channels ----------------------------------------------------------------------------------

    @awaited
    async def scan(self, channel: str, *, which: int = -1) -> None:
        """Open the channel's cashier, without paying yet."""
        credential = self._credential(channel, which)
        if credential is not None:
            await self._ask(channel, "customer.open", Open(credential), credential.out_trade_no)

    @awaited
    async def confirm(
        self, channel: str, *, which: int = -1, coupon: str | Money | None = None
    ) -> Payment | None:
        """Confirm in the channel's cashier: the money moves. None: no answer, or nothing to pay with.

        `which` picks one of several credentials of the same channel; the last one is the default. With a
        coupon, "10.00 CNY" say, marketing pays that part, and the customer the rest.
        """
        worth = None if coupon is None else some_money(coupon, of=self.amount.currency)
        credential = self._credential(channel, which)
        if credential is None:
            self._did("has nothing to pay with", channel)
            return None
        if worth is not None:
            self._did("uses a coupon at", channel, worth.minor)
        self._did("confirms", channel, credential.amount.minor)
        reply = await self._ask(channel, "customer.pay", Pay(credential, worth), credential.out_trade_no)
        return reply[0] if reply is not None and isinstance(reply[0], Payment) else None

    @awaited
    async def pay(self, channel: str, *, coupon: str | Money | None = None) -> Payment | None:
        """Choose a channel and confirm."""
        await self.start(channel)
        return await self.confirm(channel, coupon=coupon)

    def _credential(self, channel: str, which: int) -> Credential | None:
        held = self.credentials.get(one_of("channel", channel, self.channels), [])
        if channel not in self._chosen:
            self.unmet.append(f"let {self.order_id} be paid by {channel} before `order.start({channel!r})`")
        return held[which] if -len(held) <= which < len(held) else None

    # -- messages -------------------------------------------------------------------------------------------

    async def _ask(
        self, whom: str, kind: str, payload: object, key: str | None = None
    ) -> tuple[object, int] | None:
        place = f"customer {kind} {key or self.order_id}"
        future: Future[tuple[object, int] | None] = self.kernel.future(place)
        future.expire_at(self.kernel.now + PATIENCE, None)
        self.network.send(
            "customer",
            whom,
            kind,
            key or self.order_id,
            payload,
            cause=self._doing,
            reply=lambda answer, entry: future.set((answer, entry)),
        )
        return await future.wait()

    async def _pause(self, ms: int) -> None:
        await self.kernel.sleep(ms, f"customer {self.order_id} waits")

    def _did(self, what: str, detail: str = "", number: int = 0) -> int:
        self._doing = self.journal.note(
            self.kernel.now, self._doing, What.DID, "customer", detail, what, self.order_id, number
        )
        return self._doing

    def _read(self, what: str, detail: str, cause: int, text: str = "") -> int:
        return self.journal.note(
            self.kernel.now, cause, What.TOLD, "customer", detail, what, self.order_id, text=text
        )
