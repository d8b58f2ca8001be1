"""A merchant process's way to the channels and to its clock; a crash can cut any call short."""

from __future__ import annotations

from datetime import date

import attrs

from paytwice.calendar import Calendar
from paytwice.channels.messages import NO_ANSWER, Answer, Meaning, Outcome
from paytwice.channels.profile import ChannelProfile, Creation
from paytwice.channels.requests import (
    KINDS,
    AbnormalRoute,
    ApplyAbnormalRefund,
    AskRefund,
    CloseTrade,
    CreateTrade,
    FetchBill,
    FetchFundBill,
    QueryRefund,
    QueryTrade,
    Request,
)
from paytwice.kernel.kernel import Bell, Future, Kernel
from paytwice.merchant.process import CAUSE, DOING, Process
from paytwice.network.network import Network
from paytwice_core import Money


@attrs.define(eq=False)
class NetworkedChannel:
    """One channel, called over the network; a call without an answer in time returns `NO_ANSWER`."""

    profile: ChannelProfile
    process: Process
    network: Network

    @property
    def name(self) -> str:
        """The channel's name."""
        return self.profile.name

    @property
    def has_close(self) -> bool:
        """Whether an unpaid trade can be closed."""
        return self.profile.has_close

    @property
    def has_create(self) -> bool:
        """Whether creating a trade is a call; a form is signed by the merchant alone."""
        return self.profile.creation is not Creation.FORM

    @property
    def refund_spacing(self) -> int:
        """How long to wait between two refund numbers of one trade, in milliseconds."""
        return self.profile.refund_spacing

    @property
    def abnormal_routes(self) -> tuple[AbnormalRoute, ...]:
        """The ways out that the channel offers for an ABNORMAL refund."""
        return self.profile.abnormal_routes

    async def create(self, out_trade_no: str, amount: Money, expires_at: int) -> Answer:
        """Get something that the customer can pay with."""
        request = CreateTrade(out_trade_no, amount, expires_at)
        if self.has_create:
            return await self._call(request, out_trade_no)
        await self.process.access(f"{self.name} sign {out_trade_no}")
        credential = self.profile.credential(request, self.network.kernel.now)
        return Answer(Outcome.DONE, Meaning.OK, "", credential=credential)

    async def query(self, out_trade_no: str) -> Answer:
        """Ask for the state of a trade."""
        return await self._call(QueryTrade(out_trade_no), out_trade_no)

    async def close(self, out_trade_no: str) -> Answer:
        """Make an unpaid trade unpayable."""
        return await self._call(CloseTrade(out_trade_no), out_trade_no)

    async def refund(
        self, out_trade_no: str, out_refund_no: str, amount: Money, channel_number: str | None = None
    ) -> Answer:
        """Return money; the same `out_refund_no` and amount may be repeated without moving money twice."""
        return await self._call(AskRefund(out_trade_no, out_refund_no, amount, channel_number), out_refund_no)

    async def query_refund(self, out_trade_no: str, out_refund_no: str) -> Answer:
        """Ask for the state of a refund."""
        return await self._call(QueryRefund(out_trade_no, out_refund_no), out_refund_no)

    async def reroute_refund(self, out_trade_no: str, out_refund_no: str, route: AbnormalRoute) -> Answer:
        """Send an ABNORMAL refund another way; the same call again moves nothing twice."""
        return await self._call(ApplyAbnormalRefund(out_trade_no, out_refund_no, route), out_refund_no)

    async def bill(self, day: date) -> Answer:
        """Fetch the bill of a day."""
        return await self._call(FetchBill(day), day.isoformat())

    async def fund_bill(self, day: date) -> Answer:
        """Fetch the fund bill of a day: what moved the merchant's balance."""
        return await self._call(FetchFundBill(day), day.isoformat())

    async def _call(self, request: Request, key: str) -> Answer:
        kind = KINDS[type(request)]
        await self.process.access(f"{self.name} {kind} {key}")
        kernel = self.network.kernel
        future: Future[tuple[object, int]] = kernel.future(f"{DOING.get()} {kind}.reply {key}")
        future.expire_at(kernel.now + self.profile.call_timeout, (NO_ANSWER, -1))
        self.network.send(
            "merchant",
            self.name,
            kind,
            key,
            request,
            cause=CAUSE.get(),
            reply=lambda payload, entry: future.set((payload, entry)),
        )
        answer, entry = await future.wait()
        self.process.check()
        if entry >= 0:
            CAUSE.set(entry)
        assert isinstance(answer, Answer)
        return answer


@attrs.define(eq=False)
class ProcessClock:
    """The process's own clock: right, or so many milliseconds ahead (`skew` > 0) or behind."""

    kernel: Kernel
    calendar: Calendar
    process: Process
    skew: int = 0

    def now(self) -> int:
        """What the clock shows, in milliseconds since the run began."""
        return self.kernel.now + self.skew

    def day(self, at: int) -> date:
        """The day on which a moment falls."""
        return self.calendar.day_of(at)

    def bill_time(self, day: date) -> int:
        """When a day begins."""
        return self.calendar.ms_at(day)

    async def sleep(self, ms: int) -> None:
        """Sleep for so many milliseconds."""
        await self.sleep_until(self.now() + ms)

    async def sleep_until(self, at: int) -> None:
        """Sleep until the clock shows `at`."""
        self.process.check()
        while True:  # the clock may be set back meanwhile
            await self.kernel.sleep_until(at - self.skew, f"{DOING.get()} sleep")
            self.process.check()
            if self.now() >= at:
                return


@attrs.define(eq=False)
class ProcessBell:
    """A kernel bell that dies with its process, and goes by the process's clock."""

    bell: Bell
    process: Process
    clock: ProcessClock

    def ring(self, at: int | None = None) -> None:
        """Wake the sleeper, now or when the clock shows `at`."""
        self.bell.ring(None if at is None else at - self.clock.skew)

    async def wait(self, until: int | None = None) -> None:
        """Sleep until rung, or until the clock shows `until`."""
        self.process.check()
        await self.bell.wait(None if until is None else until - self.clock.skew)
        self.process.check()
