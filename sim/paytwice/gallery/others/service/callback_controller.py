"""The notify_url: check, lock, book, commit, and only then answer."""

from __future__ import annotations

import attrs

from paytwice.channels.messages import Ack, Notification
from paytwice.gallery.others.service.payment_service import PaymentService
from paytwice.gallery.others.service.session import Database
from paytwice.merchant.port import Surroundings


@attrs.define(eq=False)
class CallbackController:
    """Takes what the channels send by themselves, of payments and of refunds.

    A repeat finds everything booked, and changes nothing. What fails raises, which is an HTTP 500: the
    channel sends again.
    """

    around: Surroundings
    database: Database
    payments: PaymentService

    async def notified(self, notification: Notification) -> Ack:
        """Book a notification and acknowledge it."""
        trade = notification.trade
        if not self._is_ours(notification):
            self.around.alarm(trade.out_trade_no, "a notification that is not authentic, or not ours")
            return Ack.negative()
        payment = self.payments.find(notification.channel, trade.out_trade_no)
        if payment is None:
            self.around.alarm(trade.out_trade_no, "a notification for a number that is not on record")
            return Ack.negative()
        refunds = () if notification.refund is None else (notification.refund,)
        async with self.database.session(payment.order_id) as session:
            self.payments.heard(session, session.payments[payment.id], trade, refunds)
        return Ack.positive()

    def _is_ours(self, notification: Notification) -> bool:
        me = self.around.app_id, self.around.mch_id
        return notification.authentic and me == (notification.app_id, notification.mch_id)
