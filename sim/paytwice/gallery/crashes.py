"""Room 3, the crash: what dies with the process, and what waits for an answer that never comes."""

from __future__ import annotations

from datetime import date

from paytwice.calendar import MINUTE
from paytwice.channels.messages import NO_ANSWER, Ack, Answer, Credential, Notification
from paytwice.gallery.calling import Caller
from paytwice.merchant.port import ChannelClient, Refusal, Surroundings
from paytwice.merchant.reference.jobs import Workers
from paytwice.merchant.reference.merchant import ReferenceMerchant
from paytwice_core import AttemptState, Decision, Evidence, Order, OrderState


class ShipsBeforeItBooks(ReferenceMerchant):
    """The handler ships at once and books afterwards: the goods leave for an order that nobody has paid yet.

    Seen in: two lines in the wrong order, anywhere.
    Schedule: W; W✓ cb, ship; crash before the commit.
    Breaks: S5, S3.
    Instead: the order is PAID and the shipping is a job on record, in one transaction; then it is done.
    Shown by: crash_before_the_commit.
    """

    async def notified(self, notification: Notification) -> Ack:
        order = self.books.order(notification.trade.out_trade_no.rpartition("-")[0])
        if order is not None and order.state is OrderState.PAYING and self.is_ours(notification):
            await self.around.shop.ship(order.id, f"ship {order.id}")
        return await super().notified(notification)


class MarksBeforeItBooks(ReferenceMerchant):
    """A notification is marked as handled before it is; dies the process in between, its repeat is dropped.

    Seen in: RivenLau/orion-key#39, hyperswitch#3408.
    Schedule: W; W✓ cb, marked, crash; cb again, dropped.
    Breaks: S11.
    Instead: the mark is written in the transaction that books what the notification says.
    Shown by: crash_before_the_commit, trial S11.
    """

    async def notified(self, notification: Notification) -> Ack:
        if self.is_ours(notification):
            async with self.around.store.transaction() as tx:
                is_new = await tx.insert("handled", notification.id, notification.send)
            if not is_new:
                return Ack.positive()
        return await super().notified(notification)


class AcksTheUnknown(ReferenceMerchant):
    """A number that this process has not handed out is none of ours, and is acked so that it comes no more.

    Seen in: hyperswitch (`payment_not_found` is ignored by default), jeepay (a text with status 200).
    Schedule: W; crash; W✓ cb, not found, ack.
    Breaks: S11.
    Instead: the number is looked for on record; where it is not, a refusal: its row may be on its way.
    Shown by: crash_while_the_customer_pays, trial S11.
    """

    def __init__(self, around: Surroundings) -> None:
        super().__init__(around)
        self._handed_out: dict[str, bool] = {}

    async def start_attempt(self, order_id: str, channel: str) -> Credential | Refusal:
        given = await super().start_attempt(order_id, channel)
        if isinstance(given, Credential):
            self._handed_out[given.out_trade_no] = True
        return given

    async def notified(self, notification: Notification) -> Ack:
        if notification.trade.out_trade_no not in self._handed_out:
            return Ack.positive()
        return await super().notified(notification)


class ForgetsItsWork(ReferenceMerchant):
    """What has to follow a commit is kept in memory, and dies with the process: paid, and never shipped.

    Seen in: an in-memory event bus or task queue between "paid" and "ship", anywhere.
    Schedule: W; W✓ cb, commit, crash.
    Breaks: L6.
    Instead: the work is a row of the same transaction, and whoever starts next begins with what is left.
    Shown by: crash_between_commit_and_ack.
    """

    class Forgetful(Workers):
        """Workers of a new process, who do not look what the old one has left undone."""

        async def take_up(self) -> None:
            """Begin with nothing."""

    WORKERS = Forgetful


class WaitsForTheFirst(ReferenceMerchant):
    """An inbox is emptied strictly in turn: a notification that cannot be handled keeps all others waiting.

    Seen in: a queue per endpoint with head-of-line blocking, as Adyen describes its own.
    Schedule: cb(poison); W✓ cb.
    Breaks: S21.
    Instead: what cannot be handled is put aside for a person, and the next one has its turn.
    Shown by: only_the_notification_tells, trial S21.
    """

    def __init__(self, around: Surroundings) -> None:
        super().__init__(around)
        self._arrivals = around.bell("inbox")
        self._count = 0

    async def notified(self, notification: Notification) -> Ack:
        if not self.is_ours(notification):
            return await super().notified(notification)
        self._count += 1
        place = f"{self.around.clock.now():012} {self._count:06}"
        async with self.around.store.transaction() as tx:
            await tx.put("queue", place, notification)
        self._arrivals.ring()
        return Ack.positive()

    async def work(self) -> None:
        self.around.spawn("inbox", self._empty)
        await super().work()

    async def _empty(self) -> None:
        queue = self.around.store.committed("queue")
        while True:
            for key, first in sorted(queue.items())[:1]:
                while not await self._is_handled(first):
                    await self.around.clock.sleep(MINUTE)
                async with self.around.store.transaction() as tx:
                    await tx.delete("queue", key)
            if not queue:
                await self._arrivals.wait()

    async def _is_handled(self, notification: Notification) -> bool:
        try:
            return await super().notified(notification) == Ack.positive()
        except Exception:
            return False


class KeepsTheClaim(ReferenceMerchant):
    """While a payment is being made the order is claimed, and an answer that never comes leaves it claimed.

    Seen in: hyperswitch (an early return keeps the lock), killbill/killbill#338 (in process for ever).
    Schedule: W, its answer is lost; W again, refused; expiry, refused.
    Breaks: L1.
    Instead: no answer is an outcome too: the attempt is UNKNOWN, can be asked for again, and expires.
    Shown by: create_response_lost.
    """

    def unfinished(self, order_id: str, channel: str) -> str | None:
        return None

    def decide(self, order: Order, told: Evidence) -> Decision:
        if any(attempt.state is AttemptState.UNKNOWN for attempt in order.attempts):
            return Decision((), (), "claimed", refusal="a payment is being made: wait")
        return super().decide(order, told)


class NeverAsks(Caller):
    """It waits for notifications, asks for no trade and reads no bill; what nobody told it never hears of.

    Seen in: macrozheng/mall without its timer; WeChat says itself that notifications are not guaranteed.
    Schedule: W; W✓, no cb.
    Breaks: L2, S4, L1, L8.
    Instead: every attempt that may still be paid is asked for, by a plan that is on record, until it is over.
    Shown by: all_notifications_lost.
    """

    async def query(self, channel: ChannelClient, out_trade_no: str) -> Answer:
        return NO_ANSWER

    async def bill(self, channel: ChannelClient, day: date) -> Answer:
        return NO_ANSWER
