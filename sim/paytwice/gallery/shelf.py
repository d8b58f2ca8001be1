"""Room 7, the shelf: the goods of an order that closes are free too early, twice, or never again."""

from __future__ import annotations

import attrs

from paytwice.merchant.port import CustomerAnswer, Said
from paytwice.merchant.reference.chores import Chores
from paytwice.merchant.reference.jobs import Job, Kind
from paytwice.merchant.reference.merchant import ReferenceMerchant
from paytwice_core import CloseReason, Decision, Evidence, Order, OrderMoved, OrderState, ReleaseStock


class ReleasesAtCancel(ReferenceMerchant):
    """The goods are back on the shelf with the customer's click, before the channel has closed the payment.

    Seen in: macrozheng and litemall, where status and stock are one transaction, and no channel is asked.
    Schedule: A start; cancel, stock released; A scanned and paid.
    Breaks: S14.
    Instead: the stock is released when the order is CLOSED, which it is when nothing can be paid any more.
    Shown by: closed_at_alipay_before_the_scan.
    """

    async def cancel(self, order_id: str) -> CustomerAnswer:
        answer = await super().cancel(order_id)
        if answer.said is Said.ACCEPTED:
            await self.around.shop.release(order_id, f"release {order_id} 0")
        return answer


class ReleasesTwice(ReferenceMerchant):
    """The timer that closes unpaid orders releases the goods of one that was cancelled before.

    Seen in: a natural slip; delayed messages whose consumer asks "is it not paid?" in place of "is it
    still open?".
    Schedule: W; cancel, closed, stock released; expiry, stock released.
    Breaks: S14.
    Instead: the release belongs to the step to CLOSED, which an order takes once.
    Shown by: paid_after_the_cancel.
    """

    class CHORES(Chores):
        async def do(self, job: Job) -> Job | None:
            order = self.books.order(job.order_id)
            if job.kind is Kind.EXPIRE and order is not None and order.state is OrderState.CLOSED:
                await self.around.shop.release(order.id, f"expired {order.id}")
            return await super().do(job)


class NeverReleases(ReferenceMerchant):
    """Orders that expire are closed by one statement over all rows, and their goods stay reserved.

    Seen in: a natural slip where cancel and expiry are two pieces of code, and one has grown.
    Schedule: W; expiry, closed.
    Breaks: L7.
    Instead: whoever closes an order, the same step releases its stock.
    Shown by: nobody_pays.
    """

    def decide(self, order: Order, told: Evidence) -> Decision:
        decision = super().decide(order, told)
        expired = any(
            isinstance(step, OrderMoved) and step.close_reason is CloseReason.EXPIRED
            for step in decision.steps
        )
        kept = tuple(one for one in decision.effects if not (expired and isinstance(one, ReleaseStock)))
        return attrs.evolve(decision, effects=kept)
