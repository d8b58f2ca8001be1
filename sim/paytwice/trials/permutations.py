"""S17, order-insensitivity: in whatever order the news of payments comes, one wins and the rest goes back.

The news is kept at the merchant's door, and its queries and bills unanswered, until the story is over and all
money has moved; then the notifications are let in, one every two seconds, in each order. Up to four messages
in all orders, of more a sample. Which payment wins may differ between orders of arrival, the sums may not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import islice, permutations
from typing import Final

import attrs

from paytwice.calendar import MINUTE, SECOND
from paytwice.channels.ledger import MovementKind
from paytwice.channels.messages import About, Notification
from paytwice.channels.requests import FetchBill, QueryTrade
from paytwice.choices import Bits
from paytwice.merchant.port import OrderView, Standing
from paytwice.network.envelope import Envelope
from paytwice.run import OrderResult, Run
from paytwice.story.player import Story
from paytwice.story.simulation import Simulation
from paytwice.trials.outcome import Difference, Outcome, differences, outcomes
from paytwice.trials.subject import Direction, Receive, Subject, tap
from paytwice.trials.trial import NothingToTry, Variant, base_run
from paytwice.world.world import World
from paytwice_core import LateSuccess, Money

GAP: Final = 2 * SECOND  # between two messages that are let in
PATIENCE: Final = 10 * MINUTE  # how long the news of all payments is waited for
EXHAUSTIVE: Final = 4  # messages
SAMPLE: Final = 24  # orders of arrival, where there are more messages
SEED: Final = 17


@attrs.define
class Door:
    """What waits at the merchant's door, and how the orders stood when it was opened."""

    waiting: list[tuple[Envelope, int, Receive]] = attrs.field(factory=list)
    open: bool = False
    before: dict[str, Standing] = attrs.field(factory=dict)
    expired: dict[str, bool] = attrs.field(factory=dict)
    trades: dict[str, dict[tuple[str, str], bool]] = attrs.field(factory=dict)  # of each order

    @property
    def names(self) -> list[str]:
        """What is to be let in, in the order in which it came."""
        return [f"{one.sender} {one.key}" for one, _, _ in self.waiting]

    def keep(self, envelope: Envelope, entry: int, receive: Receive) -> None:
        """Keep the first of every ladder of payment news; its repeats are not needed."""
        told = envelope.payload
        if self.open or not isinstance(told, Notification) or told.about is not About.PAYMENT:
            receive(envelope, entry)
        elif all(_told(one).id != told.id for one, _, _ in self.waiting):
            self.waiting.append((envelope, entry, receive))

    def deafen(self, envelope: Envelope, entry: int, receive: Receive) -> None:
        """Answer no question about a payment before the door is open."""
        if self.open or not isinstance(envelope.payload, QueryTrade | FetchBill):
            receive(envelope, entry)


def order_does_not_matter(subject: Subject) -> Iterator[Variant]:
    """One variant for each order of arrival; all are compared with the first, and with the rule."""
    door = Door()
    base = base_run(subject.play(_letting_in(door, ())))
    count = len(door.waiting)
    if count < 2:
        raise NothingToTry(f"the news of {count or 'no'} payment waited at the door, and one has one order")
    if all(door.expired.get(order.id, False) and _is_open(door, order) for order in base.orders):
        raise NothingToTry("the orders expired before all money had moved")
    first = outcomes(base)
    for order in orders_of(count):
        words = ", then ".join(door.names[which] for which in order)
        mine = Door()
        yield Variant(
            f"news in the order {words}",
            partial(_play, subject, mine, order),
            partial(_judge, subject, mine, first),
        )


def _play(subject: Subject, door: Door, order: tuple[int, ...]) -> Run:
    return subject.play(_letting_in(door, order))


def _is_open(door: Door, order: OrderResult) -> bool:
    return door.before.get(order.id) is Standing.OPEN


def _told(envelope: Envelope) -> Notification:
    assert isinstance(envelope.payload, Notification)
    return envelope.payload


def orders_of(count: int) -> Iterator[tuple[int, ...]]:
    """All orders of so few messages, or a sample: the same in every process."""
    if count <= EXHAUSTIVE:
        yield from permutations(range(count))
        return
    bits, seen = Bits(SEED), dict.fromkeys([tuple(range(count)), tuple(reversed(range(count)))])
    while len(seen) < SAMPLE:
        left, order = list(range(count)), []
        while left:
            order.append(left.pop(bits.below(len(left))))
        seen[tuple(order)] = None
    yield from islice(seen, SAMPLE)


