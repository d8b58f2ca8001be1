"""What the merchant learns from the bill of trades: what nobody told it, and nothing else.

A line that the books know is left alone, whatever day the books think it belongs to: the bill's day goes by
the channel's success time, and a payment around midnight may have been heard of on the next. What the books
know and a bill lacks is no news either, for it stands in another day's bill. The order total of a line is
what counts, never the payer's cash.

The fund bill would add nothing: fees are nobody's payment, and of a refund that was released the channel
itself tells when it is asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

import attrs

from paytwice.calendar import HOUR
from paytwice.channels.messages import BillLine, LineKind, RefundStatus
from paytwice.merchant.port import Surroundings
from paytwice.merchant.reference.books import Books
from paytwice.merchant.reference.jobs import GIVE_UP_AFTER, TABLE, Job, Kind
from paytwice_core import Captured, ForeignRefund, Money, Order

SLACK: Final = HOUR  # how far the own clock may be ahead of the channel's
OVER: Final = frozenset({RefundStatus.SUCCESS, RefundStatus.CLOSED})


@attrs.define(eq=False)
class Reconciliation:
    """Reads the bill of each day at each channel, from the day of the first attempt there."""

    around: Surroundings
    books: Books

    async def begin(self, channel: str) -> None:
        """Read the channel's bills from today's on, unless that is planned already."""
        if not self._planned(channel):
            clock = self.around.clock
            await self._plan(channel, clock.day(clock.now() - SLACK))

    async def read(self, job: Job) -> Job | None:
        """Learn from a day's bill, and plan the next day's; while the end of a refund is open, come again."""
        channel, _, text = job.target.partition(" ")
        day = date.fromisoformat(text)
        answer = await self.around.channels[channel].bill(day)
        now = self.around.clock.now()
        if answer.bill is None:
            return job.again(now)
        if self._planned(channel) == [job.key]:
            await self._plan(channel, day + timedelta(days=1))
        is_clear = await self.learn(channel, answer.bill.lines, job)
        return None if is_clear or now - job.since > GIVE_UP_AFTER else job.again(now)

    def _planned(self, channel: str) -> list[str]:
        prefix = f"{Kind.BILL.value} {channel} "
        return [key for key in self.books.workers if key.startswith(prefix)]

    async def _plan(self, channel: str, day: date) -> None:
        clock = self.around.clock
        due = clock.bill_time(day + timedelta(days=1)) + 10 * HOUR
        job = Job(Kind.BILL, "", f"{channel} {day.isoformat()}", due, clock.now(), 0)
        async with self.around.store.transaction() as tx:
            await tx.put(TABLE, job.key, job)
        self.books.workers.heard_of(job)

    async def learn(self, channel: str, lines: Iterable[BillLine], job: Job) -> bool:
        """Take in what the books do not know; False while the end of a refund is open."""
        unknown = [(order, line) for line in lines if (order := self._order_of(line)) is not None]
        foreign = [(order, line) for order, line in unknown if _is_foreign(order, line)]
        ends = [await self._end_of(channel, line) for _, line in foreign]
        returned = [
            (order, line)
            for (order, line), end in zip(foreign, ends, strict=True)
            if end is RefundStatus.SUCCESS
        ]
        for order, line in unknown:
            if line.kind is LineKind.PAYMENT and not _is_known(order, line):
                await self._captured(order, line, [one for _, one in returned], job)
        for order, line in returned:
            assert line.out_refund_no is not None, "a refund has a number"
            paid = next((one.id for one in order.attempts if one.number == line.channel_number), None)
            news = ForeignRefund(paid or line.out_trade_no, line.out_refund_no, line.amount)
            await self.books.learn(order.id, news, job=job)
        return all(end in OVER for end in ends)

    def _order_of(self, line: BillLine) -> Order | None:
        order = self.books.order(line.out_trade_no.rpartition("-")[0])
        if order is None:
            self.around.alarm(line.out_trade_no, "the bill has a trade that is not in the books")
        return order

    async def _end_of(self, channel: str, line: BillLine) -> RefundStatus | None:
        """How a refund in the bill ended: there it stands from its acceptance on, whatever became of it.

        One that ended on the merchant's own card has come to nothing, as one that was closed: the customer
        has nothing of it.
        """
        assert line.out_refund_no is not None, "a refund has a number"
        answer = await self.around.channels[channel].query_refund(line.out_trade_no, line.out_refund_no)
        if answer.refund is None:
            return None
        return RefundStatus.CLOSED if answer.refund.to_merchant_card else answer.refund.state

    async def _captured(self, order: Order, line: BillLine, returned: Iterable[BillLine], job: Job) -> None:
        back = Money.zero(line.amount.currency)
        for other in returned:
            if other.channel_number == line.channel_number:
                back += other.amount
        news = Captured(line.out_trade_no, line.channel_number, line.amount, back, by="bill")
        await self.books.learn(order.id, news, job=job)


def _is_known(order: Order, line: BillLine) -> bool:
    """Whether the books have the payment, at the very sum; another sum is for the core to wonder at."""
    return any(
        attempt.number == line.channel_number and attempt.captured == line.amount
        for attempt in order.attempts
    )


def _is_foreign(order: Order, line: BillLine) -> bool:
    """Whether it is a refund that nobody here asked for, and that is not known by its number yet."""
    if line.kind is not LineKind.REFUND or line.out_refund_no is None:
        return False
    # What somebody else has called it is unique to a channel at best: another trade's may be called the same.
    ours = {attempt.id for attempt in order.attempts if attempt.out_trade_no == line.out_trade_no}
    return not any(
        line.out_refund_no in (refund.id, refund.number)
        for refund in order.refunds
        if refund.attempt_id in ours
    )
