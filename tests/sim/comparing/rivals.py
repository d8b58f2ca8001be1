"""Merchants to compare with ours: one is as good and asks later, the others do one thing otherwise."""

from __future__ import annotations

from paytwice.merchant.port import Ack, CustomerAnswer, Notification, Said
from paytwice.merchant.reference.chores import Chores
from paytwice.merchant.reference.jobs import Job
from paytwice.merchant.reference.merchant import ReferenceMerchant


class LateChores(Chores):
    async def query(self, job: Job) -> Job | None:
        """Ask as ours does, a little later."""
        await self.around.clock.sleep(200)
        return await super().query(job)


class AsksLater(ReferenceMerchant):
    """Ours, which asks channels 200 ms later: nobody outside should mind."""

    CHORES = LateChores


class RefusesFirst(ReferenceMerchant):
    """Ours, which does not accept a notification before it comes for the second time."""

    async def notified(self, notification: Notification) -> Ack:
        if notification.send == 1:
            return Ack.negative()
        return await super().notified(notification)


class SaysOpen(ReferenceMerchant):
    """Ours, which tells customers that nothing was paid, whatever it knows."""

    async def status(self, order_id: str) -> CustomerAnswer:
        return CustomerAnswer(Said.OPEN)
