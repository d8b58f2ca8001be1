"""Room 9, sending money back: who asks twice, too much, too often, too little, or not at all."""

from __future__ import annotations

import attrs

from paytwice.channels.messages import Ack, Answer, Notification
from paytwice.gallery.calling import Caller
from paytwice.merchant.port import ChannelClient, CustomerAnswer, Said
from paytwice.merchant.reference.chores import Chores
from paytwice.merchant.reference.jobs import Job
from paytwice.merchant.reference.merchant import ReferenceMerchant
from paytwice_core import (
    Captured,
    Decision,
    Evidence,
    Money,
    Order,
    RefundAsked,
    RefundClosedByChannel,
    RefundReason,
    RefundState,
    RefundUnanswered,
    RefundWritten,
    SendRefund,
)
from paytwice_core.budget_rules import owe
from paytwice_core.decision import Draft


class NewRefundNumberForEachTry(Caller):
    """A refund that is sent again has a number of its own, so the channel takes it for another refund.

    Seen in: medusajs/medusa#16681, spree `Refund.perform!`, django-payments, saleor/apps#2446.
    Schedule: rf(W) done, its answer lost; rf(W) again with another number.
    Breaks: S8, S7, S6.
    Instead: one wish has one number, committed before the first call and the same on every repeat.
    Shown by: refund_times_out_but_happened.
    """

    async def refund(
        self, channel: ChannelClient, out_trade_no: str, out_refund_no: str, amount: Money, number: str | None
    ) -> Answer:
        fresh = f"{out_refund_no}-{self.around.clock.now()}"
        return await super().refund(channel, out_trade_no, fresh, amount, number)


class NumberDiesWithTheProcess(ReferenceMerchant):
    """A refund that a crash has interrupted is begun anew: its number was in the memory of the process.

    Seen in: keys that are made where the call is made, as in the samples of many SDKs.
    Schedule: k1 is made; rf(W, k1); crash; k2 is made; rf(W, k2).
    Breaks: S8, S6, S4, C3.
    Instead: the number is on record before anybody is called, and a new process asks about it.
    Shown by: crash_after_refund_call.
    """

    def decide(self, order: Order, told: Evidence) -> Decision:
        if isinstance(told, RefundUnanswered) and told.code == "RESTART":
            told = RefundClosedByChannel(told.refund)
        return super().decide(order, told)


class OneWishForEachSum(ReferenceMerchant):
    """The key of a wish is made of the order and the sum, so two wishes for equal parts are one.

    Seen in: saleor/apps#2446, which warns of it.
    Schedule: rf(33.33); rf(33.33), which is taken for a repeat of the first; rf(32.34).
    Breaks: C3, S4.
    Instead: a wish has a number of its own, from where it was made, and two for the same sum are two.
    Shown by: partial_refunds_with_coupon.
    """

    async def ask_refund(self, order_id: str, amount: Money, request_id: str) -> CustomerAnswer:
        return await super().ask_refund(order_id, amount, f"{amount.minor} of {order_id}")


class OneRefundForAnOrder(ReferenceMerchant):
    """An order has room for one refund, so while a duplicate goes back its customer's own wish is lost.

    Seen in: a natural schema: the refund is a few columns of the order's row.
    Schedule: A✓ cb(A); W✓ cb(W) → rf(W), a duplicate; the customer wants A back too, and is told "accepted".
    Breaks: C3, S4.
    Instead: each reversal of each payment is a row of its own.
    Shown by: customer_refund_meets_duplicate_refund, seed 1.
    """

    def decide(self, order: Order, told: Evidence) -> Decision:
        decision = super().decide(order, told)
        steps = [
            one
            for one in decision.steps
            if not (order.refunds and isinstance(one, RefundWritten) and order.refund(one.refund.id) is None)
        ]
        return attrs.evolve(decision, steps=tuple(steps))


class ChecksTheBudgetOutsideTheLock(ReferenceMerchant):
    """Looks what is left, and grants a refund afterwards: who asks in between is granted the same money.

    Seen in: fossasia/eventyay#1405, jeepay `RefundOrderController`.
    Schedule: rf(60) ∥ rf(60) of 100.
    Breaks: S7, S4, C3.
    Instead: the budget is checked and taken in one transaction, under the order's lock.
    Shown by: two_refunds_at_once.
    """

    async def ask_refund(self, order_id: str, amount: Money, request_id: str) -> CustomerAnswer:
        order = self.books.order(order_id)
        paid = None if order is None or order.winner is None else order.attempt(order.winner.attempt)
        if order is None or paid is None or amount > order.promisable(paid):
            return CustomerAnswer(Said.REFUSED, "that is more than there is")
        return await super().ask_refund(order_id, amount, request_id)

    def decide(self, order: Order, told: Evidence) -> Decision:
        known = isinstance(told, RefundAsked) and told.request_id in {one.request_id for one in order.refunds}
        paid = order.attempt(told.attempt) if isinstance(told, RefundAsked) else None
        if known or paid is None or not isinstance(told, RefundAsked):
            return super().decide(order, told)
        draft = Draft(order)
        owe(draft, paid, told.amount, RefundReason.CUSTOMER, request_id=told.request_id)
        return draft.decision()


