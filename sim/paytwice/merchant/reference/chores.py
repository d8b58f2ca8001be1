"""What the workers do: ask the channels, close, refund, ship, release."""

from __future__ import annotations

from typing import Final, assert_never

import attrs

from paytwice.calendar import SECOND
from paytwice.merchant.port import ChannelClient, Surroundings
from paytwice.merchant.reference import translate
from paytwice.merchant.reference.books import ORDERS, Books, release
from paytwice.merchant.reference.jobs import GIVE_UP_AFTER, Job, Kind
from paytwice.merchant.reference.reconciliation import Reconciliation
from paytwice.merchant.reference.reroutes import reroute
from paytwice_core import (
    Attempt,
    CloseReason,
    CloseWanted,
    NoAnswer,
    Order,
    OrderState,
    Overdue,
    Refund,
    RefundGivenUp,
    RefundSent,
    RefundUnanswered,
    RefundView,
)
from paytwice_core.order import LIVE_ATTEMPTS
from paytwice_core.states import AttemptState, RefundState

SPACING: Final = "spacing"
SPACING_MARGIN: Final = 5 * SECOND  # two calls can arrive closer together than they were sent
GIVE_UP_SENDS: Final = 16  # by the plan of the jobs, sent in vain for half a day
OVERDUE_AFTER: Final = 12  # queries of an order that cannot be closed
OPEN_REFUNDS: Final = frozenset({RefundState.PROCESSING, RefundState.UNKNOWN, RefundState.SENT})


