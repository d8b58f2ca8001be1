"""The outbox: what the shop is told, at least once, with a key by which it knows a repeat."""

from __future__ import annotations

from copy import copy

import attrs

from paytwice.gallery.others.service.rows import Effect, OutboxRow, OutboxStatus, RefundStatus
from paytwice.gallery.others.service.session import Database, Session
from paytwice.merchant.port import Surroundings


@attrs.define(eq=False)
class FulfilmentService:
    """Ships what is paid and puts back what is closed."""

    around: Surroundings
    database: Database

    async def run(self, outbox_id: str) -> None:
        """Tell the shop and note it, under the order's lock: so no refund can end meanwhile."""
        row = copy(self.database.all(OutboxRow)[outbox_id])
        async with self.database.session(row.order_id) as session:
            row.status = await self._deliver(session, row.effect)
            row.next_run_at = None
            session.save(row)

    async def _deliver(self, session: Session, effect: Effect) -> OutboxStatus:
        shop, order_id = self.around.shop, session.order.id
        if effect is Effect.RELEASE:
            await shop.release(order_id, f"release {order_id}")
        elif _is_refunded_in_full(session):
            return OutboxStatus.DROPPED
        else:
            await shop.ship(order_id, f"ship {order_id}")
        return OutboxStatus.DELIVERED


def _is_refunded_in_full(session: Session) -> bool:
    assert session.order.paid_by is not None, "only what is paid is shipped"
    refunds = session.refunds_of(session.payments[session.order.paid_by])
    done = sum(refund.amount.minor for refund in refunds if refund.status is RefundStatus.DONE)
    return done >= session.order.amount.minor
