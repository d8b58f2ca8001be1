"""Transactions on SQLite: one writer at a time, and nobody waits for a lock with the whole program.

SQLite has one lock for writing, which a transaction takes as it begins. Who finds it taken is told at once
(`timeout=0`), lets others run, and tries again; to wait inside the driver would stop the very task that is to
give the lock back.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Concatenate, Final, ParamSpec, TypeVar

import attrs
from sqlalchemy import Connection, Engine, NullPool, create_engine
from sqlalchemy.exc import OperationalError

from paytwice.calendar import SECOND
from paytwice.examples.shop.tables import METADATA
from paytwice.web import Web

T = TypeVar("T")
P = ParamSpec("P")
LOCK_WAIT: Final = 10 * SECOND
LONGEST_PAUSE: Final = 250


@attrs.define(eq=False)
class Database:
    """The shop's database."""

    web: Web
    engine: Engine

    @classmethod
    def at(cls, path: Path, web: Web) -> Database:
        """Open the database, and make its tables if they are not there."""
        # A connection for each transaction: whatever ends the task, the connection is closed with it.
        engine = create_engine(
            f"sqlite:///{path}",
            poolclass=NullPool,
            connect_args={"timeout": 0, "isolation_level": None},  # nobody begins a transaction but us
        )
        web.statements.watch(engine)
        METADATA.create_all(engine)
        return cls(web, engine)

    async def transaction(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **more: P.kwargs
    ) -> T:
        """Do something in one transaction; it is done again from the start where another one had the lock."""
        clock, pause = self.web.clock, 1
        until = clock.now() + LOCK_WAIT
        while True:
            try:
                return await self.web.statements.run(lambda: self.at_once(work, *args, **more))
            except OperationalError as error:
                if "locked" not in str(error.orig) or clock.now() > until:
                    raise
            await clock.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def at_once(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **more: P.kwargs) -> T:
        """The same, where the caller does not give way to others."""
        with self.engine.connect() as connection:  # left without a commit it rolls back
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            result = work(connection, *args, **more)
            connection.commit()
            return result

    def read(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **more: P.kwargs) -> T:
        """Look at committed rows, without a lock."""
        with self.engine.connect() as connection:
            return work(connection, *args, **more)
