"""Room 11, the morning after: bills unread or believed too much, work dropped, repairs that do damage."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import attrs

from paytwice.calendar import HOUR
from paytwice.channels.messages import NO_ANSWER, Ack, Answer, BillLine, LineKind, Notification
from paytwice.gallery.calling import Caller
from paytwice.merchant.port import ChannelClient
from paytwice.merchant.reference.books import INBOX
from paytwice.merchant.reference.chores import Chores
from paytwice.merchant.reference.jobs import Job
from paytwice.merchant.reference.merchant import ReferenceMerchant
from paytwice.merchant.reference.reconciliation import Reconciliation
from paytwice_core import (
    Captured,
    CloseReason,
    CloseWanted,
    Decision,
    Evidence,
    ForeignRefund,
    Money,
    Noted,
    Order,
    OrderMoved,
    OrderState,
    RefundState,
    ReleaseStock,
)


class ReadsNoBill(Caller):
    """The bill goes to the accountants, and what is in it never comes back to the orders.

    Seen in: most open shops: the bill is fetched for a report, if at all.
    Schedule: W✓ cb(W); 20 of 99 go back in the console, all notices lost; rf(99) is granted.
    Breaks: L8, S4.
    Instead: each line of the bill is compared with the books, and what they lack is booked.
    Shown by: console_refund_stands_in_the_bill.
    """

    async def bill(self, channel: ChannelClient, day: date) -> Answer:
        return NO_ANSWER


class TakesYuanForFen(Caller):
    """The API speaks of fen and the bill of yuan, and the sums of the bill are read like those of the API.

    Seen in: WeChat's interfaces: `total` is a whole number of fen, and the bill says 99.00.
    Schedule: W✓ 99.00; no cb, no query answered; the bill's 99.00 is booked as 99 fen.
    Breaks: S4, L3, S15.
    Instead: a sum is read with its unit, and kept as one kind of number everywhere.
    Shown by: bill_finds_what_nobody_told.
    """

    async def bill(self, channel: ChannelClient, day: date) -> Answer:
        answer = await super().bill(channel, day)
        if answer.bill is None:
            return answer
        lines = tuple(
            attrs.evolve(line, amount=Money(line.amount.minor // 100, line.amount.currency))
            for line in answer.bill.lines
        )
        return attrs.evolve(answer, bill=attrs.evolve(answer.bill, lines=lines))


class RefundsWhatTheBillShows(ReferenceMerchant):
    """A duplicate that stands in the bill and is not yet returned is sent back, though it is on its way.

    Seen in: reconciliation jobs that know the state of payments, and not that of refunds.
    Schedule: W, A; both ✓; rf(W) → PROCESSING for days; the bill shows W; rf'(W).
    Breaks: S8, S7, S6.
    Instead: the bill only brings what the books lack; a refund that is on its way keeps its number.
    Shown by: bill_meets_a_refund_on_its_way.
    """

    class RECONCILIATION(Reconciliation):
        async def learn(self, channel: str, lines: Iterable[BillLine], job: Job) -> bool:
            lines = tuple(lines)
            for line in lines:
                order = self.books.order(line.out_trade_no.rpartition("-")[0])
                if line.kind is LineKind.PAYMENT and order is not None and _is_owed(order, line):
                    number = f"BILL{job.target.partition(' ')[2]}-{line.out_trade_no}"
                    await self.around.channels[channel].refund(line.out_trade_no, number, line.amount)
            return await super().learn(channel, lines, job)


def _is_owed(order: Order, line: BillLine) -> bool:
    returned = (one for one in order.refunds_of(line.out_trade_no) if one.state is RefundState.SUCCESS)
    return order.winner is not None and order.winner.number != line.channel_number and not any(returned)


class ReversesWhatTheBillLacks(ReferenceMerchant):
    """A payment that was heard of today and is not in today's bill never was, and so it is reversed.

    Seen in: reconciliations by the shop's own day; the bill's day goes by the channel's clock.
    Schedule: W✓ at 23:59; cb(W) at 00:04; W is in yesterday's bill, and missing in today's.
    Breaks: S6, S4, L8.
    Instead: what one day's bill lacks stands in another day's: that alone is no news.
    Shown by: midnight_bill.
    """

    async def notified(self, notification: Notification) -> Ack:
        ack = await super().notified(notification)
        if notification.refund is None:
            self.around.spawn("compares with the bill", self.compare, notification)
        return ack

    async def compare(self, notification: Notification) -> None:
        clock, trade = self.around.clock, notification.trade
        today = clock.day(clock.now())
        channel = self.around.channels[notification.channel]
        await clock.sleep_until(clock.bill_time(today + timedelta(days=1)) + 10 * HOUR)
        bill = (await channel.bill(today)).bill
        if bill is not None and all(line.channel_number != trade.channel_number for line in bill.lines):
            await channel.refund(trade.out_trade_no, f"{trade.out_trade_no}-missing", trade.amount)


class DropsOldWork(ReferenceMerchant):
    """Work that has waited for an hour is dropped, as by a queue whose messages have a time to live.

    Seen in: delayed messages with a TTL, such as RabbitMQ's `x-message-ttl`, used as a shop's to-do list.
    Schedule: W✓ while the merchant is down; no notification is left; query, expiry and bill are too old.
    Breaks: S4, L1, L2, L8.
    Instead: what there is to do stands in the database until it is done, and a night down only delays it.
    Shown by: merchant_down_all_night.
    """

    class CHORES(Chores):
        async def do(self, job: Job) -> Job | None:
            return None if self.around.clock.now() - job.since > HOUR else await super().do(job)


class ShipsEachMessage(ReferenceMerchant):
    """The message to the warehouse comes twice over the bus, and the warehouse packs twice.

    Seen in: spree/spree#8540 and its family; buses deliver at least once.
    Schedule: PAID; ship; crash before the message is ticked off; ship.
    Breaks: S5.
    Instead: the message has a key that is the same each time, and who gets it knows what is done.
    Shown by: busy_shop, seed 8, profile=rough.
    """

    class CHORES(Chores):
        async def ship(self, job: Job) -> None:
            await self.around.shop.ship(job.order_id, f"ship {job.order_id} {self.around.clock.now()}")


class UndoesWhatWasPaid(ReferenceMerchant):
    """The workflow of an order waits for the channel's message, and at its time-out undoes the whole order.

    Seen in: medusajs/medusa#13301.
    Schedule: W✓, no cb; the query finds it → PAID; the workflow's time is over → CLOSED.
    Breaks: S2, S4, L3, S15.
    Instead: a time-out closes what is unpaid, and looks under the lock whether it is.
    Shown by: all_notifications_lost.
    """

    def decide(self, order: Order, told: Evidence) -> Decision:
        heard = {one.notification.trade.out_trade_no for one in self.around.store.committed(INBOX).values()}
        was_told = any(attempt.id in heard for attempt in order.attempts)
        if not isinstance(told, CloseWanted) or order.state is not OrderState.PAID or was_told:
            return super().decide(order, told)
        undone = OrderMoved("O8", OrderState.CLOSED, order.winner, CloseReason.EXPIRED)
        return Decision((undone,), (ReleaseStock(order.id),), "undone")


class DeafToTheConsole(ReferenceMerchant):
    """Only what the shop has asked for is a refund; what others have sent back is not looked at.

    Seen in: handlers that find no row for an out_refund_no, and ack.
    Schedule: W, A; both ✓; support sends W back in the console; cb(W); rf(W).
    Breaks: L8.
    Instead: what the channel says has gone back is taken off what there is to send.
    Shown by: refunded_in_the_console, bill=true.
    """

    def decide(self, order: Order, told: Evidence) -> Decision:
        if isinstance(told, ForeignRefund):
            return Decision((Noted("R17", told.attempt),), (), "not ours")
        if isinstance(told, Captured):
            told = attrs.evolve(told, returned=None)
        return super().decide(order, told)
