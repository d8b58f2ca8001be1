"""Room 6, the last minute: an order that is closed and can be paid, or is paid and gets closed."""

from __future__ import annotations

import attrs

from paytwice.calendar import HOUR
from paytwice.channels.messages import Answer, Meaning, Outcome, TradeState
from paytwice.gallery.calling import Caller
from paytwice.merchant.canary import Deaf
from paytwice.merchant.port import ChannelClient, CustomerAnswer, Said, Surroundings
from paytwice.merchant.reference.chores import Chores
from paytwice.merchant.reference.jobs import Job
from paytwice.merchant.reference.merchant import ReferenceMerchant
from paytwice_core import (
    Accepted,
    AttemptWritten,
    Captured,
    CloseWanted,
    Decision,
    Evidence,
    Money,
    Order,
    OrderMoved,
    OrderState,
    Ship,
    Winner,
)

# ---- money that comes late


class IgnoresLateSuccess(Deaf):
    """A success for an order that is closed is "not pending": it is acked, and nobody keeps it.

    Seen in: macrozheng, yudao, juspay/hyperswitch#2017, coreshop#2529.
    Schedule: W; expiry, closed; W✓ before it; cb(W).
    Breaks: S4, L2, L3, L8.
    Instead: the payment is put on record as LATE, and goes back; the order stays closed.
    Shown by: success_after_close.
    """

    def ignores(self, order: Order, payment: Captured) -> bool:
        return order.state is OrderState.CLOSED


class IgnoresSuccessWhileClosing(Deaf):
    """A success that meets an order which is being closed is "not pending" too, and is forgotten.

    Seen in: a natural slip; handlers whose guard is `status == PAYING`, once a state CLOSING was put
    beside it.
    Schedule: W; cancel ∥ W✓; cb(W); close(W) → ORDERPAID.
    Breaks: S4, L1, L2, L8.
    Instead: until the channel has closed the attempt, its success pays the order.
    Shown by: close_races_with_payment.
    """

    def ignores(self, order: Order, payment: Captured) -> bool:
        return order.state is OrderState.CLOSING


class ReopensWithoutStock(ReferenceMerchant):
    """A success after the close sets the order to PAID, whoever has the goods by now.

    Seen in: litemall's `hasPayed`, mall4j `updateByToPaySuccess` (no guard on the state), django-payments.
    Schedule: W; expiry, closed, stock released; W✓ before it; cb(W).
    Breaks: S2, S14.
    Instead: CLOSED is final and the money goes back; who reopens reserves again in the same transaction.
    Shown by: success_after_close.
    """

    def decide(self, order: Order, told: Evidence) -> Decision:
        decision = super().decide(order, told)
        if not isinstance(told, Captured) or "O6" not in decision.rows:
            return decision
        [paid] = [step for step in decision.steps if isinstance(step, AttemptWritten)]
        winner = Winner(paid.attempt.channel, told.number, paid.attempt.id)
        return Decision((paid, OrderMoved("O6R", OrderState.PAID, winner)), (Ship(order.id),), "paid")


# ---- what the merchant does of itself


class ClosesByWhatItRead(ReferenceMerchant):
    """A cancel reads the order, asks its channels, and writes CLOSED over whatever has come meanwhile.

    Seen in: macrozheng `cancelOrder`, roncoo-pay: no lock, and no status in the WHERE of the update.
    Schedule: cancel reads PAYING; W✓ cb(W) → PAID; cancel writes CLOSED.
    Breaks: S2, S1.
    Instead: the state is read under the lock, or compared in the update; PAID refuses the cancel.
    Shown by: cancel_and_pay_in_one_breath.
    """

    def __init__(self, around: Surroundings) -> None:
        super().__init__(around)
        self.read: dict[str, Order] = {}

    async def cancel(self, order_id: str) -> CustomerAnswer:
        order = self.books.order(order_id)
        for attempt in () if order is None else order.live_attempts:
            answer = await self.around.channels[attempt.channel].query(attempt.out_trade_no)
            if answer.trade is not None and answer.trade.state is not TradeState.UNPAID:
                return CustomerAnswer(Said.REFUSED, "it is paid")
        if order is not None:
            self.read[order_id] = order
        return await super().cancel(order_id)

    def decide(self, order: Order, told: Evidence) -> Decision:
        if isinstance(told, CloseWanted):
            order = self.read.pop(order.id, order)
        return super().decide(order, told)


class ClosesInItsOwnBooks(Caller):
    """The order is closed in the database, and its channel is not told: the code can still be paid.

    Seen in: litemall, mall4j, macrozheng, and yudao, which queries before it closes and never calls close.
    Schedule: W; cancel, closed; W✓.
    Breaks: S15.
    Instead: the channels are asked to close first, and the order is CLOSED when all of them have.
    Shown by: paid_after_the_cancel.
    """

    async def close(self, channel: ChannelClient, out_trade_no: str) -> Answer:
        return Answer(Outcome.DONE, Meaning.OK, "")


