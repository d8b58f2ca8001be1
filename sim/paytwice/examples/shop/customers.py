"""What the shop does for a customer: opens orders, starts payments, tells how an order stands."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from paytwice.channels.messages import Outcome
from paytwice.examples.shop.channels import Channel
from paytwice.examples.shop.payments import Payments
from paytwice.merchant.port import CustomerAnswer, Refusal, Said
from paytwice.merchant.reference import translate
from paytwice.web import Web
from paytwice_core import (
    CloseReason,
    CloseWanted,
    Decision,
    Money,
    Order,
    OrderState,
    RefundAsked,
    StartAttempt,
)
from paytwice_core.states import AttemptState

UNANSWERED = (AttemptState.INIT, AttemptState.UNKNOWN, AttemptState.SUBMITTED)


@attrs.define(eq=False)
class Counter:
    """The customers' side of the shop."""

    web: Web
    payments: Payments
    channels: Mapping[str, Channel]

    async def place(self, order_id: str, amount: Money, expires_at: int) -> Refusal | None:
        """Reserve the goods, then put the order on record; the same again changes nothing."""
        if not await self.web.around.shop.reserve(order_id, f"reserve {order_id}"):
            return Refusal("sold out")
        await self.payments.open(Order.new(order_id, amount, expires_at))
        return None

    async def start(self, order_id: str, channel: str) -> str | Refusal:
        """Put the attempt on record before the channel hears of it, then ask for a QR code."""
        if channel not in self.channels:
            return Refusal(f"{channel} is not offered here")
        attempt = self._unanswered(order_id, channel)
        if attempt is None:
            learnt = await self.payments.learn(order_id, lambda order: self._new_attempt(order, channel))
            if learnt is None:
                return Refusal(f"there is no order {order_id}")
            order, decision = learnt
            if decision.refusal is not None:
                return Refusal(decision.refusal, pay_again=False)
            attempt = order.attempts[-1].id
        return await self._create(order_id, attempt, channel)

    def _unanswered(self, order_id: str, channel: str) -> str | None:
        """An attempt of which the customer has nothing yet: it is asked for again under its number."""
        order = self.payments.order(order_id)
        if order is None or order.state is not OrderState.PAYING:
            return None
        waiting = [
            one.id
            for one in order.attempts
            if one.channel == channel and one.dead_at is None and one.state in UNANSWERED
        ]
        return waiting[-1] if waiting else None

    def _new_attempt(self, order: Order, channel: str) -> StartAttempt:
        """WeChat wants numbers of six characters at least."""
        return StartAttempt(f"{order.id}-{len(order.attempts) + 1:04d}", channel, self.web.clock.now())

    async def _create(self, order_id: str, attempt_id: str, channel: str) -> str | Refusal:
        order = self.payments.order(order_id)
        assert order is not None, "an attempt belongs to an order"
        answer, code = await self.channels[channel].create(attempt_id, order.amount, order.expires_at)
        learnt = await self.payments.learn(order_id, translate.of_create(attempt_id, answer))
        if answer.outcome is not Outcome.DONE or answer.credential is None:
            return Refusal(f"{channel} gave nothing to pay with ({answer.code}): try again")
        assert learnt is not None, "orders are never removed"
        attempt = learnt[0].attempt(attempt_id)
        if attempt is None or attempt.state is not AttemptState.SUBMITTED:
            return Refusal(f"order {order_id} is {learnt[0].state.value}", pay_again=False)
        return code

    async def status(self, order_id: str) -> CustomerAnswer:
        """Tell what is on record; only what is final is promised."""
        order = self.payments.order(order_id)
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
        return _granted(await self.payments.learn(order_id, CloseWanted(CloseReason.CANCELLED)))

    async def give_back(self, order_id: str, amount: Money, request_id: str) -> CustomerAnswer:
        """Give back a part or all of what paid the order."""

        def wish(order: Order) -> RefundAsked:
            return RefundAsked("" if order.winner is None else order.winner.attempt, amount, request_id)

        return _granted(await self.payments.learn(order_id, wish))


def _granted(learnt: tuple[Order, Decision] | None) -> CustomerAnswer:
    refusal = "there is no such order" if learnt is None else learnt[1].refusal
    return CustomerAnswer(Said.ACCEPTED) if refusal is None else CustomerAnswer(Said.REFUSED, refusal)
