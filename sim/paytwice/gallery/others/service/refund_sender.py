"""Sends refunds: asks for them, asks after them, and sends them another way where an account is gone.

A refund keeps its number through every repeat and restart. It is sent again only when the channel says that
it does not know it, and even then that may be a request still on its way: the number makes it one.
"""

from __future__ import annotations

from typing import Final

import attrs

from paytwice.calendar import DAY, HOUR, MINUTE, SECOND
from paytwice.channels.messages import Answer, Meaning, Outcome
from paytwice.channels.messages import RefundStatus as AtChannel
from paytwice.channels.requests import AbnormalRoute
from paytwice.gallery.others.service.refund_service import RefundService
from paytwice.gallery.others.service.rows import PaymentRow, RefundRow, RefundStatus
from paytwice.gallery.others.service.scheduler import after
from paytwice.gallery.others.service.session import Database, Session
from paytwice.merchant.port import ChannelClient, Surroundings

SPACING_MARGIN: Final = 5 * SECOND  # two calls can arrive closer together than they were sent
SENDS: Final = (MINUTE, MINUTE, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE, 20 * MINUTE)
POLLS: Final = (MINUTE, 5 * MINUTE, 10 * MINUTE, 20 * MINUTE, 30 * MINUTE)
REROUTES: Final = (15 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE, HOUR)
ENOUGH_SENDS: Final = 16
ENOUGH_REROUTES: Final = 20
LONG_ENOUGH: Final = 12 * DAY  # WeChat closes a refund that it cannot pay after 7 days

# Refusals after which the same call will never do anything. What is not listed leaves the outcome open.
NEVER: Final = (
    Meaning.OVER_BUDGET,
    Meaning.TOO_LATE,
    Meaning.TOO_MANY_PARTS,
    Meaning.NOT_PAID,
    Meaning.NO_SUCH_TRADE,
    Meaning.NO_SUCH_REFUND,
    Meaning.NOT_SUPPORTED,
)


@attrs.define(eq=False)
class RefundSender:
    """What the scheduler runs for a refund that is due."""

    around: Surroundings
    database: Database
    refunds: RefundService

    async def run(self, refund_id: str) -> None:
        """Do the next thing for a refund."""
        refund: RefundRow = self.database.all(RefundRow)[refund_id]
        payment: PaymentRow = self.database.all(PaymentRow)[refund.payment_id]
        channel = self.around.channels[payment.channel]
        if refund.status is RefundStatus.WAITING:
            await self._send(refund, payment, channel)
            return
        answer = await channel.query_refund(payment.out_trade_no, refund.out_refund_no)
        if refund.status is RefundStatus.ABNORMAL:
            await self._reroute(refund, payment, channel, answer)
        elif refund.status is RefundStatus.SENT and answer.meaning is Meaning.NO_SUCH_REFUND:
            await self._send(refund, payment, channel)
        else:
            await self._asked(refund, answer)

    # -- sending --------------------------------------------------------------------------------------------

    async def _send(self, seen: RefundRow, payment: PaymentRow, channel: ChannelClient) -> None:
        async with self.database.session(seen.order_id) as session:
            refund = session.refunds[seen.id]
            if not self._may_be_sent(session, refund, channel):
                return
        # It is on record as sent, and due again should the answer never come.
        answer = await channel.refund(
            payment.out_trade_no, refund.out_refund_no, refund.amount, payment.number
        )
        async with self.database.session(seen.order_id) as session:
            self._sent(session, session.refunds[seen.id], answer)

    def _may_be_sent(self, session: Session, refund: RefundRow, channel: ChannelClient) -> bool:
        payment, now = session.payments[refund.payment_id], self.around.clock.now()
        if refund.status not in (RefundStatus.WAITING, RefundStatus.SENT):
            return False
        free_at = payment.last_refund_at + channel.refund_spacing + SPACING_MARGIN
        if payment.last_refund_no not in (None, refund.out_refund_no) and free_at > now:
            refund.next_run_at = free_at
            return False
        if refund.sends and (refund.sends >= ENOUGH_SENDS or session.budget(payment) < 0):
            # Others may have sent back what this was to send: once more would be once too often.
            self.refunds.to_person(refund, "it was sent in vain")
            return False
        refund.next_run_at = now + after(SENDS, refund.sends)
        refund.status, refund.sends, refund.tries = RefundStatus.SENT, refund.sends + 1, 0
        payment.last_refund_no, payment.last_refund_at = refund.out_refund_no, now
        return True

    def _sent(self, session: Session, refund: RefundRow, answer: Answer) -> None:
        payment = session.payments[refund.payment_id]
        if answer.refund is not None:
            self.refunds.heard(session, payment, answer.refund)
        elif answer.outcome is Outcome.REFUSED and answer.meaning in NEVER:
            if refund.status is RefundStatus.SENT:
                if refund.sends == 1:
                    refund.sends = 0  # refused at once: it is as if it had never been sent
                self.refunds.to_person(refund, f"the channel refuses it: {answer.code}")
        elif answer.meaning is Meaning.NO_BALANCE:
            self.around.alarm(refund.id, f"the account does not cover it: {answer.code}")

    # -- asking after it ------------------------------------------------------------------------------------

    async def _asked(self, seen: RefundRow, answer: Answer) -> None:
        async with self.database.session(seen.order_id) as session:
            refund = session.refunds[seen.id]
            if answer.refund is not None:
                self.refunds.heard(session, session.payments[refund.payment_id], answer.refund)
            if refund.status is seen.status:
                self._ask_again(refund, POLLS)

    def _ask_again(self, refund: RefundRow, plan: tuple[int, ...]) -> None:
        now = self.around.clock.now()
        refund.next_run_at = now + after(plan, refund.tries)
        refund.tries += 1
        if now - refund.since > LONG_ENOUGH:
            self.refunds.to_person(refund, "the channel does not come to an end with it")

    # -- another way ----------------------------------------------------------------------------------------

    async def _reroute(
        self, seen: RefundRow, payment: PaymentRow, channel: ChannelClient, answer: Answer
    ) -> None:
        """Try the customer's other card, once; the merchant's own card would leave the customer unpaid."""
        is_abnormal = answer.refund is not None and answer.refund.state is AtChannel.ABNORMAL
        can = not seen.rerouted and AbnormalRoute.CUSTOMER_CARD in channel.abnormal_routes
        asked = is_abnormal and can
        if asked:
            answer = await channel.reroute_refund(
                payment.out_trade_no, seen.out_refund_no, AbnormalRoute.CUSTOMER_CARD
            )
        async with self.database.session(seen.order_id) as session:
            refund = session.refunds[seen.id]
            if refund.status is not RefundStatus.ABNORMAL:
                return
            if (is_abnormal and not can) or answer.meaning in NEVER or refund.tries >= ENOUGH_REROUTES:
                self.refunds.to_person(refund, "the channel cannot reach the customer")
            elif answer.refund is None:
                self._ask_again(refund, REROUTES)
            elif asked or answer.refund.state is AtChannel.PROCESSING:
                refund.rerouted = refund.rerouted or asked
                self.refunds.accepted(refund)
            else:
                self.refunds.heard(session, session.payments[refund.payment_id], answer.refund)
