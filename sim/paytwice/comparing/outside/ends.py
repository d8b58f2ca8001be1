"""How a run ends for those outside: what each order is, whose the money is, what was shipped.

It is made of the facts, so that both merchants are told in the names they have in common. Numbers and times
of their own are shown and not compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import attrs

from paytwice.comparing.outside.facts import Fact, Kind, payment
from paytwice.run import Run

INTO: Final = ("CAPTURED", "TOOK_LATE")
BACK: Final = ("RETURNED", "GAVE_BACK")
VIEW: Final = "order"  # where a view tells of the order itself


@attrs.frozen
class Purse:
    """What was taken and given back under one attempt, in minor units."""

    captured: int = 0
    returned: int = 0
    to_merchant_card: int = 0

    @property
    def kept(self) -> int:
        """What the customer has not got back."""
        return self.captured - self.returned


@attrs.frozen
class End:
    """One order at the end. `since` is when the merchant began to say so, `payment` the channel's number."""

    order: str
    standing: str  # empty where the merchant shows nothing
    winner: str  # the attempt that paid, and which of its payments; empty where there is none
    purses: Mapping[str, Purse]  # by attempt
    shop: Mapping[str, int]  # how often it reserved, released, shipped
    refunds: Mapping[str, str]  # what the merchant shows of each
    since: int = attrs.field(default=0, eq=False)
    payment: str = attrs.field(default="", eq=False)

    @property
    def captured(self) -> int:
        """What all channels took for it."""
        return sum(one.captured for one in self.purses.values())

    @property
    def returned(self) -> int:
        """What all of them gave back."""
        return sum(one.returned for one in self.purses.values())

    @property
    def kept(self) -> int:
        """What the customer has not got back."""
        return self.captured - self.returned


def ends(run: Run, seen: Iterable[Fact]) -> dict[str, End]:
    """How every order of a run ends; money that is nobody's is under an empty name, if there is any."""
    by_order: dict[str, list[Fact]] = {order.id: [] for order in run.orders}
    for fact in seen:
        by_order.setdefault(fact.order, []).append(fact)
    found = {order: _end(order, told) for order, told in by_order.items()}
    numbers = {order.id: order.view.winner.number for order in run.orders if order.view and order.view.winner}
    return {
        name: attrs.evolve(one, payment=numbers.get(name, ""))
        for name, one in found.items()
        if name or one.purses
    }


def _end(order: str, told: Iterable[Fact]) -> End:
    standing, winner, since = "", "", 0
    purses: dict[str, Purse] = {}
    shop: dict[str, int] = {}
    refunds: dict[str, str] = {}
    for fact in told:
        match fact.kind, fact.what:
            case Kind.VIEW, (str(said), *by) if fact.where == VIEW:
                standing, since = said, fact.at
                winner = f"{by[0]}{payment(by[1])}" if by else ""
            case Kind.VIEW, (str(said),):
                refunds[fact.where] = said
            case Kind.SHIPPING, (str(effect),):
                shop[effect] = shop.get(effect, 0) + 1
            case Kind.MONEY, (str(kind), int(minor)):
                purses[fact.where] = _moved(purses.get(fact.where, Purse()), kind, minor)
    return End(order, standing, winner, purses, shop, refunds, since)


def _moved(purse: Purse, kind: str, minor: int) -> Purse:
    if kind in INTO:
        return attrs.evolve(purse, captured=purse.captured + minor)
    if kind in BACK:
        return attrs.evolve(purse, returned=purse.returned + minor)
    if kind == "TO_MERCHANT_CARD":
        return attrs.evolve(purse, to_merchant_card=purse.to_merchant_card + minor)
    return purse  # the part of a coupon, which is in the whole
