"""What must follow, done: ask the channels, close, refund, ship, release. Each says what becomes of its job.

First it is on record what is about to be asked, then it is asked, then what was answered is on record: a
process that dies in between finds its job again and asks under the same number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs
from sqlalchemy import Connection, select

from paytwice.calendar import DAY, SECOND
from paytwice.channels.messages import Answer, Outcome, RefundStatus
from paytwice.examples.shop.channels import Channel
from paytwice.examples.shop.payments import Payments
from paytwice.examples.shop.tables import JOBS, SPACING, Job, Kind
from paytwice.merchant.reference import translate
from paytwice.web import Web
from paytwice_core import (
    AbnormalRouteAccepted,
    Attempt,
    Captured,
    CloseReason,
    CloseWanted,
    Evidence,
    NoAnswer,
    Order,
    OrderState,
    Overdue,
    Refund,
    RefundAbnormal,
    RefundGivenUp,
    RefundReason,
    RefundRoute,
    RefundSent,
    RefundUnanswered,
    RefundView,
)
from paytwice_core.order import LIVE_ATTEMPTS
from paytwice_core.states import AttemptState, RefundState

SPACING_MARGIN: Final = 5 * SECOND  # two calls can arrive closer together than they were sent
GIVE_UP_SENDS: Final = 16  # by the plan of the jobs, sent in vain for half a day
GIVE_UP_AFTER: Final = 12 * DAY  # a channel closes a refund it cannot pay after 7 days
OVERDUE_AFTER: Final = 12  # queries of an order that cannot be closed
OPEN_REFUNDS: Final = frozenset(
    {
        RefundState.CREATED,
        RefundState.SENT,
        RefundState.PROCESSING,
        RefundState.UNKNOWN,
        RefundState.ABNORMAL,
    }
)


@attrs.define(eq=False)
class Chores:
    """Does one job at a time: None when it is done with, else the job that is left."""

    web: Web
    payments: Payments
    channels: Mapping[str, Channel]

    async def do(self, job: Job) -> Job | None:
        """Do a job."""
        match job.kind:
            case Kind.EXPIRE:
                await self.payments.learn(job.order_id, CloseWanted(CloseReason.EXPIRED), job=job)
                return None
            case Kind.QUERY:
                return await self._query(job)
            case Kind.CLOSE:
                return await self._close(job)
            case Kind.REFUND:
                return await self._refund(job)
            case Kind.QUERY_REFUND:
                return await self._query_refund(job)
            case Kind.SHIP:
                return await self._ship(job)
            case Kind.RELEASE:
                await self.web.around.shop.release(job.order_id, f"release {job.order_id}")
                return None

    # -- attempts -------------------------------------------------------------------------------------------

    async def _query(self, job: Job) -> Job | None:
        found = self._attempt(job)
        if found is None:
            return None
        order, attempt = found
        if attempt.state is AttemptState.INIT:  # the process that asked for it died before it heard
            await self.payments.learn(order.id, NoAnswer(attempt.id), job=job)
        evidence = translate.of_query(
            attempt.id, await self.channels[attempt.channel].query(attempt.out_trade_no)
        )
        if evidence is not None:
            await self.payments.learn(order.id, unreturned(evidence), job=job)
        if job.tries == OVERDUE_AFTER and order.state is OrderState.CLOSING:
            await self.payments.learn(order.id, Overdue(), job=job)
        return self._next_query(job)

    def _next_query(self, job: Job) -> Job | None:
        """By the plan, and once when what the customer holds is dead: that answer settles it."""
        found = self._attempt(job)
        if found is None:
            return None
        order, attempt = found
        now = self.web.clock.now()
        dead_at = order.expires_at if attempt.dead_at is None else attempt.dead_at
        decisive = dead_at + self.web.around.policy.read_lag_ms + SECOND
        again = job.again(now)
        return attrs.evolve(again, due=min(again.due, decisive)) if decisive > now else again

    async def _close(self, job: Job) -> Job | None:
        found = self._attempt(job)
        if found is None:
            return None
        order, attempt = found
        answer = await self.channels[attempt.channel].close(attempt.out_trade_no)
        await self.payments.learn(order.id, translate.of_close(attempt.id, answer), job=job)
        return None if self._attempt(job) is None else job.again(self.web.clock.now())

    def _attempt(self, job: Job) -> tuple[Order, Attempt] | None:
        """The attempt a job is about, while it may still be paid."""
        order = self.payments.order(job.order_id)
        attempt = None if order is None else order.attempt(job.target)
        if order is None or attempt is None or attempt.state not in LIVE_ATTEMPTS:
            return None
        return order, attempt

    # -- refunds --------------------------------------------------------------------------------------------

    async def _refund(self, job: Job) -> Job | None:
        found = self._refund_of(job)
        if found is None:
            return None
        order, refund, attempt = found
        if refund.state is RefundState.SENT:  # the process that sent it died before it heard
            await self.payments.learn(order.id, RefundUnanswered(refund.id, "RESTART"), job=job)
            return None
        channel = self.channels[attempt.channel]
        wait = await self.payments.database.transaction(
            _wait_before, order.id, attempt.out_trade_no, refund, self.web.clock.now(), channel.refund_spacing
        )
        if wait is not None:
            return attrs.evolve(job, due=wait)
        sent = await self.payments.learn(order.id, lambda now: _send_or_give_up(now, refund.id), job=job)
        refund = refund if sent is None else sent[0].refund(refund.id) or refund  # it may have shrunk
        if sent is None or sent[1].refusal is not None or refund.state is not RefundState.SENT:
            return None
        total = attempt.captured or attempt.amount  # what was taken, should somebody have edited the price
        answer = await channel.refund(attempt.out_trade_no, refund.id, refund.amount, attempt.number, total)
        await self.payments.learn(order.id, translate.of_refund_call(refund.id, answer), job=job)
        return None

    async def _query_refund(self, job: Job) -> Job | None:
        found = self._refund_of(job)
        if found is None:
            return None
        order, refund, attempt = found
        if self.web.clock.now() - job.since > GIVE_UP_AFTER:
            await self.payments.learn(order.id, RefundGivenUp(refund.id), job=job)
            return None
        answer = await self.channels[attempt.channel].query_refund(attempt.out_trade_no, refund.id)
        evidence: Evidence = translate.of_refund_query(refund.id, answer)
        if isinstance(evidence, RefundAbnormal) and refund.state is RefundState.ABNORMAL:
            evidence = await self._another_way(refund, attempt, answer)
        await self.payments.learn(order.id, evidence, job=job)
        return None if self._refund_of(job) is None else job.again(self.web.clock.now())

    async def _another_way(self, refund: Refund, attempt: Attempt, found: Answer) -> Evidence:
        """To another card of the customer's, once; what does not get there either is for a person."""
        if refund.route is not RefundRoute.ORIGINAL or found.refund is None:
            return RefundGivenUp(refund.id)
        number = found.refund.channel_refund_number
        answer = await self.channels[attempt.channel].to_a_card(attempt.out_trade_no, refund.id, number)
        if answer.outcome is Outcome.REFUSED:
            return RefundGivenUp(refund.id)
        if answer.refund is None:
            return RefundAbnormal(refund.id)  # nobody knows: the same again moves nothing twice
        if answer.refund.state in (RefundStatus.PROCESSING, RefundStatus.ABNORMAL):
            return AbnormalRouteAccepted(refund.id, RefundRoute.CUSTOMER_CARD)
        return translate.of_refund(refund.id, answer.refund)

    def _refund_of(self, job: Job) -> tuple[Order, Refund, Attempt] | None:
        """The refund a job is about, while something can still be done for it here."""
        order = self.payments.order(job.order_id)
        refund = None if order is None else order.refund(job.target)
        if order is None or refund is None or refund.state not in OPEN_REFUNDS:
            return None
        attempt = order.attempt(refund.attempt_id)
        return None if attempt is None else (order, refund, attempt)

    # -- the shop -------------------------------------------------------------------------------------------

    async def _ship(self, job: Job) -> Job | None:
        """Hand over the goods, unless all the money is back; a customer's refund waits for this job."""
        order = self.payments.order(job.order_id)
        if order is not None and order.refund_view is not RefundView.FULL:
            await self.web.around.shop.ship(order.id, f"ship {order.id}")
        return None


