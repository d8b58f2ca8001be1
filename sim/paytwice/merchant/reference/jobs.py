"""What must still be done, as durable rows; and the workers that sleep until the next one is due.

A job is written in the transaction that makes it necessary, and taken out in the one that makes it
superfluous. Between the two it is done at least once. Each job runs in a task of its own, so one that hangs
delays no other.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from enum import StrEnum
from typing import Final

import attrs

from paytwice.calendar import DAY, HOUR, MINUTE, SECOND
from paytwice.merchant.port import Bell, Surroundings

TABLE: Final = "jobs"
GIVE_UP_AFTER: Final = 12 * DAY  # a channel closes a refund it cannot pay after 7 days


class Kind(StrEnum):
    """What there is to do; the value is what reports call it."""

    EXPIRE = "expire"
    QUERY = "query"
    CLOSE = "close"
    REFUND = "refund"
    QUERY_REFUND = "query-refund"
    REROUTE = "reroute"
    SHIP = "ship"
    RELEASE = "release"
    BILL = "bill"


# Waits between one try and the next; the last is repeated. WeChat's own advice for queries is 5 s, 30 s, 1 m,
# 3 m, 5 m, 10 m, 30 m, and for refunds 1 m, then 5, 10, 20, 30 m (pay.weixin.qq.com, 4012075249).
PLANS: Final[Mapping[Kind, tuple[int, ...]]] = {
    Kind.EXPIRE: (SECOND, 10 * SECOND, MINUTE),
    Kind.QUERY: (
        5 * SECOND,
        30 * SECOND,
        MINUTE,
        3 * MINUTE,
        5 * MINUTE,
        10 * MINUTE,
        30 * MINUTE,
    ),
    Kind.CLOSE: (5 * SECOND, 15 * SECOND, MINUTE, 5 * MINUTE, 10 * MINUTE),
    # A refund that may never have arrived is asked for again within the hour (L3): the longest wait for a
    # query, which is the channels' own plan, then the longest before it is sent again.
    Kind.REFUND: (15 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE, 20 * MINUTE),
    Kind.QUERY_REFUND: (MINUTE, 5 * MINUTE, 10 * MINUTE, 20 * MINUTE, 30 * MINUTE),
    Kind.REROUTE: (15 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE, HOUR),
    Kind.SHIP: (SECOND, 10 * SECOND, MINUTE),
    Kind.RELEASE: (SECOND, 10 * SECOND, MINUTE),
    Kind.BILL: (MINUTE, 5 * MINUTE, 30 * MINUTE),
}


@attrs.frozen
class Job:
    """One thing to do to one target (an order, an attempt, a refund, a day), not before `due`."""

    kind: Kind
    order_id: str
    target: str
    due: int
    since: int
    version: int  # of the order when the job was made, so that no two jobs are equal by chance
    tries: int = 0
    key: str = attrs.field(init=False, eq=False)  # of its row: one job of a kind for one target

    @key.default
    def _key(self) -> str:
        return f"{self.kind} {self.target}"

    def again(self, now: int) -> Job:
        """The same job after one more try in vain."""
        plan = PLANS[self.kind]
        wait = plan[min(self.tries, len(plan) - 1)]
        return Job(
            self.kind, self.order_id, self.target, now + wait, self.since, self.version, self.tries + 1
        )

    def at(self, due: int) -> Job:
        """The same job at another time."""
        return Job(self.kind, self.order_id, self.target, due, self.since, self.version, self.tries)


@attrs.define(eq=False)
class Waiting:
    """A committed job and when to do it: later than its row says, where doing it has failed."""

    job: Job
    due: int
    failures: int = 0
    running: bool = False


@attrs.define(eq=False)
class Workers:
    """Does the jobs of one process. `do(job)` says what becomes of a job: None if it is done with.

    What is due is kept in memory too, so that the workers wake up only when there is something to do; after
    a crash it is read from the store.
    """

    around: Surroundings
    do: Callable[[Job], Awaitable[Job | None]]
    _waiting: dict[str, Waiting] = attrs.field(factory=dict)
    _bell: Bell = attrs.field(init=False)
    _next: int | None = None  # when `work` looks again by itself

    @_bell.default
    def _hang_up_a_bell(self) -> Bell:
        return self.around.bell("workers")

    def __iter__(self) -> Iterator[str]:
        """The keys of all jobs that are waiting or at work."""
        return iter(self._waiting)

    def heard_of(self, job: Job) -> None:
        """A job was committed: begin it at once if it is due, else look again when it is."""
        waiting = self._waiting[job.key] = Waiting(job, job.due)
        if job.due <= self.around.clock.now():
            self._begin(waiting)
        else:
            self._look_at(job.due)

    def _look_at(self, due: int) -> None:
        """Have `work` look for what is due at a time, or before."""
        if self._next is None or due < self._next:
            self._next = due
            self._bell.ring(due)

    def _begin(self, waiting: Waiting) -> None:
        waiting.running = True
        self.around.spawn(waiting.job.key, self._run, waiting)

    async def work(self) -> None:
        """Do jobs as they fall due, for ever."""
        await self.take_up()
        while True:
            now = self.around.clock.now()
            idle = [waiting for waiting in self._waiting.values() if not waiting.running]
            for waiting in idle:
                if waiting.due <= now:
                    self._begin(waiting)
            later = [waiting.due for waiting in idle if waiting.due > now]
            self._next = min(later, default=None)
            await self._bell.wait(self._next)

    async def take_up(self) -> None:
        """Begin with what the process before has left undone."""
        async with self.around.store.transaction() as tx:
            for key, job in await tx.rows(TABLE):
                self._waiting.setdefault(key, Waiting(job, job.due))

    async def _run(self, waiting: Waiting) -> None:
        job = waiting.job
        try:
            await self._write(waiting, await self.do(job))
        except (
            Exception
        ) as error:  # a store that is down, an answer nobody foresaw: the job stays, a person hears
            told = f"{job.kind.value} of {job.target} failed ({type(error).__name__}), and is tried again"
            self.around.alarm(job.target, told)
            waiting.failures += 1
            waiting.due = attrs.evolve(job, tries=waiting.failures).again(self.around.clock.now()).due
        finally:
            waiting.running = False
            if (rest := self._waiting.get(job.key)) is not None:
                self._look_at(rest.due)

    async def _write(self, waiting: Waiting, rest: Job | None) -> None:
        """Put a job back, or take it out, unless another one has come in its place meanwhile.

        Then that one is what we go by, or nothing if it is done with: a handler that was slow to tell of its
        job may have told of one that was done while it spoke.
        """
        job = waiting.job
        async with self.around.store.transaction() as tx:
            if not await tx.compare_and_set(TABLE, job.key, job, rest):
                rest = await tx.get(TABLE, job.key)
        if self._waiting.get(job.key) is waiting:
            if rest is None:
                del self._waiting[job.key]
            else:
                self._waiting[job.key] = Waiting(rest, rest.due)