@attrs.define(eq=False)
class Chores:
    """Does one job at a time, and says what becomes of it: None when it is done with."""

    around: Surroundings
    books: Books
    reconciliation: Reconciliation

    async def do(self, job: Job) -> Job | None:
        """Do a job."""
        match job.kind:
            case Kind.EXPIRE:
                await self.books.learn(job.order_id, CloseWanted(CloseReason.EXPIRED), job=job)
                return None
            case Kind.QUERY:
                return await self.query(job)
            case Kind.CLOSE:
                return await self.close(job)
            case Kind.REFUND:
                return await self.refund(job)
            case Kind.QUERY_REFUND:
                return await self.query_refund(job)
            case Kind.REROUTE:
                return await reroute(self.around, self.books, job)
            case Kind.SHIP:
                await self.ship(job)
                return None
            case Kind.RELEASE:
                await release(self.around, job)
                return None
            case Kind.BILL:
                return await self.reconciliation.read(job)
            case _:
                assert_never(job.kind)

    # -- attempts -------------------------------------------------------------------------------------------

    async def query(self, job: Job) -> Job | None:
        """Ask a channel what became of an attempt, and learn from it."""
        found = self._attempt(job)
        if found is None:
            return None
        order, attempt, channel = found
        if attempt.state is AttemptState.INIT:
            await self.books.learn(order.id, NoAnswer(attempt.id), job=job)
        answer = await channel.query(attempt.out_trade_no)
        evidence = translate.of_query(attempt.id, answer)
        if evidence is not None:
            await self.books.learn(order.id, evidence, job=job)
        if job.tries == OVERDUE_AFTER and order.state is OrderState.CLOSING:
            await self.books.learn(order.id, Overdue(), job=job)
        return self._next_query(job)

    def _next_query(self, job: Job) -> Job | None:
        found = self._attempt(job)
        if found is None:
            return None
        order, attempt, _ = found
        now = self.around.clock.now()
        dead_at = order.expires_at if attempt.dead_at is None else attempt.dead_at
        decisive = dead_at + self.around.policy.read_lag_ms + SECOND
        again = job.again(now)
        return again.at(min(again.due, decisive)) if decisive > now else again

    async def close(self, job: Job) -> Job | None:
        """Make an attempt unpayable, where its channel can."""
        found = self._attempt(job)
        if found is None or not found[2].has_close:
            return None  # without a close it is the query after the credential's death that settles it
        order, attempt, channel = found
        answer = await channel.close(attempt.out_trade_no)
        await self.books.learn(order.id, translate.of_close(attempt.id, answer), job=job)
        return None if self._attempt(job) is None else job.again(self.around.clock.now())

    def _attempt(self, job: Job) -> tuple[Order, Attempt, ChannelClient] | None:
        """The attempt a job is about, while it may still be paid."""
        order = self.books.order(job.order_id)
        attempt = None if order is None else order.attempt(job.target)
        if order is None or attempt is None or attempt.state not in LIVE_ATTEMPTS:
            return None
        return order, attempt, self.around.channels[attempt.channel]

    # -- refunds --------------------------------------------------------------------------------------------

    async def refund(self, job: Job) -> Job | None:
        """Send money back: first on record, then to the channel."""
        found = self._refund_of(job)
        if found is None:
            return None
        order, refund, attempt = found
        if refund.state is RefundState.SENT:  # the process that sent it died before it heard
            await self.books.learn(order.id, RefundUnanswered(refund.id, "RESTART"), job=job)
            return None
        channel = self.around.channels[attempt.channel]
        if (free_at := await self.reserve_slot(refund, attempt, channel)) is not None:
            return job.at(free_at)
        sent = await self.books.learn(order.id, lambda now: _send_or_give_up(now, refund.id), job=job)
        if sent is None or sent[1].refusal is not None:
            return None
        refund = sent[0].refund(refund.id) or refund  # it may have shrunk meanwhile
        if refund.state is not RefundState.SENT:
            return None
        answer = await channel.refund(attempt.out_trade_no, refund.id, refund.amount, attempt.number)
        await self.books.learn(order.id, translate.of_refund_call(refund.id, answer), job=job)
        return None

    async def reserve_slot(self, refund: Refund, attempt: Attempt, channel: ChannelClient) -> int | None:
        """Keep two refund numbers of one trade apart; says when to come back, or None to go on."""
        now = self.around.clock.now()
        async with self.around.store.transaction() as tx:
            last = await tx.get(SPACING, attempt.out_trade_no, for_update=True)
            if last is not None and last[0] != refund.id:
                free_at: int = last[1] + channel.refund_spacing + SPACING_MARGIN
                if free_at > now:
                    return free_at
            await tx.put(SPACING, attempt.out_trade_no, (refund.id, now))
        return None

    async def query_refund(self, job: Job) -> Job | None:
        """Ask a channel what became of a refund."""
        found = self._refund_of(job)
        if found is None:
            return None
        order, refund, attempt = found
        now = self.around.clock.now()
        if now - job.since > GIVE_UP_AFTER:
            await self.books.learn(order.id, RefundGivenUp(refund.id), job=job)
            return None
        channel = self.around.channels[attempt.channel]
        answer = await channel.query_refund(attempt.out_trade_no, refund.id)
        await self.books.learn(order.id, translate.of_refund_query(refund.id, answer), job=job)
        still = self._refund_of(job)
        return None if still is None else job.again(self.around.clock.now())

    def _refund_of(self, job: Job) -> tuple[Order, Refund, Attempt] | None:
        """The refund a job is about, while somebody here can still do something for it."""
        order = self.books.order(job.order_id)
        refund = None if order is None else order.refund(job.target)
        if order is None or refund is None:
            return None
        if refund.state not in OPEN_REFUNDS and refund.state is not RefundState.CREATED:
            return None
        attempt = order.attempt(refund.attempt_id)
        return None if attempt is None else (order, refund, attempt)

    # -- the shop -------------------------------------------------------------------------------------------

    async def ship(self, job: Job) -> None:
        """Hand over the goods, unless all the money is back; under the lock, so that none goes meanwhile."""
        async with self.around.store.transaction() as tx:
            kept = await tx.get(ORDERS, job.order_id, for_update=True)
            if kept is not None and kept.order.refund_view is not RefundView.FULL:
                await self.around.shop.ship(job.order_id, f"ship {job.order_id}")


def _send_or_give_up(order: Order, refund_id: str) -> RefundSent | RefundGivenUp:
    """Send it (again), unless that is in vain: a person has to look at it then.

    So where an account stays empty, and where others have sent back meanwhile what it was to send.
    """
    refund = order.refund(refund_id)
    attempt = None if refund is None else order.attempt(refund.attempt_id)
    if refund is None or attempt is None or refund.sends == 0:
        return RefundSent(refund_id)
    in_vain = refund.sends >= GIVE_UP_SENDS or order.overdrawn(attempt) > 0
    return RefundGivenUp(refund_id) if in_vain else RefundSent(refund_id)