def unreturned(evidence: Evidence) -> Evidence:
    """A channel that does not say how much of a payment went back does not say that nothing did."""
    if isinstance(evidence, Captured) and evidence.returned is not None and evidence.returned.is_zero:
        return attrs.evolve(evidence, returned=None)
    return evidence


def _wait_before(
    connection: Connection, order_id: str, out_trade_no: str, refund: Refund, now: int, spacing: int
) -> int | None:
    """Until when a refund has to wait; None to go on, and then it has taken its place."""
    ship = JOBS.c.id == f"{Kind.SHIP.value} {order_id}"
    if refund.reason is RefundReason.CUSTOMER and connection.execute(select(JOBS).where(ship)).first():
        return now + SECOND
    mine = SPACING.c.out_trade_no == out_trade_no
    last = connection.execute(select(SPACING).where(mine)).mappings().one_or_none()
    if last is not None and last["refund"] != refund.id:
        free_at: int = last["sent_at"] + spacing + SPACING_MARGIN
        if free_at > now:
            return free_at
    connection.execute(SPACING.delete().where(mine))
    connection.execute(SPACING.insert().values(out_trade_no=out_trade_no, refund=refund.id, sent_at=now))
    return None


def _send_or_give_up(order: Order, refund_id: str) -> Evidence:
    """Send it (again), unless that is in vain: then a person has to look at it."""
    refund = order.refund(refund_id)
    attempt = None if refund is None else order.attempt(refund.attempt_id)
    if refund is None or attempt is None or refund.sends == 0:
        return RefundSent(refund_id)
    in_vain = refund.sends >= GIVE_UP_SENDS or order.overdrawn(attempt) > 0
    return RefundGivenUp(refund_id) if in_vain else RefundSent(refund_id)
