"""Reconciliation: what the T+1 bill knows and the tables do not.

A payment that is in the tables and not in a bill is no news, for it stands in another day's bill: the bill's
day goes by the channel's clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

import attrs

from paytwice.calendar import DAY, HOUR, MINUTE
from paytwice.channels.messages import BillLine, LineKind, RefundRecord, RefundStatus, TradeRecord, TradeState
from paytwice.gallery.others.service.payment_service import PaymentService
from paytwice.gallery.others.service.rows import BillRow, PaymentRow, RefundRow
from paytwice.gallery.others.service.scheduler import after
from paytwice.gallery.others.service.session import Database
from paytwice.merchant.port import Surroundings
from paytwice_core import Money

SLACK: Final = HOUR  # how far our clock may be ahead of the channel's
READY_AT: Final = 10 * HOUR  # of the next day
FETCHES: Final = (MINUTE, 5 * MINUTE, 30 * MINUTE)
LONG_ENOUGH: Final = 12 * DAY
OVER: Final = (RefundStatus.SUCCESS, RefundStatus.CLOSED)


@attrs.define(eq=False)
class BillService:
    """Reads the bill of each day at each channel, from the day of the first payment there."""

    around: Surroundings
    database: Database
    payments: PaymentService

    async def begin(self, channel: str) -> None:
        """Have the channel's bills read from today's on, if they are not yet."""
        if not any(row.channel == channel for row in self.database.all(BillRow).values()):
            clock = self.around.clock
            await self._plan(channel, clock.day(clock.now() - SLACK))

    async def run(self, bill_id: str) -> None:
        """Read a day's bill; again and again while the end of a refund in it is open."""
        row: BillRow = self.database.all(BillRow)[bill_id]
        day = date.fromisoformat(row.day)
        bill = (await self.around.channels[row.channel].bill(day)).bill
        is_clear = False
        if bill is not None:
            await self._plan(row.channel, day + timedelta(days=1))
            is_clear = await self._compare(row.channel, bill.lines)
        now = self.around.clock.now()
        is_over = is_clear or now - row.since > LONG_ENOUGH
        due = None if is_over else now + after(FETCHES, row.tries)
        await self._put(attrs.evolve(row, next_run_at=due, tries=row.tries + 1))

    async def _plan(self, channel: str, day: date) -> None:
        id = f"{channel} {day.isoformat()}"
        if id not in self.database.all(BillRow):
            clock = self.around.clock
            due = clock.bill_time(day + timedelta(days=1)) + READY_AT
            await self._put(
                BillRow(id=id, channel=channel, day=day.isoformat(), since=clock.now(), next_run_at=due)
            )

    async def _put(self, row: BillRow) -> None:
        async with self.database.store.transaction() as tx:
            await tx.put(row.TABLE, row.id, row)
        self.database.committed([row])

    # -- the lines ------------------------------------------------------------------------------------------

    async def _compare(self, channel: str, lines: Iterable[BillLine]) -> bool:
        """Book what the tables do not have; False while the end of a refund is open."""
        is_clear = True
        returned: dict[str, list[RefundRecord]] = {}
        paid: list[BillLine] = []
        for line in lines:
            if self.payments.find(channel, line.out_trade_no) is None:
                self.around.alarm(line.out_trade_no, "the bill has a trade that is not on record")
            elif line.kind is LineKind.PAYMENT:
                paid.append(line)
            elif line.out_refund_no is not None and not self._is_known(line):
                record = await self._end_of(channel, line.out_trade_no, line.out_refund_no)
                is_clear = is_clear and record is not None and record.state in OVER
                if record is not None and _is_back(record):
                    returned.setdefault(line.channel_number, []).append(record)
        for line in paid:
            await self._book(channel, line, returned.pop(line.channel_number, []))
        for number, records in returned.items():  # of payments that are in an earlier bill
            await self._book_refunds(channel, number, records)
        return is_clear

    def _is_known(self, line: BillLine) -> bool:
        """Whether the refund is in the tables; the console's numbers are unique to a channel at best."""
        payments, refunds = self.database.all(PaymentRow), self.database.all(RefundRow).values()
        return any(
            refund.out_refund_no == line.out_refund_no
            and payments[refund.payment_id].out_trade_no == line.out_trade_no
            for refund in refunds
        )

    async def _end_of(self, channel: str, out_trade_no: str, out_refund_no: str) -> RefundRecord | None:
        """How a refund ended: in the bill it stands from its acceptance on, whatever became of it."""
        return (await self.around.channels[channel].query_refund(out_trade_no, out_refund_no)).refund

    async def _book(self, channel: str, line: BillLine, refunds: list[RefundRecord]) -> None:
        payment = self.payments.find(channel, line.out_trade_no)
        assert payment is not None, "lines of unknown trades are left out"
        known = self._payment_with(channel, line.channel_number)
        if known is not None and known.captured == line.amount and not refunds:
            return
        back = sum(refund.amount.minor for refund in refunds)
        trade = TradeRecord(
            line.out_trade_no,
            TradeState.RETURNED if back else TradeState.PAID,
            line.amount,
            Money(back, line.amount.currency),
            line.channel_number,
            line.at,
            "bill",
        )
        async with self.database.session(payment.order_id) as session:
            self.payments.heard(session, session.payments[payment.id], trade, refunds)

    async def _book_refunds(self, channel: str, number: str, records: list[RefundRecord]) -> None:
        payment = self._payment_with(channel, number)
        if payment is not None:
            async with self.database.session(payment.order_id) as session:
                for record in records:
                    self.payments.refunds.heard(session, session.payments[payment.id], record)

    def _payment_with(self, channel: str, number: str) -> PaymentRow | None:
        payments: Iterable[PaymentRow] = self.database.all(PaymentRow).values()
        return next((one for one in payments if (one.channel, one.number) == (channel, number)), None)


def _is_back(refund: RefundRecord) -> bool:
    """Whether the customer has the money: on our own card it is with us."""
    return refund.state is RefundStatus.SUCCESS and not refund.to_merchant_card
