"""Stories as data: who comes when, and does what, step by step. What is printed can be pasted into a test.

A story written by hand says more than this can. This is for stories that nobody thought of: drawn, shrunk,
and read by whoever has to mend what they broke.
"""

from __future__ import annotations

from typing import Protocol

import attrs

from paytwice.story.simulation import Simulation
from paytwice.world.customer import Customer


class Act(Protocol):
    """One thing that a customer does. Channels go by their names, times are milliseconds."""

    async def by(self, customer: Customer, sim: Simulation) -> None:
        """Let a customer do it."""


@attrs.frozen
class Wait:
    """Let time pass."""

    ms: int

    async def by(self, _customer: Customer, sim: Simulation) -> None:
        """Let time pass."""
        await sim.sleep(self.ms)


@attrs.frozen
class Pay:
    """Choose a channel and confirm there."""

    channel: str

    async def by(self, customer: Customer, _sim: Simulation) -> None:
        """Choose and confirm."""
        await customer.pay(self.channel)


@attrs.frozen
class Start:
    """Choose a channel, and do not pay yet."""

    channel: str

    async def by(self, customer: Customer, _sim: Simulation) -> None:
        """Choose it."""
        await customer.start(self.channel)


@attrs.frozen
class Scan:
    """Open the cashier of a channel that was chosen before."""

    channel: str

    async def by(self, customer: Customer, _sim: Simulation) -> None:
        """Open it."""
        await customer.scan(self.channel)


@attrs.frozen
class Confirm:
    """Confirm in the cashier of a channel that was chosen before."""

    channel: str

    async def by(self, customer: Customer, _sim: Simulation) -> None:
        """Confirm there."""
        await customer.confirm(self.channel)


@attrs.frozen
class Look:
    """Look at the pay page."""

    async def by(self, customer: Customer, _sim: Simulation) -> None:
        """Look at it."""
        await customer.status()


@attrs.frozen
class Cancel:
    """Cancel the order."""

    async def by(self, customer: Customer, _sim: Simulation) -> None:
        """Cancel it."""
        await customer.cancel()


@attrs.frozen
class AskRefund:
    """Want money back."""

    amount: str

    async def by(self, customer: Customer, _sim: Simulation) -> None:
        """Ask for it."""
        await customer.ask_refund(self.amount)


@attrs.frozen
class AtOnce:
    """Do two things in the same moment, as with two phones."""

    one: Act
    other: Act

    async def by(self, customer: Customer, sim: Simulation) -> None:
        """Do both."""
        await sim.together(self.one.by(customer, sim), self.other.by(customer, sim))


@attrs.frozen
class Visit:
    """A customer who comes `after` so many milliseconds, places an order, and does this and that."""

    amount: str
    acts: tuple[Act, ...] = ()
    after: int = 0

    async def take_place(self, sim: Simulation) -> None:
        """Let the customer come, order and act."""
        if self.after:
            await sim.sleep(self.after)
        customer = await sim.checkout(self.amount)
        for act in self.acts:
            await act.by(customer, sim)


@attrs.frozen
class ShopStory:
    """What goes on in a shop: some visits, side by side. It is called as any story is."""

    visits: tuple[Visit, ...]

    async def __call__(self, sim: Simulation) -> None:
        """Let all visits take place."""
        if len(self.visits) == 1:
            await self.visits[0].take_place(sim)
        else:
            await sim.together(*(visit.take_place(sim) for visit in self.visits))
