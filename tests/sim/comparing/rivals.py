"""Merchants to compare with ours: some are as good and go about it otherwise, some do one thing wrong."""

from __future__ import annotations

import attrs

from paytwice.channels.messages import Answer
from paytwice.gallery.calling import Caller
from paytwice.merchant.port import Ack, ChannelClient, CustomerAnswer, Notification, OrderView, Said
from paytwice.merchant.reference.chores import Chores
from paytwice.merchant.reference.jobs import Job
from paytwice.merchant.reference.merchant import ReferenceMerchant
from paytwice_core import Money

# ---- as good as ours


class LateChores(Chores):
    async def query(self, job: Job) -> Job | None:
        """Ask as ours does, a little later."""
        await self.around.clock.sleep(200)
        return await super().query(job)


class AsksLater(ReferenceMerchant):
    """Ours, which asks channels 200 ms later: nobody outside should mind."""

    CHORES = LateChores


class OtherNumbers(Caller):
    """Ours, whose attempts and refunds go to the channels by other numbers."""

    async def create(
        self, channel: ChannelClient, out_trade_no: str, amount: Money, expires_at: int
    ) -> Answer:
        return await super().create(channel, f"X{out_trade_no}", amount, expires_at)

    async def query(self, channel: ChannelClient, out_trade_no: str) -> Answer:
        return await super().query(channel, f"X{out_trade_no}")

    async def close(self, channel: ChannelClient, out_trade_no: str) -> Answer:
        return await super().close(channel, f"X{out_trade_no}")

    async def refund(
        self, channel: ChannelClient, out_trade_no: str, out_refund_no: str, amount: Money, number: str | None
    ) -> Answer:
        return await super().refund(channel, f"X{out_trade_no}", f"X{out_refund_no}", amount, number)

    async def query_refund(self, channel: ChannelClient, out_trade_no: str, out_refund_no: str) -> Answer:
        return await super().query_refund(channel, f"X{out_trade_no}", f"X{out_refund_no}")

    async def notified(self, notification: Notification) -> Ack:
        trade, refund = notification.trade, notification.refund
        if refund is not None:
            refund = attrs.evolve(
                refund, out_trade_no=refund.out_trade_no[1:], out_refund_no=refund.out_refund_no[1:]
            )
        trade = attrs.evolve(trade, out_trade_no=trade.out_trade_no[1:])
        return await super().notified(attrs.evolve(notification, trade=trade, refund=refund))

    def view(self, order_id: str) -> OrderView | None:
        view = super().view(order_id)
        if view is None:
            return None
        attempts = [attrs.evolve(one, out_trade_no=f"X{one.out_trade_no}") for one in view.attempts or ()]
        refunds = [
            attrs.evolve(one, out_trade_no=f"X{one.out_trade_no}", out_refund_no=f"X{one.out_refund_no}")
            for one in view.refunds or ()
        ]
        return attrs.evolve(view, attempts=tuple(attempts), refunds=tuple(refunds))


# ---- not as good


class RefusesFirst(ReferenceMerchant):
    """It does not accept a notification before it comes for the second time."""

    async def notified(self, notification: Notification) -> Ack:
        if notification.send == 1:
            return Ack.negative()
        return await super().notified(notification)


class AnswersNobody(ReferenceMerchant):
    """It hears of every payment, and gives no ack."""

    async def notified(self, notification: Notification) -> Ack:
        await super().notified(notification)
        raise RuntimeError("the answer is lost in a bug")


class SaysOpen(ReferenceMerchant):
    """It tells customers that nothing was paid, whatever it knows."""

    async def status(self, order_id: str) -> CustomerAnswer:
        return CustomerAnswer(Said.OPEN)


class _SlowShipping(Chores):
    async def ship(self, job: Job) -> None:
        """Look for the goods first."""
        await self.around.clock.sleep(300_000)
        await super().ship(job)


class SaysOpenAndShipsLate(SaysOpen):
    """And whoever has paid waits five minutes more for the goods."""

    CHORES = _SlowShipping


class _NoShipping(Chores):
    async def ship(self, job: Job) -> None:
        """Keep the goods."""


class NeverShips(ReferenceMerchant):
    """It takes the money, and keeps the goods."""

    CHORES = _NoShipping


class TakesNoOrder(ReferenceMerchant):
    """It wants to end the process when the first order comes."""

    async def open_order(self, request: object) -> None:
        raise SystemExit("no")
