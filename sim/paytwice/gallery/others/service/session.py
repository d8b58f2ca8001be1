"""The rows of one order as a unit of work: loaded under its lock, changed in memory, committed together.

Whoever changes anything that belongs to an order holds the lock on the order's row. So two notifications that
arrive together are handled one after the other, and the second sees what the first has done.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from copy import copy
from typing import Any, TypeVar

import attrs

from paytwice.gallery.others.service.rows import (
    LIVE_PAYMENTS,
    OrderRow,
    PaymentRow,
    Reason,
    RefundRow,
    RefundStatus,
    Row,
)
from paytwice.merchant.store import Store, Transaction
from paytwice_core import Money

Child = TypeVar("Child", PaymentRow, RefundRow)


@attrs.define(eq=False)
class Session:
    """An order with its payments and refunds, to be changed by setting columns."""

    order: OrderRow
    payments: dict[str, PaymentRow] = attrs.field(factory=dict)
    refunds: dict[str, RefundRow] = attrs.field(factory=dict)
    saved: list[Row] = attrs.field(factory=list)
    loaded: dict[tuple[str, str], Row] = attrs.field(factory=dict)  # as they were

    def save(self, row: Row) -> None:
        """Have a row written that was not loaded: a new one, or one of another table."""
        self.saved.append(row)
        if isinstance(row, PaymentRow):
            self.payments[row.id] = row
        elif isinstance(row, RefundRow):
            self.refunds[row.id] = row

    def changed(self) -> list[Row]:
        """The rows that are not as they were loaded, and the others to write."""
        known: list[Row] = [self.order, *self.payments.values(), *self.refunds.values()]
        dirty = [row for row in known if (before := self.loaded.get(_key(row))) is not None and row != before]
        return [*dirty, *self.saved]

    @property
    def live_payments(self) -> Iterator[PaymentRow]:
        """The payments that may still be paid."""
        return (payment for payment in self.payments.values() if payment.status in LIVE_PAYMENTS)

    def payment_with(self, channel: str, number: str) -> PaymentRow | None:
        """The payment with a channel's own number, if it is known."""
        for payment in self.payments.values():
            if payment.number == number and payment.channel == channel:
                return payment
        return None

    def refunds_of(self, payment: PaymentRow) -> list[RefundRow]:
        """The refunds of a payment, oldest first."""
        refunds = [refund for refund in self.refunds.values() if refund.payment_id == payment.id]
        return sorted(refunds, key=lambda refund: refund.since)

    def went_elsewhere(self, payment: PaymentRow) -> int:
        """What of a payment went back without us, in minor units."""
        refunds = self.refunds_of(payment)
        return sum(refund.amount.minor for refund in refunds if refund.reason is Reason.ELSEWHERE)

    def budget(self, payment: PaymentRow) -> int:
        """What may still be refunded, in minor units; below 0, others have sent back what we meant to."""
        taken = [one.amount.minor for one in self.refunds_of(payment) if one.status is not RefundStatus.VOID]
        captured = payment.captured.minor if payment.captured is not None else 0
        return captured - sum(taken)

    def left(self, payment: PaymentRow) -> Money:
        """What may still be refunded, as money."""
        assert payment.captured is not None, "only what was captured goes back"
        return Money(max(0, self.budget(payment)), payment.captured.currency)


@attrs.define(eq=False)
class Database:
    """Opens sessions; `soon` hears when a committed row is due."""

    store: Store
    soon: Callable[[int], None] = lambda due: None

    def all(self, table: type[Any]) -> Mapping[str, Any]:
        """The committed rows of a table, to look at: who wants to change one takes a session."""
        return self.store.committed(table.TABLE)

    @asynccontextmanager
    async def session(self, order_id: str) -> AsyncIterator[Session]:
        """Lock an order that is on record, load its rows, and commit what was changed of them."""
        async with self.store.transaction() as tx:
            session = await _load(tx, order_id)
            yield session
            written = await _flush(tx, session)
        self.committed(written)

    async def insert(self, row: OrderRow) -> None:
        """Put a new order on record; one that is there already stays as it is."""
        async with self.store.transaction() as tx:
            if not await tx.insert(row.TABLE, row.id, row):
                return
        self.committed([row])

    def committed(self, rows: list[Any]) -> None:
        """Let the scheduler know when rows that were committed are due."""
        due = [row.next_run_at for row in rows if row.next_run_at is not None]
        if due:
            self.soon(min(due))


async def _load(tx: Transaction, order_id: str) -> Session:
    order: OrderRow | None = await tx.get(OrderRow.TABLE, order_id, for_update=True)
    assert order is not None, f"there is no order {order_id}: whoever opens a session has seen it"
    session = Session(copy(order), loaded={_key(order): order})
    session.payments = {row.id: copy(row) for row in await _rows_of(tx, PaymentRow, session)}
    session.refunds = {row.id: copy(row) for row in await _rows_of(tx, RefundRow, session)}
    return session


async def _rows_of(tx: Transaction, table: type[Child], session: Session) -> list[Child]:
    found: list[Child] = [row for _, row in await tx.rows(table.TABLE) if row.order_id == session.order.id]
    session.loaded.update((_key(row), row) for row in found)
    return found


async def _flush(tx: Transaction, session: Session) -> list[Row]:
    changed = session.changed()
    if not changed:
        return []
    session.order.version += 1
    if session.order not in changed:
        changed.append(session.order)
    tables: dict[str, dict[str, Row]] = {}
    for row in changed:
        tables.setdefault(row.TABLE, {})[row.id] = copy(row)  # the session's own may be changed on
    for table, rows in tables.items():
        await tx.put_all(table, rows)
    return changed


def _key(row: Row) -> tuple[str, str]:
    return row.TABLE, row.id
