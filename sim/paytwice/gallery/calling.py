"""A merchant that calls its channels in a way of its own, for mistakes about calls and their answers."""

from __future__ import annotations

from datetime import date
from weakref import proxy

import attrs

from paytwice.channels.messages import Answer
from paytwice.channels.requests import AbnormalRoute
from paytwice.merchant.port import ChannelClient, Surroundings
from paytwice.merchant.reference.merchant import ReferenceMerchant
from paytwice_core import Money


class Caller(ReferenceMerchant):
    """The reference merchant, whose every call to a channel goes by a method of its own.

    `channel` is the real one. A mistake replaces one of these: what it sends, or how it reads the answer.
    """

    def __init__(self, around: Surroundings) -> None:
        me = proxy(self)
        channels = {name: _Through(real, me) for name, real in around.channels.items()}
        super().__init__(attrs.evolve(around, channels=channels))

    async def create(
        self, channel: ChannelClient, out_trade_no: str, amount: Money, expires_at: int
    ) -> Answer:
        """Get something to pay with."""
        return await channel.create(out_trade_no, amount, expires_at)

    async def query(self, channel: ChannelClient, out_trade_no: str) -> Answer:
        """Ask for a trade."""
        return await channel.query(out_trade_no)

    async def close(self, channel: ChannelClient, out_trade_no: str) -> Answer:
        """Make a trade unpayable."""
        return await channel.close(out_trade_no)

    async def refund(
        self, channel: ChannelClient, out_trade_no: str, out_refund_no: str, amount: Money, number: str | None
    ) -> Answer:
        """Send money back."""
        return await channel.refund(out_trade_no, out_refund_no, amount, number)

    async def query_refund(self, channel: ChannelClient, out_trade_no: str, out_refund_no: str) -> Answer:
        """Ask for a refund."""
        return await channel.query_refund(out_trade_no, out_refund_no)

    async def reroute_refund(
        self, channel: ChannelClient, out_trade_no: str, out_refund_no: str, route: AbnormalRoute
    ) -> Answer:
        """Send an ABNORMAL refund another way."""
        return await channel.reroute_refund(out_trade_no, out_refund_no, route)

    async def bill(self, channel: ChannelClient, day: date) -> Answer:
        """Fetch the bill of a day."""
        return await channel.bill(day)


@attrs.frozen(eq=False)
class _Through:
    """A channel as the caller's parts see it: every call goes by the caller."""

    real: ChannelClient
    caller: Caller

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

    async def create(self, out_trade_no: str, amount: Money, expires_at: int) -> Answer:
        return await self.caller.create(self.real, out_trade_no, amount, expires_at)

    async def query(self, out_trade_no: str) -> Answer:
        return await self.caller.query(self.real, out_trade_no)

    async def close(self, out_trade_no: str) -> Answer:
        return await self.caller.close(self.real, out_trade_no)

    async def refund(
        self, out_trade_no: str, out_refund_no: str, amount: Money, channel_number: str | None = None
    ) -> Answer:
        return await self.caller.refund(self.real, out_trade_no, out_refund_no, amount, channel_number)

    async def query_refund(self, out_trade_no: str, out_refund_no: str) -> Answer:
        return await self.caller.query_refund(self.real, out_trade_no, out_refund_no)

    async def reroute_refund(self, out_trade_no: str, out_refund_no: str, route: AbnormalRoute) -> Answer:
        return await self.caller.reroute_refund(self.real, out_trade_no, out_refund_no, route)

    async def bill(self, day: date) -> Answer:
        return await self.caller.bill(self.real, day)

    async def fund_bill(self, day: date) -> Answer:
        return await self.real.fund_bill(day)
