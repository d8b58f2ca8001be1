"""Orders: opened, cancelled, expired, closed."""

from __future__ import annotations

from typing import Final

import attrs

from paytwice.calendar import HOUR
from paytwice.gallery.others.service.rows import (
    Effect,
    OrderRow,
    OrderStatus,
    OutboxRow,
    PaymentRow,
    PaymentStatus,
)
from paytwice.gallery.others.service.session import Database, Session
from paytwice.merchant.port import CustomerAnswer, OrderRequest, Refusal, Said, Surroundings

OVERDUE_AFTER: Final = 12 * HOUR  # a channel that cannot be reached for so long is a person's affair
ACCEPTED: Final = CustomerAnswer(Said.ACCEPTED)


@attrs.define(eq=False)
class OrderService:
    """What becomes of an order; that it was paid is for the payments to say."""

    around: Surroundings
    database: Database

    async def open(self, request: OrderRequest) -> Refusal | None:
        """Reserve the goods, then put the order on record; the same request again changes nothing."""
        if not await self.around.shop.reserve(request.order_id, f"reserve {request.order_id}"):
            return Refusal("sold out")
        order = OrderRow(
            id=request.order_id,
            order_id=request.order_id,
            amount=request.amount,
            expires_at=request.expires_at,
            next_run_at=request.expires_at,
        )
        await self.database.insert(order)
        return None

    def status(self, order_id: str) -> CustomerAnswer:
        """What the pay page shows. "Pay again" is never promised: a payment may always be on its way."""
        order = self.database.all(OrderRow).get(order_id)
        if order is None:
            return CustomerAnswer(Said.REFUSED, f"there is no order {order_id}")
        if order.status is OrderStatus.PAID:
            return CustomerAnswer(Said.PAID)
        return CustomerAnswer(Said.CLOSED if order.status is OrderStatus.CLOSED else Said.OPEN)

    async def cancel(self, order_id: str) -> CustomerAnswer:
        """Close the order, unless it is paid: then the customer has to ask for a refund."""
        if order_id not in self.database.all(OrderRow):
            return CustomerAnswer(Said.REFUSED, f"there is no order {order_id}")
        async with self.database.session(order_id) as session:
            self.close(session)
            paid = session.order.status is OrderStatus.PAID
        return CustomerAnswer(Said.REFUSED, "it is paid: ask for a refund") if paid else ACCEPTED

    async def run(self, order_id: str) -> None:
        """The order has expired, or its closing takes too long."""
        async with self.database.session(order_id) as session:
            if session.order.status is OrderStatus.UNPAID:
                self.close(session)
                return
            session.order.next_run_at = None
        self.around.alarm(order_id, "it cannot be closed: some payment of it may still come")

    def close(self, session: Session) -> None:
        """Have an unpaid order closed: at the channels first, unless the shop is told to close at once."""
        if session.order.status is not OrderStatus.UNPAID:
            return
        session.order.status = OrderStatus.CLOSING
        session.order.next_run_at = self.around.clock.now() + OVERDUE_AFTER
        if self.around.policy.closing == "LOCAL_FIRST":
            self._closed(session)
        self.close_payments(session)
        self.close_if_nothing_is_live(session)

    def close_payments(self, session: Session) -> None:
        """Have everything closed that may still be paid."""
        for payment in session.live_payments:
            if payment.status is not PaymentStatus.CLOSING:
                payment.status, payment.tries = PaymentStatus.CLOSING, 0
                payment.next_run_at = self.around.clock.now()

    def close_if_nothing_is_live(self, session: Session) -> None:
        """An order is CLOSED, and its goods are free, only when nothing of it can be paid any more."""
        if session.order.status is OrderStatus.CLOSING and not any(session.live_payments):
            self._closed(session)

    def paid(self, session: Session, payment: PaymentRow) -> None:
        """The order is settled by this payment; the goods go out, and nothing else is to be paid."""
        session.order.status, session.order.paid_by = OrderStatus.PAID, payment.id
        session.order.next_run_at = None
        self._tell_shop(session, Effect.SHIP)
        self.close_payments(session)

    def _closed(self, session: Session) -> None:
        session.order.status, session.order.next_run_at = OrderStatus.CLOSED, None
        self._tell_shop(session, Effect.RELEASE)

    def _tell_shop(self, session: Session, effect: Effect) -> None:
        order_id, now = session.order.id, self.around.clock.now()
        session.save(OutboxRow(id=f"{effect} {order_id}", order_id=order_id, effect=effect, next_run_at=now))
