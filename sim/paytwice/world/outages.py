"""Outages of the links between merchant and channels, as a fault profile allows and the choices pick."""

from __future__ import annotations

import re
from typing import Final

from paytwice.choices import Bits, Value
from paytwice.faults import FaultProfile
from paytwice.world.world import World

HOLD, PARTITION, TO_MERCHANT, TO_CHANNEL = KINDS = ("hold", "partition", "to merchant", "to channel")
OUTAGE: Final = re.compile(rf"({'|'.join(KINDS)}) from (\d+) ms for (\d+) ms")
CHOICE: Final = "merchant—{} outage"


def plan(world: World) -> None:
    """Choose for each channel whether its link has an outage: of which kind, when, for how long."""
    profile = world.profile
    if world.choices.calm or not profile.outage:
        return
    for channel in world.actors:
        match world.choices.draw(CHOICE.format(channel), None, lambda bits: _sample(profile, bits)):
            case str() as outage if found := OUTAGE.fullmatch(outage):
                _plan_one(world, channel, found[1], int(found[2]), int(found[3]))
            case _:
                pass


def _sample(profile: FaultProfile, bits: Bits) -> Value:
    if not bits.happens(profile.outage):
        return None
    kind = KINDS[bits.below(len(KINDS))]
    return f"{kind} from {profile.outage_begins.sample(bits)} ms for {profile.outage_lasts.sample(bits)} ms"


def _plan_one(world: World, channel: str, kind: str, begins: int, lasting: int) -> None:
    one, other = (channel, "merchant") if kind == TO_MERCHANT else ("merchant", channel)
    begin = world.network.hold if kind == HOLD else world.network.partition

    def strike() -> None:
        if not world.is_healed:
            begin(one, other, lasting=lasting, one_way=kind in (TO_MERCHANT, TO_CHANNEL))

    world.kernel.call_at(begins, f"outage {channel}", strike)
