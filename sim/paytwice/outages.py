"""Outages of the links between merchant and channels, as a fault profile allows and the choices pick."""

from __future__ import annotations

from typing import Final

from paytwice.choices import Bits, Value
from paytwice.faults import FaultProfile
from paytwice.world import World

HOLD, PARTITION, TO_MERCHANT, TO_CHANNEL = KINDS = ("hold", "partition", "to merchant", "to channel")
CHOICE: Final = "merchant—{} outage"


def plan(world: World) -> None:
    """Choose for each channel whether its link has an outage: of which kind, when, for how long."""
    profile = world.profile
    if world.choices.calm or not profile.outage:
        return
    for channel in world.actors:
        match world.choices.draw(CHOICE.format(channel), None, lambda bits: _sample(profile, bits)):
            case (int() as kind, int() as begins, int() as lasting):
                _plan_one(world, channel, KINDS[kind % len(KINDS)], begins, lasting)
            case _:
                pass


def _sample(profile: FaultProfile, bits: Bits) -> Value:
    if not bits.happens(profile.outage):
        return None
    return bits.below(len(KINDS)), profile.outage_begins.sample(bits), profile.outage_lasts.sample(bits)


def _plan_one(world: World, channel: str, kind: str, begins: int, lasting: int) -> None:
    one, other = (channel, "merchant") if kind == TO_MERCHANT else ("merchant", channel)
    begin = world.network.hold if kind == HOLD else world.network.partition

    def strike() -> None:
        if not world.is_healed:
            begin(one, other, lasting=lasting, one_way=kind in (TO_MERCHANT, TO_CHANNEL))

    world.kernel.call_at(begins, f"outage {channel}", strike)
