"""S11, ack ⇒ durable: kill the merchant at a positive ack, silence the channels, and look what it knows.

In an ordinary run queries and bills hide an ack that came before the commit. Here the channels are dumb from
the kill on: what they send is dropped at the merchant's door, and what the merchant asks at theirs. The ack
itself passes, for the process dies just after it let it go. Whoever keeps a durable inbox and books later has
time until `WITHIN`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import attrs
import trio

from paytwice.calendar import MINUTE, SECOND
from paytwice.channels.messages import About, Ack, Notification, RefundStatus
from paytwice.merchant.host import MerchantWatcher
from paytwice.merchant.port import OrderView, RefundStanding
from paytwice.network.envelope import Envelope
from paytwice.run import Run
from paytwice.story.player import Story
from paytwice.story.simulation import Simulation
from paytwice.trials.outcome import Difference
from paytwice.trials.subject import Direction, Receive, Subject, tap
from paytwice.trials.trial import NothingToTry, SeenEnough, Variant, base_run
from paytwice.wording import span
from paytwice.world.ending import end
from paytwice.world.world import World
from paytwice_core import Money

DOWNTIME: Final = 10 * SECOND
WITHIN: Final = 35 * MINUTE  # after the restart; the time that L2 gives for noticing a payment


@attrs.frozen
class Acked:
    """A notification that was acked positively, and what may be asked of the view because of it."""

    number: int  # which positive ack of the run it was, from 1
    notification: Notification
    order: str

    @property
    def title(self) -> str:
        """How reports call it."""
        told = self.notification
        return f"killed at the ack of {told.about.value} {told.trade.out_trade_no} (send {told.send})"

    def is_shown(self, view: OrderView | None) -> bool:
        """Whether a view knows what was acked."""
        if view is None:
            return False
        refund = self.notification.refund
        if refund is None:
            return self.notification.trade.channel_number in numbers_shown(view)
        return any(
            one.standing is RefundStanding.DONE and one.out_refund_no == refund.out_refund_no
            for one in view.refunds or ()
        )


def numbers_shown(view: OrderView) -> set[str | None]:
    """The channel numbers of all payments that a view speaks of."""
    return {
        *(view.captures or ()),
        *(attempt.number for attempt in view.attempts or ()),
        *(refund.number for refund in view.refunds or ()),
        view.winner.number if view.winner is not None else None,
    } - {None}


@attrs.frozen
class _Ears:
    """Listens beside the observer of a merchant, and tells of each positive ack."""

    watcher: MerchantWatcher
    heard: Callable[[Notification], None]

    def acked(self, notification: Notification, ack: Ack, positive: bool, at: int, entry: int) -> int:
        left = self.watcher.acked(notification, ack, positive, at, entry)
        if positive:
            self.heard(notification)
        return left

    def delivered(self, notification: Notification, ack_timeout: int, entry: int) -> None:
        self.watcher.delivered(notification, ack_timeout, entry)

    def look(self, entry: int) -> None:
        self.watcher.look(entry)


def ack_is_durable(subject: Subject) -> Iterator[Variant]:
    """One variant for each positive ack about a payment or a refund that an order's view can show."""
    acks: list[Acked] = []
    run = base_run(subject.play(_listening(acks)))
    views = {order.id: order.view for order in run.orders}
    shown = [ack for ack in acks if ack.is_shown(views.get(ack.order))]
    if not acks:
        raise NothingToTry("no payment or refund was acked")
    if not shown:
        raise NothingToTry("the merchant's view shows nothing of what it acked")
    for ack in shown:
        seen: list[OrderView | None] = []
        yield Variant(
            ack.title,
            lambda ack=ack, seen=seen: subject.play(_killing(ack, seen)),  # type: ignore[misc]  # bound now
            lambda run, ack=ack, seen=seen: _judge(run, ack, seen),  # type: ignore[misc]
        )


def _listening(acks: list[Acked]) -> Direction:
    async def direct(sim: Simulation, world: World, story: Story) -> None:
        count = 0

        def heard(notification: Notification) -> None:
            nonlocal count
            count += 1
            order = _order_of(world, notification)
            if order is not None and _says_something_final(world, notification):
                acks.append(Acked(count, notification, order))

        world.merchant.watcher = _Ears(world.watch, heard)
        await story(sim)

    return direct


def _order_of(world: World, notification: Notification) -> str | None:
    """The order whose customer was given this trade to pay with."""
    for customer in world.customers.values():
        for credential in customer.credentials.get(notification.channel, ()):
            if credential.out_trade_no == notification.trade.out_trade_no:
                return customer.order_id
    return None


def _says_something_final(world: World, notification: Notification) -> bool:
    if not notification.authentic or notification.app_id != world.merchant.app_id:
        return False  # S12 is about these
    if notification.about is About.PAYMENT:
        return notification.trade.channel_number is not None
    return notification.refund is not None and notification.refund.state is RefundStatus.SUCCESS


def _killing(ack: Acked, seen: list[OrderView | None]) -> Direction:
    async def direct(sim: Simulation, world: World, story: Story) -> None:
        count, dumb = 0, False
        scope = trio.CancelScope()

        def heard(_notification: Notification) -> None:
            nonlocal count, dumb
            count += 1
            if count == ack.number:
                dumb = True
                world.merchant.crash(DOWNTIME, ack.title)
                world.kernel.call_at(world.kernel.now + DOWNTIME + WITHIN, "trial looks", look)

        def look() -> None:
            if world.merchant.back_at > world.kernel.now:  # the story has killed it once more
                world.kernel.call_at(world.merchant.back_at + WITHIN, "trial looks", look)
                return
            seen.append(world.merchant.view(ack.order))
            scope.cancel()

        def silence(envelope: Envelope, entry: int, receive: Receive) -> None:
            if not dumb or "customer" in (envelope.sender, envelope.receiver):
                receive(envelope, entry)

        world.merchant.watcher = _Ears(world.watch, heard)
        for endpoint in ("merchant", *world.actors):
            tap(world, endpoint, silence)
        with scope:
            await story(sim)
            await end(world)
            if dumb:  # at rest, and yet not late enough to look
                await trio.sleep_forever()
        raise SeenEnough(f"{ack.title}, and looked at {span(DOWNTIME + WITHIN)} later")

    return direct


def _judge(run: Run, ack: Acked, seen: list[OrderView | None]) -> Iterator[Difference]:
    if not seen:
        yield Difference(ack.order, "the run did not come to that ack again", None)
    elif not ack.is_shown(seen[0]):
        told = ack.notification
        amount: Money = told.trade.amount if told.refund is None else told.refund.amount
        number = told.trade.channel_number if told.refund is None else told.refund.out_refund_no
        what = "payment" if told.refund is None else "refund"
        yield Difference(
            ack.order,
            f"with the channels silent, order {ack.order} does not show {told.channel} {what} {number} "
            f"{span(WITHIN)} after the restart, though it was acked: the ack came before the commit",
            amount,
        )
