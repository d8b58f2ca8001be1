"""What is put on trial: a story and a merchant, played again and again with one thing changed.

A trial directs the story: before, beside and after it something is done to the world, such as a message that
is delivered twice. All runs are calm, so that the one change is the only difference between two of them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import attrs

from paytwice.channels import CHANNELS, ChannelProfile
from paytwice.merchant.port import MerchantFactory
from paytwice.merchant.reference.merchant import reference
from paytwice.network.envelope import Envelope
from paytwice.run import Run
from paytwice.settings import Settings
from paytwice.story.player import Story, simulate
from paytwice.story.simulation import Simulation
from paytwice.world.world import World

Direction = Callable[[Simulation, World, Story], Awaitable[None]]
Receive = Callable[[Envelope, int], None]


@attrs.frozen
class Subject:
    """A story with its settings and channels, and the merchant that has to live through it."""

    story: Story
    name: str = "story"
    settings: Settings = Settings()  # noqa: RUF009  # frozen
    merchant: MerchantFactory = reference
    channels: Mapping[str, ChannelProfile] = attrs.field(default=CHANNELS, hash=False)
    words: tuple[str, ...] = ()  # of the command that names it, for messages

    def play(self, direct: Direction, **changes: Any) -> Run:
        """Play the story under a direction; `changes` are settings for this run."""

        async def directed(sim: Simulation) -> None:
            await direct(sim, world_of(sim), self.story)

        return simulate(
            directed,
            name=self.name,
            settings=attrs.evolve(self.settings, **changes),
            merchant=self.merchant,
            channels=self.channels,
        )


def world_of(sim: Simulation) -> World:
    """The world behind a story's handle, which stories have no need to see."""
    return sim._world


async def as_written(sim: Simulation, world: World, story: Story) -> None:
    """The direction that changes nothing."""
    await story(sim)


def tap(world: World, endpoint: str, through: Callable[[Envelope, int, Receive], None]) -> None:
    """Let every message that arrives at an endpoint pass through `through`, which may pass it on."""
    receive = world.merchant.receive if endpoint == "merchant" else world.actors[endpoint].receive
    world.network.attach(endpoint, lambda envelope, entry: through(envelope, entry, receive))