def _letting_in(door: Door, order: tuple[int, ...]) -> Direction:
    async def direct(sim: Simulation, world: World, story: Story) -> None:
        tap(world, "merchant", door.keep)
        for channel in world.actors:
            tap(world, channel, door.deafen)
        await story(sim)
        world.stop_faults()
        until = sim.now + PATIENCE
        while len(door.waiting) < _captures(world) and sim.now < until:
            await sim.sleep(10 * SECOND)
        await sim.sleep(GAP)
        _look_around(door, world)
        for which in order or range(len(door.waiting)):
            envelope, entry, receive = door.waiting[which]
            receive(envelope, entry)
            await sim.sleep(GAP)

    return direct


def _captures(world: World) -> int:
    return sum(
        movement.kind is MovementKind.CAPTURED
        for actor in world.actors.values()
        for movement in actor.desk.ledger.movements
    )


def _look_around(door: Door, world: World) -> None:
    door.open = True
    for order_id, customer in world.customers.items():
        view = world.watch.views.get(order_id)
        if view is not None:
            door.before[order_id] = view.standing
        door.expired[order_id] = world.kernel.now >= customer.expires_at
        door.trades[order_id] = {
            (channel, one.out_trade_no): True
            for channel, held in customer.credentials.items()
            for one in held
        }


def _judge(subject: Subject, door: Door, first: Mapping[str, Outcome], run: Run) -> Iterator[Difference]:
    if run.failure is not None:
        return
    broken: dict[str, bool] = {}
    for order in run.orders:
        wrong = _against_the_rule(subject, door, run, order)
        if wrong is not None:
            broken[order.id] = True
            yield Difference(order.id, wrong, order.amount)
    same = {name: one.anonymous for name, one in first.items() if name not in broken}
    yield from differences(same, {name: one.anonymous for name, one in outcomes(run).items()})


def _against_the_rule(subject: Subject, door: Door, run: Run, order: OrderResult) -> str | None:
    """One winner and n - 1 reversals; n of an order that was CLOSED before, unless it may be reopened."""
    captures = _captured_by(door, run, order.id)
    right = [number for number, (amount, _) in captures.items() if amount == order.amount]
    if order.view is None or not right or door.before.get(order.id) is Standing.PAID:
        return None
    reopens = subject.settings.late is LateSuccess.REOPEN_IF_STOCK
    closed = door.before.get(order.id) is Standing.CLOSED
    if not closed or not reopens:
        found = len(_winners(order.view, captures))
        if found != (0 if closed else 1):
            stood = "CLOSED" if closed else "OPEN"
            return (
                f"order {order.id} was {stood} before the first of its {len(captures)} payments, "
                f"and has {found} winner{'s' * (found != 1)}"
            )
    losers = [number for number in captures if number not in _winners(order.view, captures)]
    back = [number for number in losers if captures[number][1] >= captures[number][0].minor]
    unfinished = any(outcome.refunds and any(outcome.refunds[1:]) for outcome in outcomes(run).values())
    if len(back) == len(losers) or unfinished:
        return None
    stuck = ", ".join(number for channel, number in losers if (channel, number) not in back)
    return f"{len(captures)} payments, and {len(back)} of {len(losers)} went back (not {stuck})"


def _winners(view: OrderView, captures: Mapping[tuple[str, str], object]) -> list[tuple[str, str]]:
    winner = view.winner
    if winner is None or view.standing is not Standing.PAID:
        return []
    return [key for key in captures if key == (winner.channel, winner.number)]


def _captured_by(door: Door, run: Run, order_id: str) -> dict[tuple[str, str], tuple[Money, int]]:
    """Of each payment of an order: the amount, and how much of it went back in minor units."""
    found: dict[tuple[str, str], tuple[Money, int]] = {}
    for channel, ledger in run.ledgers.items():
        for movement in ledger.movements:
            if (channel, movement.out_trade_no) not in door.trades.get(order_id, {}):
                continue
            key = channel, movement.channel_number
            if movement.kind is MovementKind.CAPTURED:
                found[key] = movement.amount, 0
            elif movement.kind is MovementKind.RETURNED and key in found:
                amount, back = found[key]
                found[key] = amount, back + movement.amount.minor
    return found
