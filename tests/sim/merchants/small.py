"""A whole merchant in 40 lines of code: what the port asks for, and no more.

Its trick: no number is made up, so none can be lost. A trade is named after its order and channel, a refund after
the payment that it reverses; who asks again, after a time-out or a crash, asks under the same number. A
notification is only a hint: the channel itself is asked, as `work` does anyway. Under the order's lock the first
success settles it; whatever else was paid goes back in full, asked for again and again under its one number.

What it does not do: it grants no wish (no cancel, no partial refund); it shows neither payments nor refunds in
its view, so the promises about them are vacuous; it tells no person of a refund that a channel gave up, reads no
bill, closes no trade before it expires, and asks about old orders for ever. Crashes it survives, for all it does
is done again; but where a rough channel closes a refund for good, the money stays.
"""

from paytwice.merchant import port


class SmallMerchant:
    def __init__(self, around: port.Surroundings) -> None:
        self.around, self.view = around, around.store.committed("order").get

    async def open_order(self, asked: port.OrderRequest) -> None:
        await self.around.shop.reserve(asked.order_id, f"reserve {asked.order_id}")
        async with self.around.store.transaction() as tx:
            await tx.put("asked", asked.order_id, asked)
            await tx.insert("order", asked.order_id, port.OrderView(port.Standing.OPEN))

    async def start_attempt(self, order_id: str, channel: str) -> port.Credential | port.Refusal:
        asked, number = self.around.store.committed("asked")[order_id], f"{order_id}-{channel}"
        made = await self.around.channels[channel].create(number, asked.amount, asked.expires_at)
        return made.credential or port.Refusal(made.code)

    async def status(self, order_id: str, *wish: object) -> port.CustomerAnswer:
        return port.CustomerAnswer(port.Said[self.around.store.committed("order")[order_id].standing.name])

    cancel = ask_refund = status  # no wish is granted: an order that nobody pays expires

    async def notified(self, it: port.Notification) -> port.Ack:
        ours = it.authentic and (it.app_id, it.mch_id) == (self.around.app_id, self.around.mch_id)
        known = ours and await self.look_up(*it.trade.out_trade_no.rsplit("-", 1))
        return port.Ack.positive() if known else port.Ack.negative()

    async def look_up(self, order_id: str, name: str) -> bool:
        got = (await self.around.channels[name].query(f"{order_id}-{name}")).trade
        paid = port.WinnerView(name, got.channel_number) if got and got.channel_number else None
        async with self.around.store.transaction() as tx:
            order, asked = await tx.get("order", order_id, for_update=True), await tx.get("asked", order_id)
            wins = paid if got and asked and got.amount == asked.amount else None
            if order and order.standing is port.Standing.OPEN and (wins or self.around.clock.now() > asked.expires_at):
                order = port.OrderView(port.Standing.PAID if wins else port.Standing.CLOSED, wins)
                await tx.put("order", order_id, order)
        if got and paid and order and paid != order.winner:
            await self.around.channels[name].refund(got.out_trade_no, f"{paid.number}-R", got.amount)
        if order and order.standing is not port.Standing.OPEN:
            await (self.around.shop.ship if order.winner else self.around.shop.release)(order_id, order_id)
        return bool(order and got)

    async def work(self) -> None:
        while True:
            for order_id in sorted(self.around.store.committed("order")):
                for name in self.around.channels:
                    await self.look_up(order_id, name)
            await self.around.clock.sleep(30_000)
