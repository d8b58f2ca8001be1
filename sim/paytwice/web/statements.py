"""SQL of synchronous code, statement by statement: each may let others run, and may be the last.

SQLAlchemy tells its listeners of a statement before it is executed, and a listener cannot wait. So the code
that speaks to the database runs in a greenlet of its own: where it comes to a statement it hands over what is
to be awaited, the task awaits it, and the code goes on, or is left with whatever was raised, as by a crash.
Production code runs the same function in a thread.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from contextvars import ContextVar, copy_context
from typing import Any, Final, TypeVar, TypeVarTuple

import attrs
from greenlet import getcurrent, greenlet
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from paytwice.merchant.backstage import Backstage
from paytwice.merchant.process import StoreError

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
TABLE: Final = re.compile(r"\b(?:FROM|INTO|UPDATE)\s+(\w+)", re.IGNORECASE)
_IS_BRIDGED: Final[ContextVar[bool]] = ContextVar("_IS_BRIDGED", default=False)


async def run_sync(work: Callable[[*Ts], T], *args: *Ts) -> T:
    """Run synchronous code; what `wait_for` is given in it is awaited here."""
    bridge = greenlet(work)
    context = copy_context()
    context.run(_IS_BRIDGED.set, True)
    bridge.gr_context = context
    step: Any = bridge.switch(*args)
    while not bridge.dead:
        try:
            value = await step
        except BaseException as error:  # it is the synchronous code's to clean up
            step = bridge.throw(error)
        else:
            step = bridge.switch(value)
    result: T = step
    return result


def wait_for(awaitable: Awaitable[T]) -> T:
    """Await something in code that `run_sync` runs."""
    assert is_bridged(), "only code that run_sync runs can wait"
    value: T = getcurrent().parent.switch(awaitable)
    return value


def is_bridged() -> bool:
    """Whether the code that asks can wait."""
    return _IS_BRIDGED.get()


@attrs.define(eq=False)
class Statements:
    """The database accesses of one process."""

    backstage: Backstage
    are_watched: bool = False
    commits: int = 0
    _is_news: bool = False  # something was committed of which nobody has been told
    _is_told: bool = False  # right now: who looks at the rows then is the observer, whom nothing delays

    def watch(self, engine: Engine) -> None:
        """Make an engine's statements points of the run; call it before the engine is used."""
        event.listen(engine, "before_cursor_execute", self._before_statement)
        event.listen(engine, "commit", self._before_commit)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _without_waiting_for_the_disk)
        self.are_watched = True

    async def run(self, work: Callable[[*Ts], T], *args: *Ts) -> T:
        """Run synchronous code that speaks to the database; in production `anyio.to_thread.run_sync`.

        Code that speaks to it outside of this is done at once: nobody runs between its statements.
        """
        try:
            return await run_sync(work, *args)
        finally:
            self._tell()

    def _tell(self) -> None:
        if self._is_news and self.backstage.process.alive:
            self._is_news, self._is_told = False, True
            try:
                self.backstage.committed()
            finally:
                self._is_told = False

    def _before_statement(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        table = TABLE.search(statement)
        self._access(f"sql.{statement.split()[0].lower()}{f' {table[1]}' if table else ''}")

    def _before_commit(self, _connection: object) -> None:
        self._access("sql.commit")
        self.commits += 1
        self._is_news = True  # told of when it has happened: nothing is awaited before

    def _access(self, what: str) -> None:
        if self._is_told or not is_bridged():
            return
        self._tell()
        try:
            wait_for(self.backstage.process.access(what, store=True))
        except StoreError as error:  # as a driver tells of a server that has gone away
            raise OperationalError(what, None, error) from error


def _without_waiting_for_the_disk(connection: Any, _record: object) -> None:
    """Processes crash in a run, machines do not; and what SQLite has written survives the process."""
    connection.execute("PRAGMA synchronous=OFF")
