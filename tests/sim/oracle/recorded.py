"""What was seen in a run, as it was told to the oracle; and plain questions about it, answered by scanning.

Nothing is remembered between two questions: each goes through all that was seen, from the beginning.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any, Final, cast

import attrs

from paytwice import Run, Simulation, simulate
from paytwice.channels.ledger import Movement, MovementKind
from paytwice.channels.messages import Credential, Meaning, RefundStatus
from paytwice.channels.requests import AskRefund, CloseTrade, CreateTrade, FetchBill, QueryRefund, QueryTrade
from paytwice.merchant.port import MerchantFactory, OrderView, RefundStanding, Standing
from paytwice.oracle import Oracle, Rules
from paytwice.story.player import Story
from paytwice_core import Money

OBSERVED: Final = (
    *("ordered", "declined", "handed", "viewed", "requested", "moved", "refund_changed", "shop_did"),
    *("acked", "told", "wished_refund", "healed"),
)
SIGNATURES: Final = {name: inspect.signature(getattr(Oracle, name)) for name in OBSERVED}
NEVER_ASKED_ABOUT: Final = (QueryRefund, FetchBill, CreateTrade)  # and there can be thousands of them
Key = tuple[str, str]  # channel and out_trade_no


@attrs.frozen
class Seen:
    """One thing that was told to the oracle: the name of its method, and the arguments."""

    what: str
    at: int
    told: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.told[name]


class Recorder:
    """Stands where the oracle stood, takes down what it is told, and passes it on."""

    def __init__(self, oracle: Oracle) -> None:
        self.oracle = oracle
        self.seen: list[Seen] = []
        self.queried = False  # that the merchant asks at all is asked about, and how often is not

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.oracle, name)
        if name not in OBSERVED:
            return method
        signature = SIGNATURES[name]

        def told(*args: object, **named: object) -> Any:
            bound = signature.bind(self.oracle, *args, **named)
            bound.apply_defaults()
            request = bound.arguments.get("request")
            again = isinstance(request, QueryTrade) and self.queried
            self.queried |= isinstance(request, QueryTrade)
            if not again and not isinstance(request, NEVER_ASKED_ABOUT):
                self.seen.append(Seen(name, cast("int", bound.arguments["at"]), dict(bound.arguments)))
            return method(*args, **named)

        return told


def recorded_run(story: Story, merchant: MerchantFactory, **options: Any) -> tuple[Run, History]:
    """Play a story, and give the run and all that was seen in it."""
    kept: list[Recorder] = []

    async def watched(sim: Simulation) -> None:
        world = sim._world
        recorder = Recorder(world.oracle)
        kept.append(recorder)
        world.oracle = world.watch.oracle = cast("Oracle", recorder)
        await story(sim)

    run = simulate(watched, merchant=merchant, **options)
    rules = kept[0].oracle.rules
    return run, History(tuple(kept[0].seen), rules, run.ended_at)


@attrs.frozen
class History:
    """All that was seen up to a moment, in order."""

    seen: tuple[Seen, ...]
    rules: Rules
    end: int

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
                yield one, attrs.evolve(self, seen=self.seen[:index], end=one.at)

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

    # -- refunds --------------------------------------------------------------------------------------------

    def asks(self, key: Key, refund: str | None = None) -> list[tuple[AskRefund, Meaning, int]]:
        return [
            (one["request"], one["meaning"], one.at)
            for one in self.all("requested", channel=key[0])
            if isinstance(one["request"], AskRefund)
            and one["request"].out_trade_no == key[1]
            and refund in (None, one["request"].out_refund_no)
        ]

    def asked_numbers(self, key: Key) -> list[str]:
        return list(dict.fromkeys(request.out_refund_no for request, _, _ in self.asks(key)))

    def refund_numbers(self, key: Key) -> list[str]:
        """All refund numbers that a desk knows, whoever asked for them."""
        changed = [
            one["record"].out_refund_no
            for one in self.all("refund_changed", channel=key[0])
            if one["record"].out_trade_no == key[1]
        ]
        moved = [one.out_refund_no or "" for one, _ in self.moves(key, MovementKind.RETURNED)]
        return list(dict.fromkeys([*self.asked_numbers(key), *changed, *moved]))

    def status(self, key: Key, refund: str) -> RefundStatus | None:
        found = [
            one["record"].state
            for one in self.all("refund_changed", channel=key[0])
            if (one["record"].out_trade_no, one["record"].out_refund_no) == (key[1], refund)
        ]
        if found:
            return cast("RefundStatus", found[-1])
        return RefundStatus.SUCCESS if self.returned(key, refund=refund) else None

    def is_processing(self, key: Key) -> bool:
        return any(self.status(key, number) is RefundStatus.PROCESSING for number in self.refund_numbers(key))

    def foreign(self, key: Key) -> int:
        """What went back without this merchant asking."""
        own = self.asked_numbers(key)
        return sum(
            one.amount.minor
            for one, _ in self.moves(key, MovementKind.RETURNED)
            if (one.out_refund_no or "") not in own
        )

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

    def with_a_person(self, order: str, out_trade_no: str) -> int:
        view = self.view(order)
        return sum(
            one.amount.minor
            for one in (view.refunds or () if view is not None else ())
            if one.standing is RefundStanding.NEEDS_PERSON and one.out_trade_no == out_trade_no
        )

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
