"""A merchant whose channels are not what it thinks: what stands between the two, for mistakes to replace."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import attrs

from paytwice.channels.messages import Answer
from paytwice.channels.requests import AbnormalRoute
from paytwice.merchant.port import ChannelClient, Surroundings
from paytwice.merchant.reference.merchant import ReferenceMerchant
from paytwice_core import Money


@attrs.define(eq=False)
class Through:
    """A channel as a merchant with a mistake calls it."""

    real: ChannelClient
    clock: Callable[[], int]

    @property
    def name(self) -> str:
        return self.real.name

    @property
    def has_close(self) -> bool:
        return self.real.has_close

    @property
    def has_create(self) -> bool:
        return self.real.has_create

    @property
    def refund_spacing(self) -> int:
        return self.real.refund_spacing

    @property
    def abnormal_routes(self) -> tuple[AbnormalRoute, ...]:
        return self.real.abnormal_routes

    @property
    def read_lag(self) -> int:
        return self.real.read_lag

    async def create(self, out_trade_no: str, amount: Money, expires_at: int) -> Answer:
        return await self.real.create(out_trade_no, amount, expires_at)

    async def query(self, out_trade_no: str) -> Answer:
        return await self.real.query(out_trade_no)

    async def close(self, out_trade_no: str) -> Answer:
        return await self.real.close(out_trade_no)

    async def refund(
        self, out_trade_no: str, out_refund_no: str, amount: Money, channel_number: str | None = None
    ) -> Answer:
        return await self.real.refund(out_trade_no, out_refund_no, amount, channel_number)

    async def query_refund(self, out_trade_no: str, out_refund_no: str) -> Answer:
        return await self.real.query_refund(out_trade_no, out_refund_no)

    async def reroute_refund(self, out_trade_no: str, out_refund_no: str, route: AbnormalRoute) -> Answer:
        return await self.real.reroute_refund(out_trade_no, out_refund_no, route)

    async def bill(self, day: date) -> Answer:
        return await self.real.bill(day)

    async def fund_bill(self, day: date) -> Answer:
        return await self.real.fund_bill(day)


def with_channels(
    through: type[Through], merchant: type[ReferenceMerchant] = ReferenceMerchant
) -> Callable[[Surroundings], ReferenceMerchant]:
    """The reference merchant, or one with a mistake of its own, whose channels are called with a mistake."""

    def make(around: Surroundings) -> ReferenceMerchant:
        channels = {name: through(real, around.clock.now) for name, real in around.channels.items()}
        return merchant(attrs.evolve(around, channels=channels))

    make.__name__ = through.__name__
    return make
