"""A whole merchant in 40 lines of code: what the port asks for, and no more.

Its trick: no number is made up, so none can be lost. A trade is named after its order and channel, a refund
after the payment that it reverses; who asks again, after a time-out or a crash, asks under the same number. A
notification is only a hint: the channel itself is asked, as `work` does anyway. Under the order's lock the
first success settles it; whatever else was paid goes back in full, asked for again and again under its one
number. A number that is not on record raises, which is an HTTP 500 and no ack.

What it leaves out: it grants no wish (no cancel, no partial refund); it shows neither payments nor refunds in
its view, so the promises about them are vacuous; it tells no person of a refund that a channel gave up, reads
no bill, closes no trade before it expires, and asks about old orders for ever. Crashes it survives, for all
it does is done again; but where a channel closes a refund for good, the money stays.
"""

from paytwice.merchant import port


class SmallMerchant:
    def __init__(self, around: port.Surroundings) -> None:
        self.my, self.view = around, around.store.committed("order").get

    async def open_order(self, asked: port.OrderRequest) -> None:
        await self.my.shop.reserve(asked.order_id, f"reserve {asked.order_id}")
        async with self.my.store.transaction() as tx:
            await tx.put("asked", asked.order_id, asked)
            await tx.insert("order", asked.order_id, port.OrderView(port.Standing.OPEN))

    async def start_attempt(self, order_id: str, channel: str) -> port.Credential | port.Refusal:
        asked, number = self.my.store.committed("asked")[order_id], f"{order_id}-{channel}"
        made = await self.my.channels[channel].create(number, asked.amount, asked.expires_at)
        return made.credential or port.Refusal(made.code)

    async def status(self, order: str, *wish: object) -> port.CustomerAnswer:
        return port.CustomerAnswer(port.Said[self.my.store.committed("order")[order].standing.name])

    cancel = ask_refund = status  # no wish is granted: an order that nobody pays expires

    async def notified(self, it: port.Notification) -> port.Ack:
        ours = it.authentic and (it.app_id, it.mch_id) == (self.my.app_id, self.my.mch_id)
        known = ours and await self.look_up(*it.trade.out_trade_no.rsplit("-", 1))
        return port.Ack.positive() if known else port.Ack.negative()

    async def look_up(self, no: str, channel: str) -> bool:
        got = (await self.my.channels[channel].query(f"{no}-{channel}")).trade
        paid = port.WinnerView(channel, got.channel_number) if got and got.channel_number else None
        async with self.my.store.transaction() as tx:
            order, asked = await tx.get("order", no, for_update=True), await tx.get("asked", no)
            wins = paid if got and got.amount == asked.amount else None
            if order.standing.name == "OPEN" and (wins or self.my.clock.now() > asked.expires_at):
                order = port.OrderView(port.Standing.PAID if wins else port.Standing.CLOSED, wins)
                await tx.put("order", no, order)
        if got and paid and paid != order.winner:
            await self.my.channels[channel].refund(got.out_trade_no, f"{paid.number}-R", got.amount)
        if order.standing is not port.Standing.OPEN:
            await (self.my.shop.ship if order.winner else self.my.shop.release)(no, f"settle {no}")
        return got is not None

    async def work(self) -> None:
        while True:
            for no, it in sorted(self.my.store.committed("order").items()):
                for n in [n for n in self.my.channels if not it.winner or it.winner.channel != n]:
                    await self.look_up(no, n)
            await self.my.clock.sleep(30_000)
