"""What an order learns: locked, read, decided by the core, and committed with all that must follow.

There is one way to change an order, whoever speaks: a customer, WeChat, or a job.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import attrs
from sqlalchemy import Connection, bindparam, select

from paytwice.calendar import SECOND
from paytwice.examples.shop.database import Database
from paytwice.examples.shop.tables import JOBS, ORDERS, PLANS, Job, Kind, job_row, order_of, order_row
from paytwice.web import Web
from paytwice_core import (
    CloseTrade,
    CreateTrade,
    Decision,
    Effect,
    Evidence,
    Order,
    QueryRefund,
    QueryTrade,
    RaiseAlarm,
    ReleaseStock,
    RerouteRefund,
    SendRefund,
    Ship,
    apply,
    decide,
)

CREATE_TAKES: Final = 15 * SECOND  # a create that has not come back by then is asked for by query

# Written once: to put a statement together takes as long as SQLite takes to answer it.
ONE_ORDER: Final = select(ORDERS).where(ORDERS.c.id == bindparam("id"))

Told = Evidence | Callable[[Order], Evidence]


@attrs.define(eq=False)
class Payments:
    """The orders in the database. `heard_of` is called with each job that was committed."""

    web: Web
    database: Database
    heard_of: Callable[[Job], None] = lambda _job: None

    def order(self, order_id: str) -> Order | None:
        """The order as it was last committed; it may have changed by the time you look at it."""
        return self.database.read(_order, order_id)

    async def open(self, order: Order) -> None:
        """Put a new order on record, and have it expire; one that is there already stays as it is."""
        job = Job(Kind.EXPIRE, order.id, order.id, order.expires_at, self.web.clock.now(), 0)
        if await self.database.transaction(_insert, order, job):
            self.heard_of(job)

    async def learn(
        self, order_id: str, told: Told, *, job: Job | None = None
    ) -> tuple[Order, Decision] | None:
        """Tell an order something, in one transaction with what must follow; None: there is no such order.

        `job` is the one at work: its own pace rules when it is to be done again.
        """
        learnt = await self.database.transaction(self._learn, order_id, told, job)
        if learnt is None:
            return None
        after, decision, jobs = learnt
        self.web.around.reached(decision.pairs)
        for made in jobs:
            self.heard_of(made)
        for effect in decision.effects:
            if isinstance(effect, RaiseAlarm):
                self.web.around.alarm(effect.about, effect.text)
        return after, decision

    def _learn(
        self, connection: Connection, order_id: str, told: Told, running: Job | None
    ) -> tuple[Order, Decision, list[Job]] | None:
        row = connection.execute(ONE_ORDER, {"id": order_id}).mappings().one_or_none()
        if row is None:
            return None
        order, version = order_of(row), row["version"] + 1
        evidence = told(order) if callable(told) else told
        decision = decide(order, evidence, self.web.around.policy)
        after = apply(order, decision)
        if after is not order:
            changed = order_row(after, version)
            connection.execute(ORDERS.update().where(ORDERS.c.id == order_id).values(changed))
        jobs = [job for effect in decision.effects if (job := self._job(after, effect, version)) is not None]
        jobs = [job for job in jobs if running is None or job.id != running.id]
        for job in jobs:
            connection.execute(JOBS.delete().where(JOBS.c.id == job.id))
            connection.execute(JOBS.insert().values(job_row(job)))
        return after, decision, jobs

    def _job(self, order: Order, effect: Effect, version: int) -> Job | None:
        now = self.web.clock.now()

        def job(kind: Kind, target: str, wait: int = 0) -> Job:
            return Job(kind, order.id, target, now + wait, now, version)

        match effect:
            case CreateTrade(attempt):
                return job(Kind.QUERY, attempt, CREATE_TAKES)
            case QueryTrade(attempt):
                return job(Kind.QUERY, attempt)
            case CloseTrade(attempt):
                return job(Kind.CLOSE, attempt)
            case SendRefund(refund):
                return job(Kind.REFUND, refund, _patience(order, refund))
            case QueryRefund(refund) | RerouteRefund(refund):
                return job(Kind.QUERY_REFUND, refund, PLANS[Kind.QUERY_REFUND][0])
            case Ship(target):
                return job(Kind.SHIP, target)
            case ReleaseStock(target):
                return job(Kind.RELEASE, target)
            case _:
                return None


def _order(connection: Connection, order_id: str) -> Order | None:
    row = connection.execute(ONE_ORDER, {"id": order_id}).mappings().one_or_none()
    return None if row is None else order_of(row)


def _insert(connection: Connection, order: Order, job: Job) -> bool:
    if _order(connection, order.id) is not None:
        return False
    connection.execute(ORDERS.insert().values(order_row(order, 0)))
    connection.execute(JOBS.insert().values(job_row(job)))
    return True


def _patience(order: Order, refund_id: str) -> int:
    """How long to wait before a refund is sent again: the more often it was sent, the longer."""
    refund = order.refund(refund_id)
    if refund is None or refund.sends == 0:
        return 0
    plan = PLANS[Kind.REFUND]
    return plan[min(refund.sends, len(plan)) - 1]
