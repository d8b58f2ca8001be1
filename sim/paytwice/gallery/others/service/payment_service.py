"""Payments: started, asked after, closed; and what it means that a channel has the money."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import attrs

from paytwice.calendar import MINUTE, SECOND
from paytwice.channels.messages import (
    Answer,
    Credential,
    Meaning,
    Outcome,
    RefundRecord,
    TradeRecord,
    TradeState,
)
from paytwice.gallery.others.service.order_service import OrderService
from paytwice.gallery.others.service.refund_service import RefundService
from paytwice.gallery.others.service.rows import (
    LIVE_PAYMENTS,
    OPEN_ORDERS,
    OrderRow,
    OrderStatus,
    PaymentRow,
    PaymentStatus,
    Reason,
)
from paytwice.gallery.others.service.scheduler import after
from paytwice.gallery.others.service.session import Database, Session
from paytwice.merchant.port import Refusal, Surroundings
from paytwice_core import Money

CREATE_TAKES: Final = 15 * SECOND
# WeChat's advice ends with 30 minutes; 20 leave room for a clock that is set back while a query is due.
QUERIES: Final = (5 * SECOND, 30 * SECOND, MINUTE, 3 * MINUTE, 5 * MINUTE, 10 * MINUTE, 20 * MINUTE)
CLOSES: Final = (5 * SECOND, 15 * SECOND, MINUTE, 5 * MINUTE, 10 * MINUTE)


@attrs.define(eq=False)
class PaymentService:
    """One row for each try to pay; the first that fits settles the order, all others go back."""

    around: Surroundings
    database: Database
    orders: OrderService
    refunds: RefundService

    # -- the customer ---------------------------------------------------------------------------------------

    async def start(self, order_id: str, channel: str) -> Credential | Refusal:
        """Put the payment on record *before* the channel hears of it, then ask for something to pay with."""
        if order_id not in self.database.all(OrderRow):
            return Refusal(f"there is no order {order_id}")
        async with self.database.session(order_id) as session:
            order, now = session.order, self.around.clock.now()
            if order.status is not OrderStatus.UNPAID or now >= order.expires_at:
                return Refusal("it cannot be paid any more", pay_again=False)
            payment = self._unanswered(session, channel) or self._new(session, channel)
        answer = await self.around.channels[channel].create(
            payment.out_trade_no, order.amount, order.expires_at
        )
        return await self._created(payment, answer)

    def _unanswered(self, session: Session, channel: str) -> PaymentRow | None:
        """A payment of which the customer has nothing yet: it is asked for again under its number."""
        for payment in session.payments.values():
            if payment.channel == channel and payment.status is PaymentStatus.CREATED:
                return payment
        return None

    def _new(self, session: Session, channel: str) -> PaymentRow:
        number = f"{session.order.id}-{len(session.payments) + 1}"
        payment = PaymentRow(
            id=number,
            order_id=session.order.id,
            out_trade_no=number,
            channel=channel,
            next_run_at=self.around.clock.now() + CREATE_TAKES,
        )
        session.save(payment)
        return payment

    async def _created(self, started: PaymentRow, answer: Answer) -> Credential | Refusal:
        if answer.credential is None:  # whether the trade exists, a query will tell
            return Refusal(f"{started.channel} gave nothing to pay with ({answer.code}): try again")
        async with self.database.session(started.order_id) as session:
            payment = session.payments[started.id]
            payment.dead_at = max(payment.dead_at or 0, answer.credential.dead_at)
            if payment.status not in (PaymentStatus.CREATED, PaymentStatus.OPEN):
                return Refusal("it cannot be paid any more", pay_again=False)
            payment.status = PaymentStatus.OPEN
        return answer.credential

    # -- the scheduler --------------------------------------------------------------------------------------

    async def run(self, payment_id: str) -> None:
        """Close what is to be closed, ask after the rest, and say when to look again."""
        seen: PaymentRow = self.database.all(PaymentRow)[payment_id]
        channel = self.around.channels[seen.channel]
        is_closed = False
        if seen.status is PaymentStatus.CLOSING and channel.has_close:
            is_closed = _says_closed(await channel.close(seen.out_trade_no))
        answer = None if is_closed else await channel.query(seen.out_trade_no)
        async with self.database.session(seen.order_id) as session:
            payment = session.payments[payment_id]
            if answer is None:
                self._is_dead(session, payment)
            else:
                self._answered(session, payment, answer)
            if payment.status not in LIVE_PAYMENTS:
                payment.next_run_at = None
            elif payment.status is seen.status:
                self._look_again(session.order, payment)

    def _answered(self, session: Session, payment: PaymentRow, answer: Answer) -> None:
        if answer.trade is not None and answer.trade.state is not TradeState.UNPAID:
            self.heard(session, payment, answer.trade)
        elif answer.trade is not None or answer.meaning is Meaning.NO_SUCH_TRADE:
            # "Unpaid" and "unknown" are final only of what was dead when they were said: a query may be older
            # than a payment, and Alipay knows of no trade before its code is scanned.
            lag = self.around.policy.read_lag_ms
            if answer.at is not None and answer.at > _dead_at(session.order, payment) + lag:
                self._is_dead(session, payment)

    def _is_dead(self, session: Session, payment: PaymentRow) -> None:
        if payment.status in LIVE_PAYMENTS:
            payment.status, payment.next_run_at = PaymentStatus.CLOSED, None
            self.orders.close_if_nothing_is_live(session)

    def _look_again(self, order: OrderRow, payment: PaymentRow) -> None:
        channel, now = self.around.channels[payment.channel], self.around.clock.now()
        closing = payment.status is PaymentStatus.CLOSING and channel.has_close
        due = now + after(CLOSES if closing else QUERIES, payment.tries)
        decisive = _dead_at(order, payment) + self.around.policy.read_lag_ms + SECOND
        payment.next_run_at = min(due, decisive) if decisive > now else due
        payment.tries += 1

    # -- the channels ---------------------------------------------------------------------------------------

    def find(self, channel: str, out_trade_no: str) -> PaymentRow | None:
        """The first payment under an out_trade_no, which is its id."""
        payment: PaymentRow | None = self.database.all(PaymentRow).get(out_trade_no)
        return payment if payment is not None and payment.channel == channel else None

    def heard(
        self, session: Session, payment: PaymentRow, trade: TradeRecord, refunds: Iterable[RefundRecord] = ()
    ) -> None:
        """Book what a channel says of a trade, and of refunds of it, whoever asked for them."""
        if trade.state is TradeState.CLOSED:
            self._is_dead(session, payment)
        if trade.channel_number is None:
            return
        paid = session.payment_with(payment.channel, trade.channel_number)
        is_new = paid is None
        if paid is None:
            paid = self._captured(session, payment, trade.channel_number, trade.amount)
        elif paid.captured != trade.amount or paid.out_trade_no != trade.out_trade_no:
            self.around.alarm(paid.id, f"the channel contradicts itself about payment {paid.number}")
            return
        for refund in refunds:
            self.refunds.heard(session, paid, refund)
        self.refunds.returned(session, paid, trade.returned)
        if is_new:
            self._dispose_of(session, paid)

    def _captured(self, session: Session, payment: PaymentRow, number: str, amount: Money) -> PaymentRow:
        """The row of money that was not known before: the trade's own, or another one if that is taken."""
        if payment.number is not None:
            payment = PaymentRow(
                id=f"{payment.out_trade_no}+{len(session.payments)}",
                order_id=payment.order_id,
                out_trade_no=payment.out_trade_no,
                channel=payment.channel,
            )
            session.save(payment)
        elif payment.status is PaymentStatus.CLOSED:
            self.around.alarm(payment.id, "it was closed, and is paid all the same")
        payment.status, payment.next_run_at = PaymentStatus.PAID, None
        payment.number, payment.captured = number, amount
        return payment

    def _dispose_of(self, session: Session, payment: PaymentRow) -> None:
        """The first fitting payment settles the order; any other money goes back."""
        order, is_returned = session.order, session.went_elsewhere(payment) > 0
        fits = payment.captured == order.amount
        if fits and not is_returned and order.status in OPEN_ORDERS:
            self.orders.paid(session, payment)
            return
        reason = Reason.DUPLICATE if order.status is OrderStatus.PAID else Reason.LATE
        if is_returned or not fits:
            reason = Reason.MISMATCH
        by_person = is_returned or (not fits and self.around.policy.mismatch == "PERSON")
        self.refunds.owe(session, payment, session.left(payment), reason, by_person=by_person)
        self.orders.close_if_nothing_is_live(session)


def _says_closed(answer: Answer) -> bool:
    return answer.outcome is Outcome.DONE or answer.meaning is Meaning.ALREADY_CLOSED


def _dead_at(order: OrderRow, payment: PaymentRow) -> int:
    """When what the customer holds is dead; where no answer told, when the order expires."""
    return order.expires_at if payment.dead_at is None else payment.dead_at
