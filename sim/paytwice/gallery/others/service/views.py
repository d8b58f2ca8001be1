"""What the rows say, in the words that any merchant can speak."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import attrs

from paytwice.gallery.others.service.rows import (
    OrderRow,
    OrderStatus,
    PaymentRow,
    RefundRow,
    RefundStatus,
)
from paytwice.gallery.others.service.session import Database, Session
from paytwice.merchant.port import (
    AttemptView,
    OrderView,
    RefundStanding,
    RefundView,
    Standing,
    WinnerView,
)
from paytwice_core import Money

STANDINGS: Final[Mapping[OrderStatus, Standing]] = {
    OrderStatus.UNPAID: Standing.OPEN,
    OrderStatus.CLOSING: Standing.OPEN,
    OrderStatus.PAID: Standing.PAID,
    OrderStatus.CLOSED: Standing.CLOSED,
}
REFUNDS: Final[Mapping[RefundStatus, RefundStanding]] = {
    RefundStatus.WAITING: RefundStanding.PENDING,
    RefundStatus.SENT: RefundStanding.PENDING,
    RefundStatus.ACCEPTED: RefundStanding.PENDING,
    RefundStatus.ABNORMAL: RefundStanding.PENDING,
    RefundStatus.DONE: RefundStanding.DONE,
    RefundStatus.VOID: RefundStanding.VOID,
    RefundStatus.PERSON: RefundStanding.NEEDS_PERSON,
}


@attrs.define(eq=False)
class Views:
    """The view of each order, made anew when its version is a new one."""

    database: Database
    _known: dict[str, tuple[int, OrderView]] = attrs.field(factory=dict)

    def of(self, order_id: str) -> OrderView | None:
        """The order, its payments and its refunds as they were last committed."""
        order: OrderRow | None = self.database.all(OrderRow).get(order_id)
        if order is None:
            return None
        known = self._known.get(order_id)
        if known is None or known[0] != order.version:
            known = self._known[order_id] = order.version, _view(self._loaded(order))
        return known[1]

    def _loaded(self, order: OrderRow) -> Session:
        payments: Iterable[PaymentRow] = self.database.all(PaymentRow).values()
        refunds: Iterable[RefundRow] = self.database.all(RefundRow).values()
        return Session(
            order,
            {payment.id: payment for payment in payments if payment.order_id == order.id},
            {refund.id: refund for refund in refunds if refund.order_id == order.id},
        )


def _view(session: Session) -> OrderView:
    order, payments = session.order, session.payments.values()
    winner = session.payments.get(order.paid_by or "")
    left = _left_to_people(session)
    return OrderView(
        standing=STANDINGS[order.status],
        winner=None
        if winner is None
        else WinnerView(winner.channel, winner.number or "", winner.out_trade_no),
        attempts=tuple(
            AttemptView(payment.out_trade_no, payment.channel, payment.status.value, payment.number)
            for payment in payments
        ),
        refunds=tuple(_refund(session, refund, left) for refund in session.refunds.values()),
        captures=frozenset(payment.number for payment in payments if payment.number is not None),
        state=order.status.value,
    )


def _left_to_people(session: Session) -> dict[str, int]:
    """What a person has to settle, by refund: less than its amount where others have sent a part back."""
    left: dict[str, int] = {}
    for payment in session.payments.values():
        excess = max(0, -session.budget(payment))
        for refund in reversed(session.refunds_of(payment)):
            if refund.status is RefundStatus.PERSON:
                left[refund.id] = max(0, refund.amount.minor - excess)
                excess = max(0, excess - refund.amount.minor)
    return left


def _refund(session: Session, refund: RefundRow, left: Mapping[str, int]) -> RefundView:
    payment = session.payments[refund.payment_id]
    standing, amount = REFUNDS[refund.status], refund.amount
    if refund.id in left:
        amount = Money(left[refund.id], amount.currency)
        standing = standing if left[refund.id] else RefundStanding.VOID
    return RefundView(
        refund.out_refund_no,
        payment.out_trade_no,
        amount,
        standing,
        refund.status.value,
        refund.reason.value,
        payment.number,
    )
