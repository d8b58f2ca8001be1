"""A payment integration as it is first written: from the sample code of the channels' SDKs."""

from __future__ import annotations

from typing import Any, Final

from paytwice.calendar import MINUTE
from paytwice.channels.messages import (
    Ack,
    Credential,
    Notification,
    Outcome,
    RefundStatus,
    TradeRecord,
    TradeState,
)
from paytwice.merchant.port import (
    CustomerAnswer,
    OrderRequest,
    OrderView,
    RefundStanding,
    RefundView,
    Refusal,
    Said,
    Standing,
    Surroundings,
    WinnerView,
)
from paytwice_core import Money

ORDERS: Final = "orders"
Order = dict[str, Any]  # a row as an ORM hands it out: read it, change it, save it


class JuniorShop:
    """Orders in one table, and what the samples show: create, notify, query, close, refund.

    It follows the merchant demos that come with the SDKs of WeChat Pay and Alipay, one method for each page
    of their quick start: place the order and get a code; check the signature of a notification, set the order
    to paid, answer "success"; a cron job asks after what is unpaid and closes what has expired; refund with a
    number of your own, and look at the result. Every line works in the sandbox.

    What turned out to be wrong, and the promise by which chaos tells. The row is read, changed and saved
    without a lock: of two notifications at once the later one wins (S1). "Already paid" is answered with
    success and looked at no further: the second payment stays, and is in no table (S4, L2, L3, L8). Neither
    the amount (S3) nor the app that a notification is meant for (S12) is compared. Only the last out_trade_no
    is kept, so an earlier one is never asked after, and a refund can name a trade that nobody has paid (S6).
    An order expires in the table and not at the channel, where its code can still be paid (S15, L7); the
    payment that comes then makes PAID of CLOSED, and ships goods that are back on the shelf (S2, S14). A
    refund that is asked for again for want of an answer gets a new number (S8), is not added to the others
    (S7), is on record only if the answer came (C3), and passes for done as soon as it is accepted (S9). What
    was to be shipped when the process died is forgotten (L6). And the pay page says "please pay" as long as
    the row does, whatever is on its way (S25).
    """

    def __init__(self, around: Surroundings) -> None:
        self.around = around

    # -- the table ------------------------------------------------------------------------------------------

    async def load(self, order_id: str) -> Order | None:
        """SELECT * FROM orders WHERE id = ?"""
        async with self.around.store.transaction() as tx:
            order: Order | None = await tx.get(ORDERS, order_id)
        return order

    async def save(self, order: Order) -> None:
        """UPDATE orders SET ... WHERE id = ?"""
        async with self.around.store.transaction() as tx:
            await tx.put(ORDERS, order["id"], order)

    # -- the shop's pages -----------------------------------------------------------------------------------

    async def open_order(self, request: OrderRequest) -> Refusal | None:
        """Place an order."""
        if await self.load(request.order_id) is not None:
            return None
        if not await self.around.shop.reserve(request.order_id, f"reserve {request.order_id}"):
            return Refusal("sold out")
        await self.save(
            {
                "id": request.order_id,
                "amount": request.amount,
                "expires_at": request.expires_at,
                "status": "UNPAID",
                "tries": 0,
                "channel": None,
                "out_trade_no": None,
                "transaction_id": None,
                "refunds": [],
            }
        )
        return None

    async def start_attempt(self, order_id: str, channel: str) -> Credential | Refusal:
        """Get a code to pay with: a fresh out_trade_no each time, as the channels want it."""
        order = await self.load(order_id)
        if order is None or order["status"] != "UNPAID":
            return Refusal("the order cannot be paid")
        order["tries"] += 1
        order["channel"], order["out_trade_no"] = channel, f"{order_id}-{order['tries']}"
        await self.save(order)
        answer = await self.around.channels[channel].create(
            order["out_trade_no"], order["amount"], order["expires_at"]
        )
        return answer.credential or Refusal("please try again")

    async def status(self, order_id: str) -> CustomerAnswer:
        """The pay page polls this."""
        order = await self.load(order_id)
        if order is None:
            return CustomerAnswer(Said.REFUSED)
        says = {"PAID": Said.PAID, "CLOSED": Said.CLOSED, "UNPAID": Said.PAY_AGAIN}
        return CustomerAnswer(says[order["status"]])

    async def cancel(self, order_id: str) -> CustomerAnswer:
        """The customer presses cancel."""
        order = await self.load(order_id)
        if order is None or order["status"] == "PAID":
            return CustomerAnswer(Said.REFUSED)
        await self.close(order)
        return CustomerAnswer(Said.ACCEPTED)

    async def ask_refund(self, order_id: str, amount: Money, request_id: str) -> CustomerAnswer:
        """Refund: a fresh out_refund_no, as the channels want it."""
        order = await self.load(order_id)
        if order is None or order["status"] != "PAID" or amount > order["amount"]:
            return CustomerAnswer(Said.REFUSED)
        number = f"{order_id}-RF{self.around.clock.now()}"
        answer = await self.around.channels[order["channel"]].refund(order["out_trade_no"], number, amount)
        if answer.outcome is not Outcome.DONE:
            return CustomerAnswer(Said.REFUSED, answer.code)
        order["refunds"].append((number, order["out_trade_no"], amount, "REFUNDED"))
        await self.save(order)
        return CustomerAnswer(Said.ACCEPTED)

    # -- the notify_url -------------------------------------------------------------------------------------

    async def notified(self, notification: Notification) -> Ack:
        """Check the signature, set the order to paid, answer success."""
        if not notification.authentic:
            return Ack.negative()
        order = await self.load(notification.trade.out_trade_no.rpartition("-")[0])
        if order is None:
            return Ack.negative()
        if notification.refund is None:
            await self.paid(order, notification.channel, notification.trade)
        elif notification.refund.state is not RefundStatus.SUCCESS:
            self.around.alarm(order["id"], f"a refund failed: {notification.refund.status}")
        return Ack.positive()

    async def paid(self, order: Order, channel: str, trade: TradeRecord) -> None:
        """The channel has the money: hand over the goods."""
        if order["status"] == "PAID":
            return  # the channel repeats itself
        order["status"], order["transaction_id"] = "PAID", trade.channel_number
        order["channel"], order["out_trade_no"] = channel, trade.out_trade_no
        await self.save(order)
        await self.around.shop.ship(order["id"], f"ship {order['id']}")

    # -- the cron job ---------------------------------------------------------------------------------------

    async def work(self) -> None:
        """Every minute: ask after what is unpaid, close what has expired."""
        while True:
            async with self.around.store.transaction() as tx:
                orders = await tx.rows(ORDERS)
            for _, order in orders:
                if order["status"] == "UNPAID":
                    await self.check(order)
            await self.around.clock.sleep(MINUTE)

    async def check(self, order: Order) -> None:
        """Ask the channel; an order that has expired unpaid is closed."""
        if order["out_trade_no"] is not None:
            answer = await self.around.channels[order["channel"]].query(order["out_trade_no"])
            if answer.trade is not None and answer.trade.state is TradeState.PAID:
                await self.paid(order, order["channel"], answer.trade)
                return
        if self.around.clock.now() > order["expires_at"]:
            await self.close(order)

    async def close(self, order: Order) -> None:
        """Set the order to closed, and put the goods back."""
        order["status"] = "CLOSED"
        await self.save(order)
        await self.around.shop.release(order["id"], f"release {order['id']}")

    # -- what it shows --------------------------------------------------------------------------------------

    def view(self, order_id: str) -> OrderView | None:
        """The order page of the back office."""
        order: Order | None = self.around.store.committed(ORDERS).get(order_id)
        if order is None:
            return None
        standing = {"UNPAID": Standing.OPEN, "PAID": Standing.PAID, "CLOSED": Standing.CLOSED}
        winner = None
        if order["status"] == "PAID":
            winner = WinnerView(order["channel"], order["transaction_id"], order["out_trade_no"])
        refunds = tuple(
            RefundView(number, out_trade_no, amount, RefundStanding.DONE, state)
            for number, out_trade_no, amount, state in order["refunds"]
        )
        known = frozenset({winner.number}) if winner is not None else frozenset[str]()
        return OrderView(standing[order["status"]], winner, None, refunds, known, order["status"])


def junior(around: Surroundings) -> JuniorShop:
    """The factory of this merchant."""
    return JuniorShop(around)
