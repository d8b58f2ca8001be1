"""The reference merchant's handlers: what it does when somebody speaks to it."""

from __future__ import annotations

from typing import ClassVar
from weakref import proxy

from paytwice.channels.messages import (
    Ack,
    Credential,
    Notification,
    Outcome,
    RefundStatus,
)
from paytwice.merchant.port import (
    CustomerAnswer,
    OrderRequest,
    OrderView,
    Refusal,
    Said,
    Surroundings,
)
from paytwice.merchant.reference import translate
from paytwice.merchant.reference.books import Books
from paytwice.merchant.reference.chores import Chores
from paytwice.merchant.reference.jobs import Workers
from paytwice.merchant.reference.reconciliation import Reconciliation
from paytwice.merchant.reference.views import view_of
from paytwice_core import (
    CloseReason,
    CloseSent,
    CloseWanted,
    Decision,
    Evidence,
    ForeignRefund,
    Money,
    Order,
    OrderState,
    RefundAsked,
    RefundUnanswered,
    StartAttempt,
    decide,
)
from paytwice_core.states import AttemptState


class ReferenceMerchant:
    """A merchant that keeps every promise, whatever the faults.

    Its parts are named first, so that a merchant with another one of them (the gallery is full of such) says
    which, and nothing else.
    """

    BOOKS: ClassVar[type[Books]] = Books
    WORKERS: ClassVar[type[Workers]] = Workers
    RECONCILIATION: ClassVar[type[Reconciliation]] = Reconciliation
    CHORES: ClassVar[type[Chores]] = Chores

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        me = proxy(self)  # the parts know each other already; if they knew us, nobody would ever be let go
        self.workers = self.WORKERS(around, lambda job: me.chores.do(job))
        self.books = self.BOOKS(around, self.workers, lambda order, told: me.decide(order, told))
        self.reconciliation = self.RECONCILIATION(around, self.books)
        self.chores = self.CHORES(around, self.books, self.reconciliation)
        self._views: dict[str, tuple[Order, OrderView]] = {}

    def decide(self, order: Order, told: Evidence) -> Decision:
        """Ask the core what a piece of evidence does to an order; this is called under the order's lock."""
        return decide(order, told, self.around.policy)

    # -- the customer ---------------------------------------------------------------------------------------

    async def open_order(self, request: OrderRequest) -> Refusal | None:
        """Reserve the goods, then put the order on record; the same request again changes nothing."""
        if not await self.around.shop.reserve(request.order_id, f"reserve {request.order_id}"):
            return Refusal("sold out")
        await self.books.open(Order.new(request.order_id, request.amount, request.expires_at))
        return None

    async def start_attempt(self, order_id: str, channel: str) -> Credential | Refusal:
        """Put the attempt on record *before* the channel hears of it, then ask for something to pay with."""
        if channel not in self.around.channels:
            return Refusal(f"{channel} is not offered here")
        unfinished = self.unfinished(order_id, channel)
        if unfinished is None:
            started = await self._start(order_id, channel)
            if isinstance(started, Refusal):
                return started
            unfinished = started
        # Also of one that is unfinished: who put it on record may have died before the bills were planned.
        await self.reconciliation.begin(channel)
        return await self._create(order_id, unfinished, channel)

    def unfinished(self, order_id: str, channel: str) -> str | None:
        """An attempt of which the customer has nothing yet: it is asked for again under its number (A2).

        A query can have found its trade meanwhile; that nobody has said until when it can be paid tells that
        the answer to its creation never came.
        """
        order = self.books.order(order_id)
        if order is None or order.state is not OrderState.PAYING:
            return None
        waiting = [
            attempt.id
            for attempt in order.attempts
            if attempt.channel == channel and attempt.dead_at is None and _is_open(attempt.state)
        ]
        return waiting[-1] if waiting else None

    async def _start(self, order_id: str, channel: str) -> str | Refusal:
        now = self.around.clock.now()

        def wish(order: Order) -> StartAttempt:
            return StartAttempt(f"{order.id}-{len(order.attempts) + 1}", channel, now)

        learnt = await self.books.learn(order_id, wish)
        if learnt is None:
            return Refusal(f"there is no order {order_id}")
        order, decision = learnt
        if decision.refusal is not None:
            await self._close_the_others(order)
            return Refusal(decision.refusal, pay_again=False)
        return order.attempts[-1].id

    async def _close_the_others(self, order: Order) -> None:
        """One at a time: close what the customer turned away from, so that the next wish is granted."""
        if order.state is OrderState.PAYING:
            for attempt in order.live_attempts:
                await self.books.learn(order.id, CloseSent(attempt.id))

    async def _create(self, order_id: str, attempt_id: str, channel: str) -> Credential | Refusal:
        order = self.books.order(order_id)
        assert order is not None, "an attempt belongs to an order"
        client = self.around.channels[channel]
        answer = await client.create(attempt_id, order.amount, order.expires_at)
        learnt = await self.books.learn(order_id, translate.of_create(attempt_id, answer))
        if answer.outcome is not Outcome.DONE or answer.credential is None:
            return Refusal(f"{channel} gave nothing to pay with ({answer.code}): try again")
        assert learnt is not None, "orders are never removed"
        attempt = learnt[0].attempt(attempt_id)
        if attempt is None or attempt.state is not AttemptState.SUBMITTED:
            return Refusal(f"order {order_id} is {learnt[0].state.value}", pay_again=False)
        return answer.credential

    async def status(self, order_id: str) -> CustomerAnswer:
        """Tell what is on record; only what is final is promised."""
        order = self.books.order(order_id)
        if order is None:
            return CustomerAnswer(Said.REFUSED, f"there is no order {order_id}")
        match order.state:
            case OrderState.PAID:
                return CustomerAnswer(Said.PAID)
            case OrderState.CLOSED:
                return CustomerAnswer(Said.CLOSED)
            case OrderState.CLOSING:
                return CustomerAnswer(Said.OPEN, "it is being closed")
        if not order.live_attempts and not any(attempt.captured for attempt in order.attempts):
            return CustomerAnswer(Said.PAY_AGAIN, "no payment is under way")
        return CustomerAnswer(Said.OPEN, "a payment may be under way")

    async def cancel(self, order_id: str) -> CustomerAnswer:
        """Close the order, unless it is paid."""
        return _granted(await self.books.learn(order_id, CloseWanted(CloseReason.CANCELLED)), order_id)

    async def ask_refund(self, order_id: str, amount: Money, request_id: str) -> CustomerAnswer:
        """Give back a part or all of what paid the order."""

        def wish(order: Order) -> RefundAsked:
            attempt = "" if order.winner is None else order.winner.attempt
            return RefundAsked(attempt, amount, request_id)

        return _granted(await self.books.learn(order_id, wish), order_id)

    # -- the channels ---------------------------------------------------------------------------------------

    async def notified(self, notification: Notification) -> Ack:
        """Check that it is authentic and ours, apply it under the order's lock, commit, and only then ack."""
        if not self.is_ours(notification):
            await self.books.put_aside(notification, "a notification that is not authentic, or not ours")
            return Ack.negative()
        order_id = notification.trade.out_trade_no.rpartition("-")[0]
        order = self.books.order(order_id)
        if order is None or order.attempt(notification.trade.out_trade_no) is None:
            await self.books.put_aside(notification, "a notification for a number that is not on record")
            return Ack.negative()  # a repeat may help: its row may be on its way
        await self.books.learn(order.id, lambda now: self.evidence(now, notification), heard=notification)
        return Ack.positive()

    def is_ours(self, notification: Notification) -> bool:
        """Whether a channel has sent it, and to us."""
        return (
            notification.authentic
            and notification.app_id == self.around.app_id
            and notification.mch_id == self.around.mch_id
        )

    def evidence(self, order: Order, notification: Notification) -> Evidence:
        """What a notification is evidence of, to the order as it is under its lock."""
        trade, refund = notification.trade, notification.refund
        if refund is None:
            return translate.of_trade(trade.out_trade_no, trade, 0, "notification")
        if order.refund(refund.out_refund_no) is not None:
            return translate.of_refund(refund.out_refund_no, refund)
        holder = order.holder_of(notification.channel, trade.channel_number or "")
        if holder is None:
            # It went back before we knew that it had come (A4'), be it the first payment of its trade or
            # another one: the payment and the return are one piece of news, or the payment alone would be
            # sent back once more.
            return translate.of_trade(trade.out_trade_no, trade, 0, "notification")
        if refund.state is RefundStatus.SUCCESS and not refund.to_merchant_card:
            # By the number that the bill has too, so that the two tell of one refund.
            return ForeignRefund(holder.id, refund.out_refund_no, refund.amount)
        return RefundUnanswered(refund.out_refund_no, refund.status)

    # -- by itself ------------------------------------------------------------------------------------------

    async def work(self) -> None:
        """Do what is due, for as long as the process lives."""
        await self.workers.work()

    def view(self, order_id: str) -> OrderView | None:
        """What the committed rows say."""
        order = self.books.order(order_id)
        if order is None:
            return None
        known = self._views.get(order_id)
        if known is None or known[0] is not order:
            known = self._views[order_id] = order, view_of(order)
        return known[1]


def _is_open(state: AttemptState) -> bool:
    return state in (AttemptState.INIT, AttemptState.UNKNOWN, AttemptState.SUBMITTED)


def _granted(learnt: tuple[Order, Decision] | None, order_id: str) -> CustomerAnswer:
    if learnt is None:
        return CustomerAnswer(Said.REFUSED, f"there is no order {order_id}")
    refusal = learnt[1].refusal
    return CustomerAnswer(Said.ACCEPTED) if refusal is None else CustomerAnswer(Said.REFUSED, refusal)


def reference(around: Surroundings) -> ReferenceMerchant:
    """The factory of the reference merchant."""
    return ReferenceMerchant(around)
