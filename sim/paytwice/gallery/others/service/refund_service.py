"""Refunds: what is granted to customers, what is owed for payments that did not win, what came of them.

The budget of a payment is what it captured less every refund that has moved money, or may have. It is taken
when a refund is put on record, under the order's lock, so that two who ask at once are not both granted the
last fen. Money that others send back (support at the console, the channel by itself) takes of it too.
"""

from __future__ import annotations

from typing import Final

import attrs

from paytwice.calendar import MINUTE
from paytwice.channels.messages import RefundRecord
from paytwice.channels.messages import RefundStatus as AtChannel
from paytwice.gallery.others.service.rows import OrderRow, PaymentRow, Reason, RefundRow, RefundStatus
from paytwice.gallery.others.service.session import Database, Session
from paytwice.merchant.port import CustomerAnswer, Said, Surroundings
from paytwice_core import Money

UNSENT: Final = (RefundStatus.WAITING, RefundStatus.PERSON)
FIRST_POLL: Final = MINUTE  # WeChat's advice


@attrs.define(eq=False)
class RefundService:
    """Keeps the refunds of an order; sending them is the sender's."""

    around: Surroundings
    database: Database

    # -- what is owed ---------------------------------------------------------------------------------------

    async def grant(self, order_id: str, amount: Money, request_id: str) -> CustomerAnswer:
        """Give back a part or all of what paid the order, once for each request."""
        if order_id not in self.database.all(OrderRow):
            return CustomerAnswer(Said.REFUSED, f"there is no order {order_id}")
        async with self.database.session(order_id) as session:
            known = [one for one in session.refunds.values() if one.request_id == request_id]
            if any(refund.amount != amount for refund in known):
                return CustomerAnswer(Said.REFUSED, f"{request_id} was for {known[0].amount}")
            if known:
                return CustomerAnswer(Said.ACCEPTED)
            if session.order.paid_by is None:
                return CustomerAnswer(Said.REFUSED, "nothing has paid this order")
            payment = session.payments[session.order.paid_by]
            left = session.left(payment)
            if amount.currency != left.currency or not 0 < amount.minor <= left.minor:
                return CustomerAnswer(Said.REFUSED, f"{left} can be refunded, and not {amount}")
            self.owe(session, payment, amount, Reason.CUSTOMER, request_id=request_id)
        return CustomerAnswer(Said.ACCEPTED)

    def owe(
        self,
        session: Session,
        payment: PaymentRow,
        amount: Money,
        reason: Reason,
        *,
        request_id: str | None = None,
        by_person: bool = False,
    ) -> None:
        """Put a refund on record, number and all, before anybody is called; nothing where nothing is left."""
        if amount.is_zero:
            return
        now = self.around.clock.now()
        number = f"{session.order.id}-R{len(session.refunds) + 1}"
        refund = RefundRow(
            id=number,
            order_id=session.order.id,
            payment_id=payment.id,
            out_refund_no=number,
            amount=amount,
            reason=reason,
            status=RefundStatus.WAITING,
            since=now,
            request_id=request_id,
            next_run_at=now,
        )
        session.save(refund)
        if by_person:
            self.to_person(refund, f"{amount} of payment {payment.id} has to be settled by hand")

    def to_person(self, refund: RefundRow, why: str) -> None:
        """Leave a refund to a person: it stays in the budget, for it may still move money."""
        refund.status, refund.next_run_at = RefundStatus.PERSON, None
        self.around.alarm(refund.id, why)

    # -- what the channels say ------------------------------------------------------------------------------

    def heard(self, session: Session, payment: PaymentRow, record: RefundRecord) -> None:
        """Book what a channel says of a refund, ours or not."""
        for refund in session.refunds_of(payment):
            if refund.out_refund_no == record.out_refund_no:
                self._ours(session, payment, refund, record)
                return
        if record.state is AtChannel.SUCCESS and not record.to_merchant_card:
            self.elsewhere(session, payment, record.out_refund_no, record.amount)

    def _ours(self, session: Session, payment: PaymentRow, refund: RefundRow, record: RefundRecord) -> None:
        if refund.status is RefundStatus.DONE:
            return  # older news than what is known
        match record.state:
            case AtChannel.SUCCESS if record.amount != refund.amount:
                self.around.alarm(refund.id, f"the channel has returned {record.amount} in its place")
            case AtChannel.SUCCESS if record.to_merchant_card:
                self.to_person(refund, "the money is on our own card, and the customer is unpaid")
            case AtChannel.SUCCESS:
                refund.status, refund.next_run_at = RefundStatus.DONE, None
                self._make_room(session, payment)
            case AtChannel.CLOSED if refund.status is not RefundStatus.VOID:
                self._closed(session, payment, refund)
            case AtChannel.PROCESSING if refund.status is RefundStatus.SENT:
                self.accepted(refund)
            case AtChannel.ABNORMAL if refund.status in (RefundStatus.SENT, RefundStatus.ACCEPTED):
                refund.status, refund.tries = RefundStatus.ABNORMAL, 0
                refund.next_run_at = self.around.clock.now()
            case _:
                pass  # older news than what is known

    def accepted(self, refund: RefundRow) -> None:
        """The channel is at work on it: ask after it, for accepted is not done."""
        refund.status, refund.tries = RefundStatus.ACCEPTED, 0
        refund.next_run_at = self.around.clock.now() + FIRST_POLL

    def _closed(self, session: Session, payment: PaymentRow, refund: RefundRow) -> None:
        """The channel has ended it and moved nothing: only now may the money go under a new number."""
        refund.status, refund.next_run_at = RefundStatus.VOID, None
        left = session.left(payment)
        amount = Money(min(refund.amount.minor, left.minor), left.currency)
        self.owe(session, payment, amount, refund.reason)

    # -- what others have sent back -------------------------------------------------------------------------

    def elsewhere(self, session: Session, payment: PaymentRow, number: str, amount: Money) -> None:
        """Book a refund that nobody here asked for, once for each number."""
        if any(refund.out_refund_no == number for refund in session.refunds_of(payment)):
            return
        unnamed = session.refunds.get(_unnamed(payment))
        if unnamed is not None:  # the sum was known, and now a part of it has a number
            rest = max(0, unnamed.amount.minor - amount.minor)
            unnamed.amount = Money(rest, unnamed.amount.currency)
        self._went(session, payment, f"{payment.id}/{number}", number, amount)

    def returned(self, session: Session, payment: PaymentRow, returned: Money) -> None:
        """Book the sum of all that went back of a payment, as its channel tells it in every answer.

        What exceeds our own refunds went elsewhere, under numbers that the bill will tell. Those of our own
        that are under way may be in the sum or not.
        """
        refunds = session.refunds_of(payment)
        ours = sum(
            one.amount.minor for one in refunds if one.reason is not Reason.ELSEWHERE and _may_be_in(one)
        )
        more = returned.minor - ours - session.went_elsewhere(payment)
        if more <= 0:
            return
        unnamed = session.refunds.get(_unnamed(payment))
        if unnamed is None:
            name = _unnamed(payment)
            self._went(session, payment, name, name, Money(more, returned.currency))
        else:
            unnamed.amount += Money(more, returned.currency)
            self._make_room(session, payment)

    def _went(self, session: Session, payment: PaymentRow, id: str, number: str, amount: Money) -> None:
        refund = RefundRow(
            id=id,
            order_id=payment.order_id,
            payment_id=payment.id,
            out_refund_no=number,
            amount=amount,
            reason=Reason.ELSEWHERE,
            status=RefundStatus.DONE,
            since=self.around.clock.now(),
        )
        session.save(refund)
        self._make_room(session, payment)

    def _make_room(self, session: Session, payment: PaymentRow) -> None:
        """Shrink or drop refunds that have not moved money, newest first, until the budget holds again."""
        for refund in reversed(session.refunds_of(payment)):
            excess = -session.budget(payment)
            if excess > 0 and refund.status in UNSENT and refund.sends == 0:
                left = max(0, refund.amount.minor - excess)
                if left:
                    refund.amount = Money(left, refund.amount.currency)
                else:
                    refund.status, refund.next_run_at = RefundStatus.VOID, None


def _may_be_in(refund: RefundRow) -> bool:
    """Whether the channel may have counted it among what went back."""
    return refund.status is RefundStatus.DONE or (refund.sends > 0 and refund.status is not RefundStatus.VOID)


def _unnamed(payment: PaymentRow) -> str:
    return f"{payment.id}/others"