class EachSeesTheOther(ReferenceMerchant):
    """Looks after each payment whether there is another one, and sends this one back; so both go back.

    Seen in: a natural way to detect a double payment; it takes two notifications at once.
    Schedule: cb(W) ∥ cb(A).
    Breaks: S6, S4.
    Instead: which payment won is decided once, under the lock; only what did not win goes back.
    Shown by: both_notifications_at_once, seed 1.
    """

    async def notified(self, notification: Notification) -> Ack:
        ack = await super().notified(notification)
        trade = notification.trade
        order_id = trade.out_trade_no.rpartition("-")[0]
        async with self.around.store.transaction() as tx:
            kept = await self.books.locked(tx, order_id)
        others = {one.number for one in kept.order.attempts} - {None, trade.channel_number} if kept else ()
        if others:
            await self.books.learn(order_id, RefundAsked(trade.out_trade_no, trade.amount, "double payment"))
        return ack


class IgnoresTheSpacing(ReferenceMerchant):
    """Sends each part of a refund as it comes, whatever pause the channel wants between two parts.

    Seen in: loops that send until it works; WeChat wants a minute between two parts of a trade.
    Schedule: five parts within seconds; FREQUENCY_LIMITED, and again, and again.
    Breaks: L11.
    Instead: two numbers of one trade are kept apart, and a limit is waited out.
    Shown by: sale_is_called_off.
    """

    class CHORES(Chores):
        async def reserve_slot(self, *_: object) -> int | None:
            return None


class ClaimIsNeverReleased(ReferenceMerchant):
    """A worker claims a refund before it calls and lets go of it after, unless it dies in between.

    Seen in: hyperswitch, where an early `?` returns with the lock held; killbill/killbill#338.
    Schedule: claim; rf(W); crash; nobody may touch the refund any more.
    Breaks: L4, S4, C3.
    Instead: a claim ends by itself, or with the process that made it.
    Shown by: restarted_amid_refunds.
    """

    class CHORES(Chores):
        async def refund(self, job: Job) -> Job | None:
            async with self.around.store.transaction() as tx:
                if not await tx.insert("claims", job.target, True):
                    return job.again(self.around.clock.now())
            rest = await super().refund(job)
            async with self.around.store.transaction() as tx:
                await tx.delete("claims", job.target)
            return rest


class ReturnsTheCash(ReferenceMerchant):
    """What goes back is reckoned from the payer's cash, and so the coupon's part stays with the shop.

    Seen in: `captured_amount` of django-payments, which takes one sum for the other.
    Schedule: W✓ 99, of which a coupon paid 10; rf(33.33) sends 29.96.
    Breaks: C3, S4.
    Instead: refunds are parts of the order total; the channel shares each between cash and coupon.
    Shown by: partial_refunds_with_coupon.
    """

    async def ask_refund(self, order_id: str, amount: Money, request_id: str) -> CustomerAnswer:
        order = self.books.order(order_id)
        if order is not None and order.winner is not None:
            answer = await self.around.channels[order.winner.channel].query(order.winner.attempt)
            if answer.trade is not None:
                cash = amount.minor * answer.trade.payer_total.minor // answer.trade.amount.minor
                amount = Money(cash, amount.currency)
        return await super().ask_refund(order_id, amount, request_id)


class GrantsBeforeItLooks(ReferenceMerchant):
    """The customer is told that the refund will come, whatever becomes of the request behind the page.

    Seen in: forms that put a request on a queue and say "accepted".
    Schedule: rf(60) ∥ rf(60) of 100; both are granted, and one is not even on record.
    Breaks: C3, S4.
    Instead: what is granted is on record and in the budget before anybody is told.
    Shown by: two_refunds_at_once.
    """

    async def ask_refund(self, order_id: str, amount: Money, request_id: str) -> CustomerAnswer:
        await super().ask_refund(order_id, amount, request_id)
        return CustomerAnswer(Said.ACCEPTED)


class RingsTheBellAtOnce(ReferenceMerchant):
    """A duplicate payment is put on a list for the accountants, and nobody tries to send it back.

    Seen in: shops whose only answer to a double payment is a log line and a ticket.
    Schedule: W, A; A✓ cb(A); W✓ cb(W).
    Breaks: L3.
    Instead: a person is called when the channel offers no way any more, and not before.
    Shown by: late_success_after_the_refund.
    """

    def decide(self, order: Order, told: Evidence) -> Decision:
        decision = super().decide(order, told)
        if not isinstance(told, Captured):
            return decision
        steps = tuple(
            RefundWritten("R1", attrs.evolve(one.refund, state=RefundState.MANUAL))
            if isinstance(one, RefundWritten)
            else one
            for one in decision.steps
        )
        effects = tuple(one for one in decision.effects if not isinstance(one, SendRefund))
        return attrs.evolve(decision, steps=steps, effects=effects)
