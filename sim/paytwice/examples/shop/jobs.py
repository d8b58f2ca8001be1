"""The worker does jobs when they fall due, each in a task of its own: one that hangs delays no other.

A job is a row, written in the transaction that makes it necessary, and taken out when it is done; so it is
done at least once. What is due is kept in memory too, and read from the table when the process begins.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import attrs
from sqlalchemy import Connection, select

from paytwice.examples.shop.database import Database
from paytwice.examples.shop.tables import JOBS, Job, job_of, job_row
from paytwice.web import Web
from paytwice.web.surroundings import UnixBell


@attrs.define(eq=False)
class Waiting:
    """A committed job, and when to do it: later than its row says, where doing it has failed."""

    job: Job
    due: int
    failures: int = 0
    is_at_work: bool = False


@attrs.define(eq=False)
class Worker:
    """Does the jobs of one process; `do` says what becomes of a job: None if it is done with."""

    web: Web
    database: Database
    do: Callable[[Job], Awaitable[Job | None]]
    _waiting: dict[str, Waiting] = attrs.field(factory=dict)
    _bell: UnixBell = attrs.field(init=False)

    @_bell.default
    def _hang_up_a_bell(self) -> UnixBell:
        return self.web.bell("worker")

    def heard_of(self, job: Job) -> None:
        """A job was committed."""
        self._waiting[job.id] = Waiting(job, job.due)
        self._bell.ring()

    async def work(self) -> None:
        """Do jobs as they fall due, for ever."""
        for job in await self.database.transaction(_all_jobs):
            self._waiting.setdefault(job.id, Waiting(job, job.due))
        while True:
            now = self.web.clock.now()
            idle = [waiting for waiting in self._waiting.values() if not waiting.is_at_work]
            for waiting in idle:
                if waiting.due <= now:
                    waiting.is_at_work = True
                    self.web.around.spawn(waiting.job.id, self._run, waiting)
            await self._bell.wait(min((waiting.due for waiting in idle if waiting.due > now), default=None))

    async def _run(self, waiting: Waiting) -> None:
        job = waiting.job
        try:
            await self._write(waiting, await self.do(job))
        except Exception as error:  # a database that is away, an answer nobody foresaw: the job stays
            told = f"{job.id} failed ({type(error).__name__}), and is tried again"
            self.web.around.alarm(job.target, told)
            waiting.failures += 1
            now = self.web.clock.now()
            waiting.due = attrs.evolve(job, tries=waiting.failures).again(now).due
        finally:
            waiting.is_at_work = False
            self._bell.ring()

    async def _write(self, waiting: Waiting, rest: Job | None) -> None:
        """Put a job back or take it out, unless another has come in its place: then that one counts."""
        job = waiting.job
        rest = await self.database.transaction(_replace, job, rest)
        if self._waiting.get(job.id) is waiting:
            if rest is None:
                del self._waiting[job.id]
            else:
                self._waiting[job.id] = Waiting(rest, rest.due)


def _all_jobs(connection: Connection) -> list[Job]:
    return [job_of(row) for row in connection.execute(select(JOBS).order_by(JOBS.c.id)).mappings()]


def _replace(connection: Connection, job: Job, rest: Job | None) -> Job | None:
    """Write what is left of a job in its place, and give what is there now."""
    row = connection.execute(select(JOBS).where(JOBS.c.id == job.id)).mappings().one_or_none()
    if row is None or job_of(row) != job:
        return None if row is None else job_of(row)
    if rest is None:
        connection.execute(JOBS.delete().where(JOBS.c.id == job.id))
    else:
        connection.execute(JOBS.update().where(JOBS.c.id == job.id).values(job_row(rest)))
    return rest
