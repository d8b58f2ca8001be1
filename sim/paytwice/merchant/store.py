"""A transactional store in memory: what a merchant's database does, with the anomalies that come with it.

The default is READ COMMITTED with locks only where they are asked for, as in the databases that merchants
use: a read sees what was committed last, and nothing keeps it from being out of date a moment later. Writers
of one row wait for each other. `serializable=True` lets one transaction in at a time instead.

A commit is durable and atomic. A crash drops the open transactions of the process and frees their locks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, Final

import attrs

from paytwice.calendar import SECOND
from paytwice.kernel.kernel import Future, Kernel
from paytwice.merchant.process import Process, StoreError

LOCK_WAIT: Final = 10 * SECOND  # then a lock is given up, as databases do, so that a deadlock ends

Key = tuple[str, str]  # table, key of the row
_MISSING: Final = object()
_MUTABLE: Final = (dict, list, set, bytearray)


@attrs.define(eq=False)
class Database:
    """What survives a crash: committed rows. Locks belong to open transactions."""

    kernel: Kernel
    serializable: bool = False
    on_commit: Callable[[], None] | None = None
    rows: dict[str, dict[str, Any]] = attrs.field(factory=lambda: defaultdict(dict))  # by table and key
    _locks: dict[Key, Transaction] = attrs.field(factory=dict)
    _waiting: dict[Key, list[Future[bool]]] = attrs.field(factory=dict)

    def table(self, name: str) -> dict[str, Any]:
        """The committed rows of a table."""
        return self.rows[name]

    def lock(self, key: Key, transaction: Transaction) -> bool:
        """Give a row's lock away if nobody else has it, and say whether this transaction has it now."""
        owner = self._locks.get(key)
        if owner is not None and not owner.process.alive:
            self.free(owner)  # a dead process holds none
            owner = None
        if owner is None:
            self._locks[key] = owner = transaction
            transaction.locks.append(key)
        return owner is transaction

    def wait_for(self, key: Key, place: str, until: int) -> Future[bool]:
        """A future that comes true when the lock may be free, and false when that took too long."""
        future: Future[bool] = self.kernel.future(place)
        future.expire_at(until, False)
        self._waiting.setdefault(key, []).append(future)
        return future

    def free(self, transaction: Transaction) -> None:
        """Give back all locks of a transaction, and let those who wait try again."""
        if not transaction.locks:
            return
        locks, transaction.locks = transaction.locks, []
        for key in locks:
            if self._locks.get(key) is transaction:
                del self._locks[key]
            for future in self._waiting.pop(key, ()):
                future.set(True)

    def drop(self, process: Process) -> None:
        """Forget what a crashed process had open."""
        for transaction in list(dict.fromkeys(self._locks.values())):
            if transaction.process is process:
                self.free(transaction)


@attrs.define(eq=False)
class Transaction:
    """One transaction; use it inside `async with store.transaction() as tx`. Leaving the block commits."""

    database: Database
    process: Process
    locks: list[Key] = attrs.field(factory=list)
    _writes: dict[Key, Any] = attrs.field(factory=dict)

    async def __aenter__(self) -> Transaction:
        if self.database.serializable:
            await self._lock("", "all")
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                await self._commit()
        finally:
            self.database.free(self)

    async def get(self, table: str, key: str, *, for_update: bool = False) -> Any:
        """Read a row, or None; `for_update` locks it until the transaction ends."""
        await self.process.access(f"store.get {table} {key}", store=True)
        if for_update and not self.database.lock((table, key), self):
            await self._lock(table, key)
        return self._seen(table, key)

    async def rows(self, table: str) -> list[tuple[str, Any]]:
        """Read all rows of a table, sorted by key, without locking any: the committed and its own."""
        await self.process.access(f"store.rows {table}", store=True)
        written = [key for where, key in self._writes if where == table]
        keys = dict.fromkeys([*self.database.table(table), *written])
        rows = [(key, self._seen(table, key)) for key in sorted(keys)]
        return [(key, row) for key, row in rows if row is not None]

    def _seen(self, table: str, key: str) -> Any:
        """A row as this transaction sees it: its own write, or what was committed last."""
        written = self._writes.get((table, key), _MISSING)
        return _own(self.database.rows[table].get(key) if written is _MISSING else written)

    async def put(self, table: str, key: str, row: Any) -> None:
        """Write a row, whatever is there; it stays locked until the transaction ends."""
        await self.process.access(f"store.put {table} {key}", store=True)
        if not self.database.lock((table, key), self):
            await self._lock(table, key)
        self._writes[table, key] = _own(row)

    async def put_all(self, table: str, rows: Mapping[str, Any]) -> None:
        """Write several rows of a table in one go."""
        await self.process.access(f"store.put {table} {' '.join(rows)}", store=True)
        for key, row in rows.items():
            if not self.database.lock((table, key), self):
                await self._lock(table, key)
            self._writes[table, key] = _own(row)

    async def insert(self, table: str, key: str, row: Any) -> bool:
        """Write a row that must not be there yet; False, and nothing written, if it is."""
        return await self.compare_and_set(table, key, None, row)

    async def compare_and_set(self, table: str, key: str, expected: Any, row: Any) -> bool:
        """Write a row if it still equals `expected` (None: if there is none); say whether it did."""
        await self.process.access(f"store.cas {table} {key}", store=True)
        if not self.database.lock((table, key), self):
            await self._lock(table, key)
        if not self._seen(table, key) == expected:  # noqa: SIM201  # attrs makes != of ==
            return False
        self._writes[table, key] = _own(row)
        return True

    async def delete(self, table: str, key: str) -> None:
        """Remove a row, if it is there."""
        await self.put(table, key, None)

    async def _lock(self, table: str, key: str) -> None:
        until = self.database.kernel.now + LOCK_WAIT
        while not self.database.lock((table, key), self):
            if not await self.database.wait_for((table, key), f"lock {table} {key}", until).wait():
                raise StoreError(f"the lock on {table} {key} was not free for {LOCK_WAIT // SECOND} s")
            self.process.check()

    async def _commit(self) -> None:
        if self._writes:
            await self.process.access("store.commit", store=True)
            for (table, key), row in self._writes.items():
                if row is None:
                    self.database.rows[table].pop(key, None)
                else:
                    self.database.rows[table][key] = row
        self.database.free(self)
        if self._writes and self.database.on_commit is not None:
            self.database.on_commit()


@attrs.define(eq=False)
class Store:
    """A process's connection to the database."""

    database: Database
    process: Process

    def transaction(self) -> Transaction:
        """Open a transaction. It commits when the block is left normally, and rolls back when it raises."""
        return Transaction(self.database, self.process)

    def committed(self, table: str) -> Mapping[str, Any]:
        """The committed rows of a table, read at once and without locks: what `view` is made of."""
        return self.database.table(table)


def _own(row: Any) -> Any:
    """A row of its own for each reader and writer; frozen values need no copy."""
    return deepcopy(row) if isinstance(row, _MUTABLE) else row
