"""The merchant's books: every change of an order is one transaction, decided by the core."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import attrs

from paytwice.calendar import SECOND
from paytwice.channels.messages import Notification
from paytwice.merchant.port import Surroundings
from paytwice.merchant.reference.jobs import PLANS, TABLE, Job, Kind, Workers
from paytwice.merchant.store import Transaction
from paytwice_core import (
    Captured,
    CloseTrade,
    CreateTrade,
    Decision,
    Effect,
    Evidence,
    LateSuccess,
    Order,
    OrderState,
    QueryRefund,
    QueryTrade,
    RaiseAlarm,
    ReleaseStock,
    RerouteRefund,
    SendRefund,
    Ship,
    apply,
)

ORDERS: Final = "orders"
INBOX: Final = "inbox"
DEAD_LETTERS: Final = "dead letters"
DEAD_LETTER_SENDS: Final = 4  # the row of a number nobody knows may be on its way, but not for so long
CREATE_TAKES: Final = 15 * SECOND  # a create that has not come back by then is asked for by query


@attrs.frozen
class Kept:
    """An order as it is kept: the core's value, and how often it was written."""

    order: Order
    version: int = 0


@attrs.frozen
class Heard:
    """A notification as it came, and the rows of the tables it led to, or why it led to none."""

    notification: Notification
    disposition: tuple[str, ...]


@attrs.define(eq=False)
class Books:
    """Orders and jobs in the store. `decide` says what a piece of evidence does to an order."""

    around: Surroundings
    workers: Workers
    decide: Callable[[Order, Evidence], Decision]
    _committed: Mapping[str, Kept] = attrs.field(init=False)  # orders

    @_committed.default
    def _of_the_store(self) -> Mapping[str, Kept]:
        return self.around.store.committed(ORDERS)

    def order(self, order_id: str) -> Order | None:
        """The order as it was last committed; it may have changed by the time you look at it."""
        kept = self._committed.get(order_id)
        return None if kept is None else kept.order

    async def open(self, order: Order) -> None:
        """Put a new order on record, and have it expire; one that is there already stays as it is."""
        job = Job(Kind.EXPIRE, order.id, order.id, order.expires_at, self.around.clock.now(), 0)
        async with self.around.store.transaction() as tx:
            new = await tx.insert(ORDERS, order.id, Kept(order))
            if new:
                await tx.put(TABLE, job.key, job)
        if new:
            self.workers.heard_of(job)

    async def learn(
        self,
        order_id: str,
        evidence: Evidence | Callable[[Order], Evidence],
        *,
        job: Job | None = None,
        heard: Notification | None = None,
    ) -> tuple[Order, Decision] | None:
        """Lock an order, read it, decide, and commit it with what must follow; None: no such order.

        `job` is the one at work: its own pace rules when it is to be done again. `heard` is the notification
        that brought the evidence: it goes into the inbox in the same transaction, with what it led to.
        """
        jobs: dict[str, Job] = {}
        async with self.around.store.transaction() as tx:
            kept = await self.locked(tx, order_id)
            if kept is None:
                return None
            told = evidence(kept.order) if callable(evidence) else evidence
            told = await self._with_stock(tx, kept.order, told)
            decision = self.decide(kept.order, told)
            self.around.reached(decision.pairs)
            after = apply(kept.order, decision)
            jobs = self._jobs(after, decision, kept.version + 1, job)
            if after is not kept.order:
                await tx.put(ORDERS, order_id, Kept(after, kept.version + 1))
            if jobs:
                await tx.put_all(TABLE, jobs)
            if heard is not None:
                await tx.put(INBOX, heard.id, Heard(heard, decision.rows))
        for made in jobs.values():
            self.workers.heard_of(made)
        for effect in decision.effects:
            if isinstance(effect, RaiseAlarm):
                self.around.alarm(effect.about, effect.text)
        return after, decision

    async def locked(self, tx: Transaction, order_id: str) -> Kept | None:
        """The order as it is, and as it stays until the transaction ends."""
        kept: Kept | None = await tx.get(ORDERS, order_id, for_update=True)
        return kept

    async def put_aside(self, notification: Notification, why: str) -> None:
        """Keep a notification that cannot be applied; one that keeps coming is a dead letter for a person."""
        table = DEAD_LETTERS if notification.send >= DEAD_LETTER_SENDS else INBOX
        async with self.around.store.transaction() as tx:
            await tx.put(table, notification.id, Heard(notification, (why,)))
        self.around.alarm(notification.trade.out_trade_no, why)

    async def _with_stock(self, tx: Transaction, order: Order, evidence: Evidence) -> Evidence:
        """Where a late success may reopen the order, reserve its goods before the core decides (O6R)."""
        if (
            not isinstance(evidence, Captured)
            or order.state is not OrderState.CLOSED
            or self.around.policy.late is not LateSuccess.REOPEN_IF_STOCK
            or any(attempt.number == evidence.number for attempt in order.attempts)
        ):
            return evidence
        for n in range(_captures(order) + 1):
            # A release that is still to be done is done first, else the goods would be reserved twice.
            job = await tx.get(TABLE, f"{Kind.RELEASE.value} {order.id} {n}")
            if job is not None:
                await release(self.around, job)
        regained = await self.around.shop.reserve(order.id, f"reserve {order.id} {_captures(order)}")
        return attrs.evolve(evidence, stock_regained=regained)

    def _jobs(self, order: Order, decision: Decision, version: int, running: Job | None) -> dict[str, Job]:
        now = self.around.clock.now()
        jobs: dict[str, Job] = {}
        for effect in decision.effects:
            made = self._job(order, effect, now, version)
            if made is not None and (running is None or made.key != running.key):
                jobs[made.key] = made
        return jobs

    def _job(self, order: Order, effect: Effect, now: int, version: int) -> Job | None:
        def job(kind: Kind, target: str, due: int = now) -> Job:
            return Job(kind, order.id, target, due, now, version)

        match effect:
            case CreateTrade(attempt):
                return job(Kind.QUERY, attempt, now + CREATE_TAKES)
            case QueryTrade(attempt):
                return job(Kind.QUERY, attempt)
            case CloseTrade(attempt):
                return job(Kind.CLOSE, attempt)
            case SendRefund(refund):
                return job(Kind.REFUND, refund, now + self._patience(order, refund))
            case QueryRefund(refund):
                return job(Kind.QUERY_REFUND, refund, now + PLANS[Kind.QUERY_REFUND][0])
            case RerouteRefund(refund):
                return job(Kind.REROUTE, refund)
            case Ship(target):
                return job(Kind.SHIP, target)
            case ReleaseStock(target):
                return job(Kind.RELEASE, f"{target} {_captures(order)}")
            case _:
                return None

    def _patience(self, order: Order, refund_id: str) -> int:
        """How long to wait before a refund is sent again: the more often it was sent, the longer."""
        refund = order.refund(refund_id)
        if refund is None or refund.sends == 0:
            return 0
        plan = PLANS[Kind.REFUND]
        return plan[min(refund.sends, len(plan)) - 1]


async def release(around: Surroundings, job: Job) -> None:
    """Put the goods of an order back on the shelf, once for each job, however often it is done."""
    await around.shop.release(job.order_id, f"release {job.target}")


def _captures(order: Order) -> int:
    """How many payments the order has seen: each may reserve and release the goods once more."""
    return sum(attempt.number is not None for attempt in order.attempts)