class TrustsTheQueryBeforeTheClose(Caller):
    """The channel has just said NOTPAY, so what it answers to the close that follows is not looked at.

    Seen in: WeChat's own documentation warns of it; VivaPayments/API#2360.
    Schedule: query(W) → NOTPAY; W✓; close(W) → ORDERPAID.
    Breaks: S15.
    Instead: only the answer to the close tells whether it was in time.
    Shown by: cancel_and_pay_in_one_breath, seed 12.
    """

    async def close(self, channel: ChannelClient, out_trade_no: str) -> Answer:
        asked = await channel.query(out_trade_no)
        answer = await channel.close(out_trade_no)
        if asked.trade is not None and asked.trade.state is TradeState.UNPAID:
            return closed(answer)
        return answer


class ExpiresByTheClockOfTheCode(Caller):
    """Each code is good for an hour from its making, and the books say that it dies with the order.

    Seen in: Alipay's `timeout_express` counts from the trade's creation; an order with 15 minutes to pay was
    paid after 62 (hzhcontrols).
    Schedule: A start; expiry, close(A) → NOT_EXIST; A scanned and paid long after.
    Breaks: S15.
    Instead: the channel is told the order's own moment (`time_expire`), and what it grants is written down.
    Shown by: code_found_again.
    """

    async def create(
        self, channel: ChannelClient, out_trade_no: str, amount: Money, expires_at: int
    ) -> Answer:
        return await super().create(channel, out_trade_no, amount, self.around.clock.now() + HOUR)

    def decide(self, order: Order, told: Evidence) -> Decision:
        if isinstance(told, Accepted):
            told = attrs.evolve(told, dead_at=order.expires_at)
        return super().decide(order, told)


class GoesByItsOwnClock(Caller):
    """Whether a code is dead is read off the merchant's clock, and that is some minutes ahead.

    Seen in: a natural slip; hosts without NTP, and local times stored without a zone: GMT read as UTC+8
    is eight hours off.
    Schedule: A start; expiry by a clock ahead; query(A) → NOT_EXIST; A scanned and paid in time.
    Breaks: S15.
    Instead: what a channel says was true at the channel's time (the Date header), and that is compared.
    Shown by: clock_is_ahead.
    """

    async def query(self, channel: ChannelClient, out_trade_no: str) -> Answer:
        answer = await super().query(channel, out_trade_no)
        return attrs.evolve(answer, at=self.around.clock.now())


# ---- what the answer to a close means


def closed(answer: Answer) -> Answer:
    """The answer to a close, taken for a yes."""
    return attrs.evolve(answer, outcome=Outcome.DONE, meaning=Meaning.OK)


class TakesAlreadyPaidForClosed(Caller):
    """ORDERPAID, the answer to a close, is "nothing to close any more", and so the order is closed.

    Seen in: a public snippet (id 47516990140) that is copied about.
    Schedule: W; expiry; W✓; close(W) → ORDERPAID.
    Breaks: S15.
    Instead: "already paid" is asked about: the query finds the money, and the money pays the order.
    Shown by: cancelled_before_the_news.
    """

    async def close(self, channel: ChannelClient, out_trade_no: str) -> Answer:
        answer = await super().close(channel, out_trade_no)
        return closed(answer) if answer.meaning is Meaning.ALREADY_PAID else answer


class TakesNotExistForClosed(Caller):
    """TRADE_NOT_EXIST, the answer to a close, is taken for closed: what is not there cannot be paid.

    Seen in: Alipay makes the trade when the customer scans; the code on the screen can still be paid.
    Schedule: A start; close(A) → NOT_EXIST; A scanned and paid.
    Breaks: S15.
    Instead: the attempt stays open until its code is dead, and is asked for then.
    Shown by: closed_at_alipay_before_the_scan.
    """

    async def close(self, channel: ChannelClient, out_trade_no: str) -> Answer:
        answer = await super().close(channel, out_trade_no)
        return closed(answer) if answer.meaning is Meaning.NO_SUCH_TRADE else answer


class TakesSilenceForClosed(Caller):
    """A close that timed out is taken for done: the request went out, so the channel will have it.

    Seen in: a natural slip; close calls whose exception is logged, and the next line sets the order to
    CLOSED.
    Schedule: W; cancel; close(W) lost; W✓.
    Breaks: S15, L7.
    Instead: no answer is no answer; a close can be repeated, and the order waits for one that is answered.
    Shown by: close_is_lost.
    """

    async def close(self, channel: ChannelClient, out_trade_no: str) -> Answer:
        answer = await super().close(channel, out_trade_no)
        return closed(answer) if answer.outcome is Outcome.UNKNOWN else answer


class ClosesOnce(ReferenceMerchant):
    """A close that timed out has failed, and is not tried again: the order is closed here in any case.

    Seen in: a natural slip; closers that scan for open orders only, so that no later round sees the trade
    left behind.
    Schedule: W; cancel, closed here; close(W) lost; W can be paid for hours.
    Breaks: L7.
    Instead: the close is a durable job, repeated until the channel has answered.
    Shown by: close_is_lost, closing=LOCAL_FIRST.
    """

    class CHORES(Chores):
        async def close(self, job: Job) -> Job | None:
            await super().close(job)
            return None
