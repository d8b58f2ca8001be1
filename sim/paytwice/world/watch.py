"""What is observed in a run and told to the oracle: at desks, shop, the merchant's door, in its view.

Everything is written into the journal first, so that a finding can name the entries that led to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import attrs

from paytwice.channels.ledger import Movement
from paytwice.channels.messages import Ack, Meaning, Notification, RefundRecord
from paytwice.channels.requests import Request
from paytwice.journal import Journal, What
from paytwice.kernel.kernel import Kernel
from paytwice.merchant.port import OrderView
from paytwice.merchant.process import CAUSE
from paytwice.oracle import Oracle

T = TypeVar("T")


def no_view(_order_id: str) -> OrderView | None:
    """What is to be seen where there is no merchant."""
    return None


@attrs.frozen
class Delivery:
    """A notification in the merchant's hands, and until when its channel waits for the ack."""

    notification: Notification
    until: int
    entry: int


@attrs.define(eq=False)
class Watch:
    """The observer of one run. `view` asks the merchant; None while it is down or does not know the order."""

    kernel: Kernel
    journal: Journal
    oracle: Oracle
    orders: Iterable[str]
    view: Callable[[str], OrderView | None] = no_view
    views: dict[str, OrderView] = attrs.field(factory=dict)
    refund_changed_at: int = 0
    healed_at: int | None = None
    _at_the_door: dict[str, Delivery] = attrs.field(factory=dict)  # what arrived after healing, unanswered
    effects: dict[str, int] = attrs.field(factory=dict)  # how often the shop did what

    # -- the merchant's claims ------------------------------------------------------------------------------

    def committed(self) -> None:
        """A transaction of the merchant was committed."""
        self.look(CAUSE.get())

    def look(self, entry: int) -> None:
        """See what the merchant says about its orders, and tell what has changed."""
        for order_id in self.orders:
            view = self.view(order_id)
            known = self.views.get(order_id)
            if view is not known and view is not None and not view == known:  # noqa: SIM201  # attrs makes != of ==
                self._changed(order_id, view, entry)

    def _changed(self, order_id: str, view: OrderView, cause: int) -> None:
        before = self.views.get(order_id)
        self.views[order_id] = view
        entry = cause
        if before is None or (before.standing, before.winner) != (view.standing, view.winner):
            winner = "" if view.winner is None else f"{view.winner.channel} {view.winner.number}"
            entry = self._note(What.VIEW, winner, view.standing.value, order_id, cause)
        for attempt in _new(view.attempts, None if before is None else before.attempts):
            self._note(What.ATTEMPT, attempt.channel, "", attempt.out_trade_no, cause, attempt.state)
        for refund in _new(view.refunds, None if before is None else before.refunds):
            standing, number = refund.standing.value, refund.out_refund_no
            entry = self._note(What.CLAIM, "", standing, number, cause, refund.reason)
        self.oracle.viewed(order_id, view, self.kernel.now, entry)

    def _note(self, what: What, whom: str, subject: str, key: str, cause: int, text: str = "") -> int:
        return self.journal.note(self.kernel.now, cause, what, "merchant", whom, subject, key, text=text)

    # -- its shop and its door ------------------------------------------------------------------------------

    def shop_did(self, order_id: str, effect: str) -> None:
        """The shop did something it had not done before."""
        self.effects[effect] = self.effects.get(effect, 0) + 1
        entry = self._note(What.SHOP, "", effect, order_id, CAUSE.get())
        self.oracle.shop_did(order_id, effect, self.kernel.now, entry)
        self.look(entry)

    def delivered(self, notification: Notification, ack_timeout: int, entry: int) -> None:
        """A notification arrived whole at a process that runs."""
        if self.healed_at is not None:
            until = self.kernel.now + ack_timeout
            self._at_the_door[notification.id] = Delivery(notification, until, entry)

    def acked(self, notification: Notification, ack: Ack, positive: bool, at: int, entry: int) -> int:
        """The answer to a notification leaves the merchant's process; one that took too long is none."""
        said = "positive" if positive else "negative"
        key, who = notification.trade.out_trade_no, notification.channel
        left = self.journal.note(at, entry, What.ACKED, "merchant", who, said, key, ack.status)
        waiting = self._at_the_door.get(notification.id)
        if waiting is not None and waiting.notification is notification:
            del self._at_the_door[notification.id]
            positive = positive and at <= waiting.until
        self.oracle.acked(notification, positive, True, at, left)
        return left

    def close(self) -> None:
        """The run is over: what was delivered and not answered in time was not accepted."""
        for one in self._at_the_door.values():
            if self.kernel.now >= one.until:
                self.oracle.acked(one.notification, False, True, self.kernel.now, one.entry)

    # -- the desks ------------------------------------------------------------------------------------------

    def requested(
        self, channel: str, request: Request, meaning: Meaning, at: int, entry: int, sent_at: int
    ) -> None:
        """A request reached a desk; the time of its sending stands in its signature."""
        self.oracle.requested(channel, request, meaning, at, entry, sent_at)

    def moved(self, channel: str, movement: Movement, at: int, entry: int) -> None:
        """Money moved at a desk."""
        self.oracle.moved(channel, movement, at, entry)
        self.look(entry)

    def refund_changed(self, channel: str, record: RefundRecord, at: int, entry: int) -> None:
        """A desk's refund is in another state."""
        self.refund_changed_at = at
        self.oracle.refund_changed(channel, record, at, entry)


def _new(now: tuple[T, ...] | None, before: tuple[T, ...] | None) -> list[T]:
    """What has come or changed between two views."""
    return [one for one in now or () if one not in (before or ())]
