"""S21, isolation: a poison message, or an order that is stuck, changes nothing of other orders.

Beside the story a bystander places the order `A1`, before any other and of a name that sorts before most, so
that it is at the head of every queue, and pays for it. In every variant A1 has bad luck: just
before each message about another order the merchant gets poison, or nothing that concerns A1 passes between
merchant and channels any more. The other orders must end as they do beside a healthy A1, each step of theirs
at most `BOUND` later; what becomes of A1 is not judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum
from functools import partial
from typing import Final, cast

import attrs

from paytwice.calendar import HOUR, MINUTE
from paytwice.channels.actor import Open, Pay
from paytwice.channels.messages import About, Credential, Notification, TradeRecord, TradeState
from paytwice.channels.requests import CreateTrade
from paytwice.journal import NOBODY, What
from paytwice.merchant.host import Wish
from paytwice.network.envelope import Envelope
from paytwice.run import Run
from paytwice.story.player import Story
from paytwice.story.simulation import Simulation
from paytwice.trials.outcome import Difference, Outcome, differences, outcomes
from paytwice.trials.subject import Direction, Receive, Subject, tap
from paytwice.trials.trial import Untried, Variant, base_run
from paytwice.wording import span
from paytwice.world.customer import Customer
from paytwice.world.world import World
from paytwice_core import Money

BYSTANDER: Final = "A1"
BOUND: Final = 5 * MINUTE  # by how much an order may be delayed by another one's bad luck
AFTERWARDS: Final = HOUR  # bad luck lasts so much longer than the story
STEPS: Final = frozenset(
    {(What.VIEW, "PAID"), (What.VIEW, "CLOSED"), (What.SHOP, "release"), (What.SHOP, "ship")}
)
PRICE: Final = Money(1_23, "CNY")


class Stuck(Enum):
    """How an order can be stuck."""

    UNBORN = "an order whose channel never answers"
    ONCE_PAYABLE = "an order that is paid while its channel hangs"


Poison = Callable[[World, Credential], Notification]
Milestones = dict[tuple[str, str], int]


def nobody_else_suffers(subject: Subject) -> Iterator[Variant]:
    """One variant for each kind of poison, and one for each way in which an order can be stuck."""
    healthy = base_run(subject.play(_with_bystander(None, None)))
    if all(order.id == BYSTANDER for order in healthy.orders):
        raise Untried("the story placed no order")
    ends, steps = _others(healthy), milestones(healthy)
    for words, poison in POISONS.items():
        yield Variant(
            f"beside {words}",
            partial(_play, subject, poison, None),
            partial(_judge, ends, steps),
        )
    for stuck in Stuck:
        yield Variant(
            f"beside {stuck.value}",
            partial(_play, subject, None, stuck),
            partial(_judge, ends, steps),
        )


def _play(subject: Subject, poison: Poison | None, stuck: Stuck | None) -> Run:
    return subject.play(_with_bystander(poison, stuck))


def _others(run: Run) -> dict[str, Outcome]:
    return {name: one for name, one in outcomes(run).items() if name != BYSTANDER}


def _judge(ends: dict[str, Outcome], steps: Milestones, run: Run) -> Iterator[Difference]:
    if run.failure is not None:
        return
    now, broken = _others(run), {}
    for one in differences(ends, now):
        broken[one.order] = True
        yield one
    after = milestones(run)
    for (order, step), at in steps.items():
        late = after.get((order, step), at) - at
        if late > BOUND and order not in broken and order != BYSTANDER:
            broken[order] = True
            yield Difference(
                order, f"{step} came {span(late)} later, and {span(BOUND)} are allowed", ends[order].amount
            )


def milestones(run: Run) -> Milestones:
    """When each order was PAID or CLOSED, shipped or released, and when its last money went back."""
    found: Milestones = {}
    orders: dict[str, str] = {}  # by out_trade_no
    for entry in run.journal:
        if entry.what is What.TOLD and entry.subject == "credential":
            orders[entry.whom] = entry.key
        elif (entry.what, entry.subject) in STEPS:
            found.setdefault((entry.key, entry.subject), entry.at)
        elif entry.what is What.MONEY and entry.subject == "RETURNED" and entry.key in orders:
            found[orders[entry.key], "the last refund"] = entry.at
    return found


@attrs.define
class BadLuck:
    """What happens to A1, and by which numbers its messages are known."""

    world: World
    poison: Poison | None = None
    stuck: Stuck | None = None
    customer: Customer | None = None
    numbers: dict[str, bool] = attrs.field(factory=dict)
    _count: int = 0

    def at_the_door(self, envelope: Envelope, entry: int, receive: Receive) -> None:
        """Let poison in before every message about another order."""
        if self._holds_up(envelope):
            return
        credential = self._credential()
        if self.poison is not None and credential is not None and envelope.key != credential.out_trade_no:
            self._count += 1
            bad = attrs.evolve(self.poison(self.world, credential), id=f"poison-{self._count}")
            _serve(self.world, bad, receive)
        receive(envelope, entry)

    def at_a_channel(self, envelope: Envelope, entry: int, receive: Receive) -> None:
        """Let nothing pass that is about a stuck order."""
        if not self._holds_up(envelope):
            receive(envelope, entry)

    def _holds_up(self, envelope: Envelope) -> bool:
        payload = envelope.payload
        if self.stuck is None or isinstance(payload, Wish | Open | Pay):
            return False
        credential = self._credential()
        if self.stuck is Stuck.ONCE_PAYABLE and credential is None:
            return False
        if credential is not None:
            self.numbers[credential.out_trade_no] = True
        if isinstance(payload, CreateTrade) and payload.amount == PRICE:  # how it is known before it is born
            self.numbers[payload.out_trade_no] = True
        about = payload.trade if isinstance(payload, Notification) else payload
        return getattr(about, "out_trade_no", "") in self.numbers

    def _credential(self) -> Credential | None:
        held = self.customer.credentials.values() if self.customer is not None else ()
        return next((one for some in held for one in some), None)


def _with_bystander(poison: Poison | None, stuck: Stuck | None) -> Direction:
    async def direct(sim: Simulation, world: World, story: Story) -> None:
        luck = BadLuck(world, poison, stuck)

        async def go_on() -> None:
            await story(sim)

        async def stand_by() -> None:
            luck.customer = await sim.checkout(PRICE, order_id=BYSTANDER)
            await luck.customer.pay(next(iter(world.actors)))

        tap(world, "merchant", luck.at_the_door)
        for channel in world.actors:
            tap(world, channel, luck.at_a_channel)
        await sim.together(stand_by(), go_on())
        world.stop_faults()
        await sim.sleep(AFTERWARDS)

    return direct


def _serve(world: World, bad: Notification, receive: Receive) -> None:
    about, key = bad.about.value, bad.trade.out_trade_no
    entry = world.journal.note(world.kernel.now, NOBODY, What.ARRIVED, "merchant", bad.channel, about, key)
    receive(Envelope(bad.channel, "merchant", about, key, bad, entry), entry)


# -- bad luck -----------------------------------------------------------------------------------------------


def _told(world: World, credential: Credential, **changes: object) -> Notification:
    """A success of the bystander's trade, with something wrong in it."""
    record = TradeRecord(
        credential.out_trade_no,
        TradeState.PAID,
        credential.amount,
        Money.zero(credential.amount.currency),
        "POISON-1",
        world.kernel.now,
        "SUCCESS",
    )
    merchant = world.merchant
    return Notification(
        "", 1, credential.channel, About.PAYMENT, merchant.app_id, merchant.mch_id,
        attrs.evolve(record, **changes),  # type: ignore[arg-type]  # what is wrong is of no type
    )  # fmt: skip


def _of_an_unknown_number(world: World, credential: Credential) -> Notification:
    return _told(world, credential, out_trade_no="NO-SUCH-ORDER-1")


def _of_an_unknown_word(world: World, credential: Credential) -> Notification:
    return _told(world, credential, state=cast("TradeState", "EXPLODED"), status="EXPLODED")


def _of_another_currency(world: World, credential: Credential) -> Notification:
    return _told(world, credential, amount=Money(credential.amount.minor, "JPY"))


def _of_no_payment(world: World, credential: Credential) -> Notification:
    return _told(world, credential, channel_number=None, paid_at=None)


def _of_no_number(world: World, credential: Credential) -> Notification:
    return _told(world, credential, out_trade_no="")


POISONS: Final[dict[str, Poison]] = {
    "notifications of a number that nobody knows": _of_an_unknown_number,
    "notifications with a status that nobody knows": _of_an_unknown_word,
    "successes in a currency that nobody asked for": _of_another_currency,
    "successes without a channel number, whose handling may raise": _of_no_payment,
    "notifications with an empty number": _of_no_number,
}
