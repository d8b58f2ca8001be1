"""The shop put together: one object for each service, wired by hand, and the port in front of them."""

from __future__ import annotations

from paytwice.channels.messages import Ack, Credential, Notification
from paytwice.gallery.others.service.bill_service import BillService
from paytwice.gallery.others.service.callback_controller import CallbackController
from paytwice.gallery.others.service.fulfilment_service import FulfilmentService
from paytwice.gallery.others.service.order_service import OrderService
from paytwice.gallery.others.service.payment_service import PaymentService
from paytwice.gallery.others.service.refund_sender import RefundSender
from paytwice.gallery.others.service.refund_service import RefundService
from paytwice.gallery.others.service.rows import BillRow, OrderRow, OutboxRow, PaymentRow, RefundRow
from paytwice.gallery.others.service.scheduler import Scheduler
from paytwice.gallery.others.service.session import Database
from paytwice.gallery.others.service.views import Views
from paytwice.merchant.port import CustomerAnswer, OrderRequest, OrderView, Refusal, Surroundings
from paytwice_core import Money


class PaymentShop:
    """A merchant of services and rows that keeps every promise, whatever the faults."""

    def __init__(self, around: Surroundings) -> None:
        database = Database(around.store)
        self._channels = around.channels
        self._orders = OrderService(around, database)
        self._refunds = RefundService(around, database)
        self._payments = PaymentService(around, database, self._orders, self._refunds)
        self._callbacks = CallbackController(around, database, self._payments)
        self._bills = BillService(around, database, self._payments)
        self._views = Views(database)
        self._scheduler = Scheduler(
            around,
            database,
            {
                OrderRow: self._orders.run,
                PaymentRow: self._payments.run,
                RefundRow: RefundSender(around, database, self._refunds).run,
                OutboxRow: FulfilmentService(around, database).run,
                BillRow: self._bills.run,
            },
        )
        database.soon = self._scheduler.soon

    async def open_order(self, request: OrderRequest) -> Refusal | None:
        """The customer places an order."""
        return await self._orders.open(request)

    async def start_attempt(self, order_id: str, channel: str) -> Credential | Refusal:
        """The customer wants to pay with this channel."""
        if channel not in self._channels:
            return Refusal(f"{channel} is not offered here")
        await self._bills.begin(channel)
        return await self._payments.start(order_id, channel)

    async def status(self, order_id: str) -> CustomerAnswer:
        """The pay page asks what to show."""
        return self._orders.status(order_id)

    async def cancel(self, order_id: str) -> CustomerAnswer:
        """The customer no longer wants the order."""
        return await self._orders.cancel(order_id)

    async def ask_refund(self, order_id: str, amount: Money, request_id: str) -> CustomerAnswer:
        """The customer wants money back."""
        return await self._refunds.grant(order_id, amount, request_id)

    async def notified(self, notification: Notification) -> Ack:
        """A channel tells something."""
        return await self._callbacks.notified(notification)

    async def work(self) -> None:
        """Run what is due, for as long as the process lives."""
        await self._scheduler.work()

    def view(self, order_id: str) -> OrderView | None:
        """What the committed rows say."""
        return self._views.of(order_id)


def service(around: Surroundings) -> PaymentShop:
    """The factory of this merchant."""
    return PaymentShop(around)
