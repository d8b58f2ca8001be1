"""The payments of a shop that is no part of paytwice, and some that forget to give money back."""

from paytwice.channels.messages import TradeRecord
from paytwice.merchant import port


class ShopMerchant:
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

    cancel = ask_refund = status

    async def notified(self, it: port.Notification) -> port.Ack:
        ours = it.authentic and (it.app_id, it.mch_id) == (self.my.app_id, self.my.mch_id)
        known = ours and await self.look_up(*it.trade.out_trade_no.rsplit("-", 1))
        return port.Ack.positive() if known else port.Ack.negative()

    async def look_up(self, no: str, channel: str) -> bool:
        trade = (await self.my.channels[channel].query(f"{no}-{channel}")).trade
        paid = port.WinnerView(channel, trade.channel_number) if trade and trade.channel_number else None
        async with self.my.store.transaction() as tx:
            order, asked = await tx.get("order", no, for_update=True), await tx.get("asked", no)
            wins = paid if trade and trade.amount == asked.amount else None
            if order.standing.name == "OPEN" and (wins or self.my.clock.now() > asked.expires_at):
                order = port.OrderView(port.Standing.PAID if wins else port.Standing.CLOSED, wins)
                await tx.put("order", no, order)
        if trade and paid and paid != order.winner:
            await self.give_back(trade, paid)
        if order.standing is not port.Standing.OPEN:
            await (self.my.shop.ship if order.winner else self.my.shop.release)(no, f"settle {no}")
        return trade is not None

    async def give_back(self, trade: TradeRecord, paid: port.WinnerView) -> None:
        await self.my.channels[paid.channel].refund(trade.out_trade_no, f"{paid.number}-R", trade.amount)

    async def work(self) -> None:
        while True:
            for no, it in sorted(self.my.store.committed("order").items()):
                for n in [n for n in self.my.channels if not it.winner or it.winner.channel != n]:
                    await self.look_up(no, n)
            await self.my.clock.sleep(600_000)


class Forgetful(ShopMerchant):
    async def give_back(self, trade: TradeRecord, paid: port.WinnerView) -> None:
        pass
