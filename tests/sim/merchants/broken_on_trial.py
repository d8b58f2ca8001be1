"""Merchants whose mistakes show only when runs are compared, each by replacing a step of the textbook one."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from tests.sim.merchants.broken import NeverAsks
from tests.sim.merchants.textbook import ORDERS, Row, Textbook

from paytwice.channels.messages import Ack, LineKind, Notification
from paytwice.merchant.port import (
    AttemptView,
    CustomerAnswer,
    RefundStanding,
    Standing,
    Surroundings,
    WinnerView,
)
from paytwice_core import Money

SEEN: Final = "seen"
INBOX: Final = "inbox"

# ---- S11


class KeepsAnInbox(NeverAsks):
    """Sound: acks as soon as the notification is in a durable inbox, and books it from there."""

    arrived = 0

    async def notified(self, notification: Notification) -> Ack:
        self.arrived += 1
        key = f"{self.around.clock.now():012} {self.arrived:06}"  # in the order of arrival
        async with self.around.store.transaction() as tx:
            await tx.put(INBOX, key, notification)
        return Ack.positive()

    async def work(self) -> None:
        """Empty the inbox, then look after the orders."""
        while True:
            for key, told in sorted(self.around.store.committed(INBOX).items()):
                await self.take(key, told)
            for order_id in sorted(self.around.store.committed(ORDERS)):
                await self.tend(order_id)
            await self.around.clock.sleep(self.beat)

    async def take(self, key: str, told: Notification) -> None:
        """Book one notification; what cannot be booked is put aside."""
        try:
            await super().notified(told)
        except Exception:
            self.around.alarm(key, "a notification that cannot be read")
        await self.drop(key)

    async def drop(self, key: str) -> None:
        """Forget a notification that is done with."""
        async with self.around.store.transaction() as tx:
            await tx.delete(INBOX, key)


class MarksBeforeItBooks(NeverAsks):
    """D15: the event is marked as handled first; while it is still being handled its repeat is acked."""

    async def notified(self, notification: Notification) -> Ack:
        async with self.around.store.transaction() as tx:
            if not await tx.insert(SEEN, notification.id, notification.send):
                return Ack.positive()
        await self.around.clock.sleep(3_000)  # a slow look at something else
        return await super().notified(notification)


# ---- S16


class ShipsEachDelivery(Textbook):
    """D11 with a key that is new each time: whatever is delivered has its effect."""

    async def deliver(self, row: Row) -> None:
        if row.standing is Standing.PAID:
            await self.around.shop.ship(row.asked.order_id, f"ship at {self.around.clock.now()}")
        else:
            await super().deliver(row)

    async def work(self) -> None:
        """It looks after nothing: notifications alone tell it."""


class RefundsEachAsking(Textbook):
    """D41: the customer's request has a number, and the merchant makes one of its own for each asking."""

    async def ask_refund(self, order_id: str, amount: Money, request_id: str) -> CustomerAnswer:
        return await super().ask_refund(order_id, amount, f"{request_id}-{self.around.clock.now()}")


# ---- S17


class RefundsOldAttemptsOnly(NeverAsks):
    """A second success of a newer attempt is taken for the customer's retry of the first, and kept."""

    def settled(self, row: Row, payment: WinnerView, amount: Money) -> Row:
        if row.winner is not None and (payment.attempt or "") > (row.winner.attempt or ""):
            return row
        return super().settled(row, payment, amount)


# ---- S21


class ChokesOnPoison(KeepsAnInbox):
    """D16: one worker takes the inbox in order, and goes no further than what it cannot read."""

    async def take(self, key: str, told: Notification) -> None:
        if not await Textbook.heard(self, told.channel, told.trade):
            raise ValueError(f"nobody knows {told.trade.out_trade_no}")
        if told.refund is not None:
            await self.refund_heard(told.refund)
        await self.drop(key)


class WaitsForTheStuck(Textbook):
    """The worker stays with an order until its channel has answered, and the others wait."""

    async def ask(self, order_id: str, attempt: AttemptView) -> None:
        for _ in range(100):
            answer = await self.around.channels[attempt.channel].query(attempt.out_trade_no)
            if answer.code != "TIMEOUT":
                return await super().ask(order_id, attempt)
            await self.around.clock.sleep(20_000)
        return None

    async def notified(self, notification: Notification) -> Ack:
        """It lets its worker find out."""
        return Ack.positive()


# ---- S22


class ReadsBills(Textbook):
    """Sound: it learns from the bill which payments there are, and nothing else."""

    beat = 600_000

    def __init__(self, around: Surroundings) -> None:
        super().__init__(around)
        around.spawn("bills", self._read_bills)

    async def _read_bills(self) -> None:
        clock = self.around.clock
        first = clock.day(0)
        for n in range(3):
            day = first + timedelta(days=n)
            while clock.now() < clock.bill_time(day + timedelta(days=1)) + 10 * 3_600_000:
                await clock.sleep(600_000)
            for name in self.around.channels:
                await self._read_bill(name, n)

    async def _read_bill(self, name: str, n: int) -> None:
        channel, clock = self.around.channels[name], self.around.clock
        answer = await channel.bill(clock.day(0) + timedelta(days=n))
        while answer.bill is None:
            await clock.sleep(60_000)
            answer = await channel.bill(clock.day(0) + timedelta(days=n))
        for line in answer.bill.lines:
            if line.kind is LineKind.PAYMENT:
                trade = (await channel.query(line.out_trade_no)).trade
                if trade is not None:
                    await self.heard(name, trade)
                await self.reconciled(WinnerView(name, line.channel_number, line.out_trade_no), line.amount)

    async def reconciled(self, payment: WinnerView, amount: Money) -> None:
        """A payment of the bill, which is in the books by now."""


class RefundsByTheBill(ReadsBills):
    """D53: what the bill has and no *finished* refund answers is sent back, though it is on its way."""

    async def reconciled(self, payment: WinnerView, amount: Money) -> None:
        def with_refund(row: Row) -> Row:
            done = any(
                one.number == payment.number and one.standing is RefundStanding.DONE for one in row.refunds
            )
            if row.winner == payment or done:
                return row
            number = f"BILL-{payment.number}-{self.around.clock.now()}"
            return self.with_owed(row, number, payment, amount)

        order_id = (payment.attempt or "").rpartition("-")[0]
        await self.change(order_id, with_refund)
