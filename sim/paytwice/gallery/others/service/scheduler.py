"""One scheduler for all tables: it finds the rows that are due and runs each in a task of its own.

Open-source shops scan every few seconds. This one asks for the row that is due next and sleeps until then, or
until a commit brings one that is due before.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from itertools import chain, repeat
from typing import Any, Final

import attrs

from paytwice.calendar import MINUTE, SECOND
from paytwice.gallery.others.service.session import Database
from paytwice.merchant.port import Bell, Surroundings

Run = Callable[[str], Awaitable[None]]  # takes the id of a row that is due, and sets when it is due again
PAUSES: Final = (SECOND, 10 * SECOND, MINUTE, 5 * MINUTE)  # after a failure; the last is repeated


def after(plan: tuple[int, ...], tries: int) -> int:
    """How long to wait after so many tries; the last wait of a plan is repeated."""
    return plan[min(tries, len(plan) - 1)]


@attrs.define(eq=False)
class Scheduler:
    """Runs what is due, each row once at a time; a crash forgets nothing, for `next_run_at` is in the row."""

    around: Surroundings
    database: Database
    runs: Mapping[type[Any], Run]
    _running: set[tuple[str, str]] = attrs.field(factory=set)
    _next: int | None = None  # when `work` looks again by itself
    _bell: Bell = attrs.field(init=False)

    @_bell.default
    def _hang_up_a_bell(self) -> Bell:
        return self.around.bell("scheduler")

    def soon(self, due: int) -> None:
        """Look again at that time, or before."""
        if self._next is None or due < self._next:
            self._next = due
            self._bell.ring(due)

    async def work(self) -> None:
        """Run rows as they fall due, for ever."""
        while True:
            self._next = self._begin_what_is_due(self.around.clock.now())
            await self._bell.wait(self._next)

    def _begin_what_is_due(self, now: int) -> int | None:
        """Begin it, and say when the next row is due."""
        later: int | None = None
        for table, run in self.runs.items():
            for id, row in self.database.all(table).items():
                due = row.next_run_at
                if due is None or (table.TABLE, id) in self._running:
                    continue
                if due <= now:
                    self._running.add((table.TABLE, id))
                    self.around.spawn(f"run {id}", self._run, table, id, run)
                elif later is None or due < later:
                    later = due
        return later

    async def _run(self, table: type[Any], id: str, run: Run) -> None:
        for pause in chain(PAUSES, repeat(PAUSES[-1])):
            if self.database.all(table)[id].next_run_at is None:
                break  # a handler was faster, while this one waited to try again
            try:
                await run(id)
                break
            except Exception as error:  # a store that is down, an answer nobody foresaw: a person hears of it
                self.around.alarm(id, f"{type(error).__name__}: it is tried again")
                await self.around.clock.sleep(pause)
        self._running.discard((table.TABLE, id))
        due = self.database.all(table)[id].next_run_at
        if due is not None:
            self.soon(due)
