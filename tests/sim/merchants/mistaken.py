"""The reference merchant with one mistake each, for the scenarios to catch.

Made by replacing one step of it, or by standing between it and its channels. Numbers as `D7` are those of
the catalogue in payments.md, with a project in which the mistake was found.
"""

from __future__ import annotations

from datetime import date

import attrs
from tests.sim.merchants.through import Through

from paytwice.channels.messages import (
    NO_ANSWER,
    Ack,
    Answer,
    Notification,
    TradeState,
)
from paytwice.merchant.canary import Canary
from paytwice.merchant.reference.jobs import Workers
from paytwice.merchant.reference.merchant import ReferenceMerchant
from paytwice_core import Captured, Money, Order, OrderState

# ---- what it makes of a payment


class SwallowsTheSecond(Canary):
    """D2, macrozheng `paySuccessByOrderSn`: PAID means "already handled", whoever paid."""


class ComparesTheChannelOnly(SwallowsTheSecond):
    """D3: a second success of the same channel is taken for a repeat of the first."""

    def ignores(self, order: Order, payment: Captured) -> bool:
        attempt = order.attempt(payment.attempt)
        return order.winner is not None and attempt is not None and order.winner.channel == attempt.channel


class ComparesTheTradeOnly(SwallowsTheSecond):
    """A success under an out_trade_no that has succeeded is taken for a repeat, whatever its number (A5b)."""

    def ignores(self, order: Order, payment: Captured) -> bool:
        attempt = order.attempt(payment.attempt)
        return attempt is not None and attempt.number is not None


class ShipsForEachNotice(ReferenceMerchant):
    """D11, spree/spree#8540: the notice comes again, and so does its effect."""

    async def notified(self, notification: Notification) -> Ack:
        ack = await super().notified(notification)
        order_id = notification.trade.out_trade_no.rpartition("-")[0]
        order = self.books.order(order_id)
        if order is not None and order.state is OrderState.PAID:
            await self.around.shop.ship(order_id, f"{notification.id} {self.around.clock.now()}")
        return ack


class NewNumberForEachTry(ReferenceMerchant):
    """A create that is repeated after a time-out makes a trade of its own, and the first stays payable."""

    def unfinished(self, order_id: str, channel: str) -> str | None:
        return None


class ForgetsItsWork(ReferenceMerchant):
    """A.4's "not allowed": what follows the commit is kept in memory, and dies with the process."""

    async def work(self) -> None:
        self.around.bell("workers")
        await ForgetfulWorkers(self.around, self.chores.do).work()


class ForgetfulWorkers(Workers):
    """Workers of a new process, who do not look what the old one has left undone."""

    async def work(self) -> None:
        await self._bell.wait(None)


# ---- what it makes of its channels


class NeverAsks(Through):
    """D18, macrozheng without its timer: it waits for notifications, which nobody guarantees."""

    async def query(self, out_trade_no: str) -> Answer:
        return NO_ANSWER

    async def bill(self, day: date) -> Answer:
        return NO_ANSWER


class UnpaidIsClosed(Through):
    """D37, spree/spree#4499: once a close was asked for, a query that says NOTPAY settles it."""

    closing: bool = False

    async def close(self, out_trade_no: str) -> Answer:
        self.closing = True
        return await super().close(out_trade_no)

    async def query(self, out_trade_no: str) -> Answer:
        answer = await super().query(out_trade_no)
        if self.closing and answer.trade is not None and answer.trade.state is TradeState.UNPAID:
            return attrs.evolve(answer, trade=attrs.evolve(answer.trade, state=TradeState.CLOSED))
        return answer


class NewNumberForEachRefundTry(Through):
    """D41, medusajs/medusa#16681: a refund that is sent again has a number of its own."""

    async def refund(
        self, out_trade_no: str, out_refund_no: str, amount: Money, channel_number: str | None = None
    ) -> Answer:
        number = f"{out_refund_no}-{self.clock()}"
        return await super().refund(out_trade_no, number, amount, channel_number)


class NamesNoPayment(Through):
    """A refund that names its out_trade_no only: of two payments under it, the channel takes the first."""

    async def refund(
        self, out_trade_no: str, out_refund_no: str, amount: Money, channel_number: str | None = None
    ) -> Answer:
        return await super().refund(out_trade_no, out_refund_no, amount)


class NewExpiryForEachCreate(Through):
    """OUT_TRADE_NO_USED: a repeated create says another time to pay, and so asks for another trade."""

    async def create(self, out_trade_no: str, amount: Money, expires_at: int) -> Answer:
        return await super().create(out_trade_no, amount, self.clock() + 15 * 60_000)
