"""Fault plans as data: what goes wrong in a story, when, and for how long. What is printed can be pasted.

A fault profile says what chance may do anywhere. A plan says what does happen, as a story by hand does, and
so it can be laid under any story: `simulate(FaultPlan((Hold("merchant", "wechat", 60_000),)).under(story))`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

import attrs

from paytwice.story.simulation import Simulation

Story = Callable[[Simulation], Awaitable[None]]


class Mishap(Protocol):
    """One thing that goes wrong, at some millisecond of the run."""

    @property
    def at(self) -> int:
        """When it is to happen."""

    def strike(self, sim: Simulation) -> None:
        """Let it happen."""


@attrs.frozen
class Hold:
    """What goes between two endpoints hangs for `lasting` milliseconds, and arrives afterwards."""

    one: str
    other: str
    lasting: int
    at: int = 0
    one_way: bool = False

    def strike(self, sim: Simulation) -> None:
        """Begin it."""
        sim.network.hold(self.one, self.other, lasting=self.lasting, one_way=self.one_way)


@attrs.frozen
class Partition:
    """What goes between two endpoints is lost for `lasting` milliseconds."""

    one: str
    other: str
    lasting: int
    at: int = 0
    one_way: bool = False

    def strike(self, sim: Simulation) -> None:
        """Begin it."""
        sim.network.partition(self.one, self.other, lasting=self.lasting, one_way=self.one_way)


@attrs.frozen
class Lose:
    """The next messages of a kind are lost."""

    sender: str
    receiver: str
    kind: str
    times: int = 1
    at: int = 0

    def strike(self, sim: Simulation) -> None:
        """Single them out."""
        sim.network.lose(self.sender, self.receiver, self.kind, times=self.times)


@attrs.frozen
class Delay:
    """The next message of a kind takes so many milliseconds."""

    sender: str
    receiver: str
    kind: str
    by: int
    at: int = 0

    def strike(self, sim: Simulation) -> None:
        """Single it out."""
        sim.network.delay(self.sender, self.receiver, self.kind, self.by)


@attrs.frozen
class Duplicate:
    """The next message of a kind arrives twice, the second time so many milliseconds later."""

    sender: str
    receiver: str
    kind: str
    after: int
    at: int = 0

    def strike(self, sim: Simulation) -> None:
        """Single it out."""
        sim.network.duplicate(self.sender, self.receiver, self.kind, self.after)


@attrs.frozen
class Crash:
    """The merchant's process dies, and is back after a downtime."""

    downtime: int
    at: int = 0

    def strike(self, sim: Simulation) -> None:
        """Kill it."""
        sim.crash_merchant(downtime=self.downtime)


@attrs.frozen
class CrashBefore:
    """The merchant's process dies when it is about to do something, named as in deviations, with `*`."""

    place: str
    downtime: int
    at: int = 0

    def strike(self, sim: Simulation) -> None:
        """Plan it."""
        sim.crash_merchant_before(self.place, downtime=self.downtime)


@attrs.frozen
class Unavailable:
    """Calls to a channel, such as `trade.query` or `*`, fail with a system error for a while."""

    channel: str
    calls: str
    lasting: int
    at: int = 0

    def strike(self, sim: Simulation) -> None:
        """Begin it."""
        sim.channel(self.channel).unavailable(self.calls, lasting=self.lasting)


@attrs.frozen
class RefundEnds:
    """The next refund at a channel ends as SUCCESS, CLOSED or ABNORMAL, so long after it was accepted."""

    channel: str
    outcome: str
    after: int
    at: int = 0

    def strike(self, sim: Simulation) -> None:
        """Arrange it."""
        sim.channel(self.channel).next_refund_ends(self.outcome, after=self.after)


@attrs.frozen
class FaultPlan:
    """What goes wrong, one thing after the other."""

    mishaps: tuple[Mishap, ...] = ()

    def under(self, story: Story) -> Story:
        """The same story, with all this going wrong in it."""
        return UnderFaults(story, self) if self.mishaps else story


@attrs.frozen
class UnderFaults:
    """A story in which some things go wrong; it is called as any story is."""

    story: Story
    plan: FaultPlan

    async def __call__(self, sim: Simulation) -> None:
        """Let the story happen, and what goes wrong in it."""
        for mishap in self.plan.mishaps:
            if not mishap.at:
                mishap.strike(sim)
        later = [_in_time(mishap, sim) for mishap in self.plan.mishaps if mishap.at]
        if later:
            await sim.together(_told(self.story, sim), *later)
        else:
            await self.story(sim)


async def _told(story: Story, sim: Simulation) -> None:
    await story(sim)


async def _in_time(mishap: Mishap, sim: Simulation) -> None:
    await sim.sleep(mishap.at)
    mishap.strike(sim)
