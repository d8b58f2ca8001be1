"""Room 2, the ack: what a merchant has said yes to and does not know, and what it says no to for ever."""

from __future__ import annotations

from paytwice.channels.messages import Ack, Notification
from paytwice.merchant.process import StoreError
from paytwice.merchant.reference.merchant import ReferenceMerchant
from paytwice_core import OrderState


class AcksThenBooks(ReferenceMerchant):
    """A notification is acked first, and then booked by a task in memory, which dies with the process.

    Seen in: medusa's hook route (event bus after the 200); induced by WeChat's "ack first, then process".
    Schedule: W; W✓ cb, ack, crash before the commit.
    Breaks: S11.
    Instead: commit, then ack; or put the notification into a durable inbox, ack, and book it from there.
    Shown by: only_the_notification_tells, trial S11.
    """

    async def notified(self, notification: Notification) -> Ack:
        if not self.is_ours(notification):
            return Ack.negative()
        self.around.spawn("books", super().notified, notification)
        return Ack.positive()


class RendersErrorsAsOk(ReferenceMerchant):
    """Whatever goes wrong in the handler becomes a page with status 200, which the channel takes for a yes.

    Seen in: jeepay `ResponseException.buildText`, yudao `GlobalExceptionHandler`, spree (rescue, then ok).
    Schedule: W; W✓, the database is down, cb, 200 "error".
    Breaks: S11.
    Instead: what could not be committed is answered with HTTP 500, and the channel comes again.
    Shown by: database_down_at_the_notice, trial S11.
    """

    async def notified(self, notification: Notification) -> Ack:
        try:
            return await super().notified(notification)
        except StoreError as error:
            return Ack(200, f"error: {error}")


class OneNoticeForEachTrade(ReferenceMerchant):
    """Once a trade is booked, every later notification under its out_trade_no is dropped as a repeat.

    Seen in: a natural key of a dedupe table; yet there is more than one thing to tell of a trade.
    Schedule: W; W✓ number 1 cb; W✓ number 2 cb, dropped.
    Breaks: S11.
    Instead: what repeats itself is told by its content, under the order's lock; the rest is news.
    Shown by: second_number_under_one_trade, trial S11.
    """

    async def notified(self, notification: Notification) -> Ack:
        trade = notification.trade.out_trade_no
        if self.is_ours(notification) and trade in self.around.store.committed("handled"):
            return Ack.positive()
        ack = await super().notified(notification)
        if ack == Ack.positive():
            async with self.around.store.transaction() as tx:
                await tx.put("handled", trade, notification.id)
        return ack


class RefusesTheRepeat(ReferenceMerchant):
    """A success that is known already is an error, so the channel sends it again until it gives up.

    Seen in: roncoo-pay (HTTP 500 at the second success).
    Schedule: W; W✓ cb, the ack is lost; cb, cb, cb …
    Breaks: L5.
    Instead: a repeat is acked like the first, for that is what it asks for.
    Shown by: ack_lost_after_commit.
    """

    async def notified(self, notification: Notification) -> Ack:
        order = self.books.order(notification.trade.out_trade_no.rpartition("-")[0])
        winner = None if order is None else order.winner
        if winner is not None and winner.number == notification.trade.channel_number:
            return Ack.negative()
        return await super().notified(notification)


class AcksEveryoneInJson(ReferenceMerchant):
    """Alipay is answered as WeChat is, in JSON, and goes on: its ack is the seven letters `success`.

    Seen in: one handler for all channels; Alipay's documents say that any other body is a failure.
    Schedule: A; A✓ cb, ack, cb, ack …
    Breaks: L5.
    Instead: every channel is acked in its own words, and a test says which.
    Shown by: wechat_captured_after_alipay.
    """

    async def notified(self, notification: Notification) -> Ack:
        ack = await super().notified(notification)
        return Ack(200, '{"code": "SUCCESS"}') if ack == Ack.positive() else ack


class RefusesWithStatusOk(ReferenceMerchant):
    """A refusal is a body that says FAIL, with status 200: WeChat reads the status, and takes it for an ack.

    Seen in: a natural slip; WeChat documents a FAIL body with 4xx or 5xx, and it is the status that counts.
    Schedule: W; cb(forged), 200 FAIL.
    Breaks: S12.
    Instead: what is refused has a status of 4xx or 5xx.
    Shown by: forged_success.
    """

    async def notified(self, notification: Notification) -> Ack:
        ack = await super().notified(notification)
        return ack if ack == Ack.positive() else Ack(200, '{"code": "FAIL"}')


class ShipsForEachNotice(ReferenceMerchant):
    """The goods go out when a notification is handled, so that one which comes again sends them again.

    Seen in: the family of spree/spree#8540, roncoo-pay (a double notify).
    Schedule: W; W✓ cb, commit, ship, the ack is lost; cb again, ship.
    Breaks: S5.
    Instead: the effect follows from the step to PAID, which is taken once, under a key of the order.
    Shown by: ack_lost_after_commit.
    """

    async def notified(self, notification: Notification) -> Ack:
        ack = await super().notified(notification)
        order_id = notification.trade.out_trade_no.rpartition("-")[0]
        order = self.books.order(order_id)
        if order is not None and order.state is OrderState.PAID:
            await self.around.shop.ship(order_id, f"{notification.id} {notification.send}")
        return ack
