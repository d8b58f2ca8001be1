"""What a story acts through."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

import trio

from paytwice.arguments import one_of, some_money, span_of, whole
from paytwice.network.network import Network
from paytwice.settings import Settings
from paytwice.story.at_channel import AtChannel
from paytwice.world.awaiting import Calls, awaited
from paytwice.world.customer import Customer
from paytwice.world.stranger import FORGED, LIES
from paytwice.world.world import World
from paytwice_core import Money


class Simulation:
    """Customers, the network, the merchant's process, the channels, and time in milliseconds."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._unnamed = 0  # orders whose name was left to us

    @property
    def network(self) -> Network:
        """The network: hold, release, partition, repair, lose, delay, duplicate, link."""
        return self._world.network

    @property
    def settings(self) -> Settings:
        """The settings of this run."""
        return self._world.settings

    def parameter(self, name: str, default: int) -> int:
        """A number that `--set NAME=VALUE` and a sweep can set: `sim.parameter("patience", minutes(1))`.

        Ask for it where every run comes by: what a calm run does not ask for cannot be set by its name.
        It is set as a duration or a whole number; raises ValueError for a default that is neither.
        """
        if not isinstance(name, str) or not name.isidentifier():
            raise ValueError(f"a parameter has a name such as 'patience', not {name!r}")
        if type(default) is not int:
            raise ValueError(f"parameter {name} is a whole number, such as minutes(1) or 3, not {default!r}")
        self._world.parameters[name] = default
        return self.settings.tuning.parameters.get(name, default)

    @property
    def parameters(self) -> dict[str, int]:
        """The parameters that the story has asked for, each with its default."""
        return dict(self._world.parameters)

    @property
    def calls(self) -> Calls:
        """What the story has called and may not have awaited yet."""
        return self._world.calls

    # -- time -----------------------------------------------------------------------------------------------

    @property
    def now(self) -> int:
        """Milliseconds since the run began."""
        return self._world.kernel.now

    @awaited
    async def sleep(self, ms: int) -> None:
        """Let virtual time pass."""
        await self._world.kernel.sleep(span_of("a sleep", ms), "story sleeps")

    @awaited
    async def together(self, *doings: Coroutine[Any, Any, object]) -> None:
        """Let several things be done side by side, and wait until all are done.

        Things are what else would be awaited: `sim.together(first.pay("wechat"), second.pay("alipay"))`.
        """

        async def do(doing: Coroutine[Any, Any, object]) -> None:
            await doing

        try:
            for doing in doings:
                if not isinstance(doing, Coroutine):
                    raise ValueError(f"together takes calls such as order.pay('wechat'), and not {doing!r}")
            async with trio.open_nursery() as nursery:
                for number, doing in enumerate(doings):
                    self._world.kernel.spawn(nursery, f"story side {number}", do, doing)
        finally:
            for doing in doings:  # where one has failed, others may never have begun
                if isinstance(doing, Coroutine):
                    doing.close()

    # -- customers ------------------------------------------------------------------------------------------

    @awaited
    async def checkout(
        self, amount: str | Money, *, expires: int | None = None, order_id: str | None = None
    ) -> Customer:
        """Let a new customer place an order over "99.00 CNY", say; `expires` counts from now.

        The orders are P1, P2 and so on, unless they are given a name of their own.
        """
        world = self._world
        money = some_money(amount)
        currencies = dict.fromkeys(actor.desk.ledger.currency for actor in world.actors.values())
        if money.currency not in currencies:
            raise ValueError(f"no channel takes {money.currency}: they take {', '.join(currencies)}")
        if order_id is None:
            self._unnamed += 1
            order_id = f"P{self._unnamed}"
        if not isinstance(order_id, str) or not order_id or order_id.split() != [order_id]:
            raise ValueError(f"an order's name is text without spaces, such as 'P1', not {order_id!r}")
        if order_id in world.customers:
            raise ValueError(f"there is an order {order_id!r} already: every order has a name of its own")
        expires_at = self.now + (
            self.settings.expires if expires is None else span_of("the time to pay", expires, least=1)
        )
        customer = Customer(
            order_id,
            money,
            expires_at,
            tuple(world.actors),
            world.kernel,
            world.network,
            world.journal,
            world.oracle,
            world.calls,
            world.stranger.sees,
        )
        world.customers[order_id] = customer
        await customer.place()
        return customer

    def choose(self, name: str, options: int) -> int:
        """Let the run choose one of so many options; calm is 0."""
        return self._world.choices.option(name, whole("the number of options", options, least=1))

    # -- the merchant's process -----------------------------------------------------------------------------

    def crash_merchant(self, *, downtime: int) -> None:
        """Kill the merchant's process now, and start it again after `downtime`."""
        self._world.merchant.crash(span_of("a downtime", downtime))

    def crash_merchant_before(self, place: str, *, downtime: int) -> None:
        """Kill the merchant's process when it is about to do something, and start it again `downtime` later.

        Places are named as in deviations, and `*` stands for anything: `merchant payment.notify * answers`
        is an ack on its way out of the handler, `merchant * wechat refund.ask *` the call of a refund.
        """
        self._world.faults.planned[place] = f"crash {span_of('a downtime', downtime)}"

    def store_fails_before(self, place: str) -> None:
        """Let the merchant's store fail once, when it is about to do something: named as where to crash.

        `merchant payment.notify * store.get orders *` is a handler that cannot even read the order.
        """
        self._world.faults.planned[place] = "fail"

    # -- the world outside ----------------------------------------------------------------------------------

    def false_news(self, order: Customer, channel: str, what: str = FORGED) -> None:
        """Let a stranger tell the merchant that an order is paid: what was given out last at a channel.

        `what` is "forged", with a signature that no check can pass, or properly signed "for another app" or
        "for another merchant". Where nothing was given out, there is nothing to tell.
        """
        held = order.credentials.get(one_of("channel", channel, self._world.actors))
        lie = one_of("kind of false news", what, LIES)
        if held:
            self._world.stranger.send(lie, held[-1])
        else:
            order.unmet.append(f"tell false news of {order.order_id} at {channel}")

    # -- the channels ---------------------------------------------------------------------------------------

    def channel(self, name: str) -> AtChannel:
        """A channel: to look at its desk, to work at its console, to arrange what happens there."""
        actors = self._world.actors
        return AtChannel(actors[one_of("channel", name, actors)])
