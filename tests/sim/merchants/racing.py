"""Mistakes that only some interleavings show, and first come, first served never does."""

from __future__ import annotations

from tests.sim.merchants.broken import ChecksThenActs

from paytwice.channels import TradeRecord


class SlowForUnionPay(ChecksThenActs):
    """Reads without a lock, and looks a lot up before it books a payment of one of the channels."""

    async def heard(self, channel: str, trade: TradeRecord) -> bool:
        for _ in range(4 * (channel == "unionpay")):
            async with self.around.store.transaction() as tx:
                await tx.get("rates", trade.out_trade_no)
        return await super().heard(channel, trade)
