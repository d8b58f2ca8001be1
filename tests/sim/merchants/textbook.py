"""A plain merchant that does it right in calm weather, in small steps, so that each can be done wrong.

Every change of an order is a function from row to row, applied under the row's lock. `broken.py` makes the
mistakes of real systems by replacing one step of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import attrs

from paytwice.channels.messages import (
    Ack,
    Credential,
    Meaning,
    Notification,
    Outcome,
    RefundRecord,
    RefundStatus,
    TradeRecord,
)
from paytwice.merchant.port import (
    AttemptView,
    CustomerAnswer,
    OrderRequest,
    OrderView,
    RefundStanding,
    RefundView,
    Refusal,
    Said,
    Standing,
    Surroundings,
    WinnerView,
)
from paytwice_core import Money

BEAT: Final = 20_000  # milliseconds between two rounds of the worker
ORDERS: Final = "orders"
ENDS: Final = {
    RefundStatus.SUCCESS: RefundStanding.DONE,
    RefundStatus.CLOSED: RefundStanding.NEEDS_PERSON,
    RefundStatus.ABNORMAL: RefundStanding.NEEDS_PERSON,
}


@attrs.frozen
class Row:
    """One order as it is kept; an attempt is OPEN, PAID or DEAD."""

    asked: OrderRequest
    standing: Standing = Standing.OPEN
    winner: WinnerView | None = None
    attempts: tuple[AttemptView, ...] = ()
    refunds: tuple[RefundView, ...] = ()

    def attempt(self, out_trade_no: str) -> AttemptView | None:
        """The attempt with this number."""
        return next((one for one in self.attempts if one.out_trade_no == out_trade_no), None)

    def with_attempt(self, changed: AttemptView) -> Row:
        """The row with one attempt in another state."""
        same = changed.out_trade_no
        return attrs.evolve(
            self, attempts=tuple(changed if one.out_trade_no == same else one for one in self.attempts)
        )

    def with_refund(self, changed: RefundView) -> Row:
        """The row with one refund in another state."""
        same = changed.out_refund_no
        return attrs.evolve(
            self, refunds=tuple(changed if one.out_refund_no == same else one for one in self.refunds)
        )


class Textbook:
    """Lock, read again, decide, commit, then ack; persist the number, then call."""

    beat = BEAT

    def __init__(self, around: Surroundings) -> None:
        self.around = around

    # -- the books ------------------------------------------------------------------------------------------

    def row(self, order_id: str) -> Row | None:
        """The order as it was last committed."""
        row: Row | None = self.around.store.committed(ORDERS).get(order_id)
        return row

    async def change(self, order_id: str, step: Callable[[Row], Row]) -> Row | None:
        """Apply a step under the lock of the order; None where there is no such order."""
        async with self.around.store.transaction() as tx:
            row: Row | None = await tx.get(ORDERS, order_id, for_update=True)
            if row is None:
                return None
            after = step(row)
            if after != row:
                await tx.put(ORDERS, order_id, after)
        return after

    def view(self, order_id: str) -> OrderView | None:
        """What the committed row says."""
        row = self.row(order_id)
        if row is None:
            return None
        numbers = frozenset(one.number for one in row.attempts if one.number is not None)
        return OrderView(row.standing, row.winner, row.attempts, row.refunds, numbers)

    # -- the customer ---------------------------------------------------------------------------------------

    async def open_order(self, request: OrderRequest) -> None:
        """Reserve, then put on record."""
        await self.around.shop.reserve(request.order_id, f"reserve {request.order_id}")
        async with self.around.store.transaction() as tx:
            await tx.insert(ORDERS, request.order_id, Row(request))

    async def start_attempt(self, order_id: str, channel: str) -> Credential | Refusal:
        """Put the attempt on record, then ask for something to pay with."""
        row = await self.change(order_id, lambda row: self.with_new_attempt(row, channel))
        if row is None or row.standing is not Standing.OPEN or self.is_over(row):
            return Refusal("it cannot be paid any more", pay_again=False)
        number = row.attempts[-1].out_trade_no
        answer = await self.around.channels[channel].create(number, self.price(row), row.asked.expires_at)
        return answer.credential or Refusal(answer.code)

    def with_new_attempt(self, row: Row, channel: str) -> Row:
        """The row with one attempt more, while it can be paid."""
        if row.standing is not Standing.OPEN or self.is_over(row):
            return row
        number = f"{row.asked.order_id}-{len(row.attempts) + 1}"
        return attrs.evolve(row, attempts=(*row.attempts, AttemptView(number, channel, "OPEN")))

    def price(self, row: Row) -> Money:
        """What the channel is asked to collect."""
        return row.asked.amount

    def is_over(self, row: Row) -> bool:
        """Whether the order has expired, or was cancelled."""
        return self.around.clock.now() >= row.asked.expires_at

    async def status(self, order_id: str) -> CustomerAnswer:
        """Tell what is on record."""
        row = self.row(order_id)
        return CustomerAnswer(Said.REFUSED if row is None else Said[row.standing.name])

    async def cancel(self, order_id: str) -> CustomerAnswer:
        """Let the order expire now; the worker closes it at the channels."""
        row = await self.change(order_id, self.with_end_now)
        is_open = row is not None and row.standing is Standing.OPEN
        return CustomerAnswer(Said.ACCEPTED if is_open else Said.REFUSED)

    def with_end_now(self, row: Row) -> Row:
        """The row, to be closed as soon as the channels agree."""
        now = min(row.asked.expires_at, self.around.clock.now())
        return attrs.evolve(row, asked=attrs.evolve(row.asked, expires_at=now))

    async def ask_refund(self, order_id: str, amount: Money, request_id: str) -> CustomerAnswer:
        """Put a refund of the winner on record, if its money is not promised away yet."""
        row = await self.change(order_id, lambda row: self.with_wish(row, amount, request_id))
        granted = row is not None and any(one.out_refund_no == request_id for one in row.refunds)
        return CustomerAnswer(Said.ACCEPTED if granted else Said.REFUSED)

    def with_wish(self, row: Row, amount: Money, request_id: str) -> Row:
        """The row with one refund more, if the winner has money left for it."""
        if row.winner is None or any(one.out_refund_no == request_id for one in row.refunds):
            return row
        promised = sum(one.amount.minor for one in row.refunds if one.number == row.winner.number)
        if promised + amount.minor > row.asked.amount.minor:
            return row
        return self.with_owed(row, request_id, row.winner, amount)

    def with_owed(self, row: Row, number: str, of: WinnerView, amount: Money) -> Row:
        """The row with a refund that has to be sent."""
        assert of.attempt is not None, "every payment has an attempt here"
        owed = RefundView(number, of.attempt, amount, RefundStanding.PENDING, "", of.channel, of.number)
        return attrs.evolve(row, refunds=(*row.refunds, owed))

    # -- the channels ---------------------------------------------------------------------------------------

    async def notified(self, notification: Notification) -> Ack:
        """Check, book, commit, and only then ack."""
        if not self.is_ours(notification):
            return Ack.negative()
        if not await self.heard(notification.channel, notification.trade):
            return Ack.negative()
        if notification.refund is not None:
            await self.refund_heard(notification.refund)
        return Ack.positive()

    def is_ours(self, notification: Notification) -> bool:
        """Whether it is authentic, and for this app and merchant."""
        me = self.around.app_id, self.around.mch_id
        return notification.authentic and me == (notification.app_id, notification.mch_id)

    async def heard(self, channel: str, trade: TradeRecord) -> bool:
        """Book what a channel says of a trade; False where the number is not on record."""
        order_id = trade.out_trade_no.rpartition("-")[0]
        row = await self.change(order_id, lambda row: self.booked(row, channel, trade))
        if row is None or row.attempt(trade.out_trade_no) is None:
            return False
        await self.deliver(row)
        return True

    def booked(self, row: Row, channel: str, trade: TradeRecord) -> Row:
        """The row after a channel has told how a trade stands."""
        attempt = row.attempt(trade.out_trade_no)
        if attempt is None or trade.channel_number is None:
            return row
        payment = WinnerView(channel, trade.channel_number, trade.out_trade_no)
        if attempt.number == payment.number and attempt.channel == payment.channel:
            return row  # the channel repeats itself
        paid = row.with_attempt(attrs.evolve(attempt, state="PAID", number=payment.number))
        return self.settled(paid, payment, trade.amount)

    def settled(self, row: Row, payment: WinnerView, amount: Money) -> Row:
        """The row after a payment that was not known before: the first settles it, any other goes back."""
        if row.standing is Standing.OPEN and amount == row.asked.amount:
            return attrs.evolve(row, standing=Standing.PAID, winner=payment)
        return self.with_owed(row, f"R-{payment.number}", payment, amount)

    async def refund_heard(self, record: RefundRecord) -> None:
        """Book what a channel says of a refund."""
        order_id = record.out_trade_no.rpartition("-")[0]
        await self.change(order_id, lambda row: self.with_refund_heard(row, record))

    def with_refund_heard(self, row: Row, record: RefundRecord) -> Row:
        """The row after a channel has told how a refund stands."""
        for refund in row.refunds:
            if refund.out_refund_no == record.out_refund_no and refund.standing is RefundStanding.PENDING:
                standing = ENDS.get(record.state, RefundStanding.PENDING)
                return row.with_refund(attrs.evolve(refund, standing=standing))
        known = any(refund.out_refund_no == record.out_refund_no for refund in row.refunds)
        return row if known or record.state is not RefundStatus.SUCCESS else self.with_foreign(row, record)

    def with_foreign(self, row: Row, record: RefundRecord) -> Row:
        """The row after somebody else has sent a payment back: there is nothing left of it to send."""
        paid = row.attempt(record.out_trade_no)
        if paid is None or paid.number is None:
            return row
        theirs = RefundView(
            record.out_refund_no, paid.out_trade_no, record.amount, RefundStanding.DONE, "", paid.channel
        )
        ours = tuple(
            attrs.evolve(one, standing=RefundStanding.VOID)
            if one.number == paid.number and one.standing is RefundStanding.PENDING
            else one
            for one in row.refunds
        )
        return attrs.evolve(row, refunds=(*ours, theirs))

    # -- by itself ------------------------------------------------------------------------------------------

    async def work(self) -> None:
        """Look after every order, again and again."""
        while True:
            for order_id in sorted(self.around.store.committed(ORDERS)):
                await self.tend(order_id)
            await self.around.clock.sleep(self.beat)

    async def tend(self, order_id: str) -> None:
        """Ask about what is open, close what is over, send back what is owed."""
        row = self.row(order_id)
        assert row is not None, "orders are never removed"
        for attempt in row.attempts:
            if attempt.state == "OPEN":
                await self.ask(order_id, attempt)
        for refund in row.refunds:
            if refund.standing is RefundStanding.PENDING:
                await self.send_back(refund)
        after = await self.change(order_id, self.closed)
        if after is not None:
            await self.deliver(after)

    async def ask(self, order_id: str, attempt: AttemptView) -> None:
        """Query an attempt; once nothing is expected of it any more, close it at its channel first."""
        row = self.row(order_id)
        assert row is not None, "orders are never removed"
        channel, number = self.around.channels[attempt.channel], attempt.out_trade_no
        dead = row.standing is not Standing.OPEN or self.is_over(row)
        if dead and channel.has_close:
            closed = await channel.close(number)
            dead = closed.outcome is Outcome.DONE or closed.meaning is Meaning.ALREADY_CLOSED
        answer = await channel.query(number)
        if answer.trade is not None and answer.trade.channel_number is not None:
            await self.heard(attempt.channel, answer.trade)
        elif dead or (answer.meaning is Meaning.NO_SUCH_TRADE and self.is_unscanned(row)):
            await self.change(order_id, lambda row: row.with_attempt(attrs.evolve(attempt, state="DEAD")))

    def is_unscanned(self, row: Row) -> bool:
        """Whether a trade that does not exist cannot come to exist any more: its QR code is dead."""
        return self.around.clock.now() > row.asked.expires_at + 2 * 60 * 60 * 1000

    def closed(self, row: Row) -> Row:
        """The row, CLOSED if it is over and nothing can be paid any more."""
        waits = any(attempt.state == "OPEN" for attempt in row.attempts)
        if row.standing is not Standing.OPEN or not self.is_over(row) or waits:
            return row
        return attrs.evolve(row, standing=Standing.CLOSED)

    async def send_back(self, refund: RefundView) -> None:
        """Query a refund, and send it (again) under its number where the channel knows nothing of it."""
        channel = self.around.channels[refund.reason]
        answer = await channel.query_refund(refund.out_trade_no, refund.out_refund_no)
        if answer.refund is None and answer.meaning is Meaning.NO_SUCH_REFUND:
            answer = await channel.refund(
                refund.out_trade_no, refund.out_refund_no, refund.amount, refund.number
            )
        if answer.refund is not None:
            await self.refund_heard(answer.refund)

    async def deliver(self, row: Row) -> None:
        """Ship what is PAID, free what is CLOSED; the shop does each once."""
        order_id = row.asked.order_id
        if row.standing is Standing.PAID:
            await self.around.shop.ship(order_id, f"ship {order_id}")
        elif row.standing is Standing.CLOSED:
            await self.around.shop.release(order_id, f"release {order_id}")
