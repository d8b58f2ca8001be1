"""What was seen in a run, and plain questions about it, answered by scanning.

Nothing is remembered between two questions: each goes through all that was seen, from the beginning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

import attrs

from paytwice.channels.ledger import Movement, MovementKind
from paytwice.channels.messages import Credential, Meaning, Notification
from paytwice.channels.requests import CloseTrade, QueryTrade, Request
from paytwice.merchant.port import OrderView, RefundView, Standing
from paytwice.oracle import Billed, Rules
from paytwice_core import Money

Key = tuple[str, str]  # channel and out_trade_no


@attrs.frozen
class Seen:
    """One thing that was told to the oracle: the name of its method, and the arguments."""

    what: str
    at: int
    told: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.told[name]


@attrs.frozen
class Call:
    """A request to a channel, beside the rest: `place` things of a history had been seen before it."""

    place: int
    channel: str
    request: Request
    meaning: Meaning
    at: int
    sent_at: int

    @property
    def key(self) -> Key:
        return self.channel, getattr(self.request, "out_trade_no", "")


@attrs.frozen
class History:
    """All that was seen up to a moment, in order.

    The `calls` are apart: there can be thousands of queries, and but one promise asks how many.
    """

    seen: tuple[Seen, ...]
    rules: Rules
    end: int
    calls: tuple[Call, ...] = ()
    billed: Mapping[str, Billed] = attrs.field(factory=dict)  # the bills that could be had an hour ago

    def all(self, what: str, **like: object) -> list[Seen]:
        """Everything of one kind whose arguments are these."""
        return [
            one
            for one in self.seen
            if one.what == what and all(one.told[name] == value for name, value in like.items())
        ]

    def each(self, what: str) -> Iterator[tuple[Seen, History]]:
        """Everything of one kind, each with all that was seen before it."""
        for index, one in enumerate(self.seen):
            if one.what == what:
                yield one, self.before(index, one.at)

    def before(self, place: int, at: int) -> History:
        """The first things only."""
        return attrs.evolve(self, seen=self.seen[:place], end=at)

    # -- orders and trades ----------------------------------------------------------------------------------

    @property
    def orders(self) -> list[str]:
        return [one["order_id"] for one in self.all("ordered")]

    def amount(self, order: str) -> Money:
        return cast("Money", self.all("ordered", order_id=order)[0]["amount"])

    def owner(self, key: Key) -> str | None:
        """The order whose customer was the first to be given this trade."""
        for one in self.all("handed"):
            if (one["credential"].channel, one["credential"].out_trade_no) == key:
                return cast("str", one["order_id"])
        return None

    def trades(self, order: str) -> list[Key]:
        keys = [(one["credential"].channel, one["credential"].out_trade_no) for one in self.all("handed")]
        return [key for key in dict.fromkeys(keys) if self.owner(key) == order]

    def papers(self, key: Key) -> list[tuple[Credential, int]]:
        return [
            (one["credential"], one.at)
            for one in self.all("handed")
            if (one["credential"].channel, one["credential"].out_trade_no) == key
        ]

    def dead_at(self, key: Key) -> int:
        return max(credential.dead_at for credential, _ in self.papers(key))

    @property
    def healed_at(self) -> int | None:
        found = self.all("healed")
        return found[-1].at if found else None

    def is_ours(self, told: Notification) -> bool:
        """Whether a notification is authentic, and for this merchant's app."""
        rules = self.rules
        meant = rules.app_id in (None, told.app_id) and rules.mch_id in (None, told.mch_id)
        return told.authentic and meant

    # -- money ----------------------------------------------------------------------------------------------

    def moves(self, key: Key, kind: MovementKind) -> list[tuple[Movement, int]]:
        return [
            (one["movement"], one.at)
            for one in self.all("moved", channel=key[0])
            if one["movement"].out_trade_no == key[1] and one["movement"].kind is kind
        ]

    def captures(self, key: Key) -> list[tuple[Movement, int]]:
        return self.moves(key, MovementKind.CAPTURED)

    def captured(self, key: Key) -> int:
        return sum(one.amount.minor for one, _ in self.captures(key))

    def returned(self, key: Key, *, number: str | None = None, refund: str | None = None) -> int:
        return sum(
            one.amount.minor
            for one, _ in self.moves(key, MovementKind.RETURNED)
            if number in (None, one.channel_number) and refund in (None, one.out_refund_no)
        )

    def kept(self, order: str) -> dict[str, int]:
        """What channels hold of an order, by currency."""
        sums: dict[str, int] = {}
        for key in self.trades(order):
            for one, _ in self.captures(key):
                sums[one.amount.currency] = sums.get(one.amount.currency, 0) + one.amount.minor
            for one, _ in self.moves(key, MovementKind.RETURNED):
                sums[one.amount.currency] = sums.get(one.amount.currency, 0) - one.amount.minor
        return {currency: minor for currency, minor in sums.items() if minor}

    # -- requests --------------------------------------------------------------------------------------------

    def closes(self, key: Key) -> list[tuple[Meaning, int]]:
        return [
            (one["meaning"], one.at)
            for one in self.all("requested", channel=key[0])
            if isinstance(one["request"], CloseTrade) and one["request"].out_trade_no == key[1]
        ]

    @property
    def merchant_queries(self) -> bool:
        return any(isinstance(one["request"], QueryTrade) for one in self.all("requested"))

    # -- the merchant's claims, the shop, the customer ------------------------------------------------------

    def views(self, order: str) -> list[tuple[OrderView, int]]:
        return [(one["view"], one.at) for one in self.all("viewed", order_id=order)]

    def view(self, order: str) -> OrderView | None:
        found = self.views(order)
        return found[-1][0] if found else None

    def refunds(self, order: str) -> tuple[RefundView, ...]:
        """The refunds that the merchant shows."""
        view = self.view(order)
        return view.refunds or () if view is not None else ()

    def standing(self, order: str) -> Standing | None:
        view = self.view(order)
        return view.standing if view is not None else None

    def final_at(self, order: str) -> int | None:
        return next((at for view, at in self.views(order) if view.standing is not Standing.OPEN), None)

    def is_winner(self, order: str, key: Key, number: str) -> bool:
        view = self.view(order)
        if view is None or view.winner is None or view.standing is not Standing.PAID:
            return False
        return (view.winner.channel, view.winner.number) == (key[0], number)

    def winning_trade(self, order: str) -> Key | None:
        view = self.view(order)
        if view is None or view.winner is None:
            return None
        for key in self.trades(order):
            numbers = [one.channel_number for one, _ in self.captures(key)]
            if key[0] == view.winner.channel and view.winner.number in numbers:
                return key
        return None

    def effects(self, order: str) -> list[str]:
        return [one["what"] for one in self.all("shop_did", order_id=order)]

    def stock(self, order: str) -> int:
        return self.effects(order).count("reserve") - self.effects(order).count("release")

    def wishes(self, order: str) -> dict[str, int]:
        """What the customer asked to get back, by request."""
        found: dict[str, int] = {}
        for one in self.all("wished_refund", order_id=order):
            found.setdefault(one["request_id"], one["amount"].minor)
        return found

    def granted(self, order: str) -> int:
        ids = {one["request_id"] for one in self.all("wished_refund", order_id=order, granted=True)}
        return sum(minor for request, minor in self.wishes(order).items() if request in ids)

    def unanswered(self, order: str) -> list[int]:
        """The wishes of which nobody outside knows whether they were granted."""
        ids = {one["request_id"] for one in self.all("wished_refund", order_id=order, granted=True)}
        return [minor for request, minor in self.wishes(order).items() if request not in ids]


Naive = Callable[[History], Iterator[str]]
