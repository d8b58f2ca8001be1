"""What a fault profile plans for a whole run: links and channels fail for a while, a clock is off."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Final

from paytwice.choices import Bits, Value, reads
from paytwice.faults import FaultProfile
from paytwice.world.world import World

HOLD, PARTITION, TO_MERCHANT, TO_CHANNEL = KINDS = ("hold", "partition", "to merchant", "to channel")
OUTAGE: Final = re.compile(rf"({'|'.join(KINDS)}) from (\d+) ms for (\d+) ms")
CHOICE: Final = "merchant—{} outage"
DOWN: Final = re.compile(r"from (\d+) ms for (\d+) ms")
CHANNEL: Final = "{} is down"
CLOCK: Final = "merchant clock"
CLOCK_IS: Final = re.compile(r"(\d+) ms (ahead|behind)")


def plan_outages(world: World) -> None:
    """Choose for each channel whether its link has an outage and whether it goes down: when, for how long."""
    profile = world.profile
    if world.choices.calm:
        return
    for channel, actor in world.actors.items() if profile.outage or profile.down else ():
        outage = world.choices.draw(CHOICE.format(channel), None, partial(_outage, profile), reads(OUTAGE))
        if (found := _read(OUTAGE, outage)) is not None:
            _fails(world, channel, found[1], int(found[2]), int(found[3]))
        down = world.choices.draw(CHANNEL.format(channel), None, partial(_down, profile), reads(DOWN))
        if (found := _read(DOWN, down)) is not None:
            _strike(world, int(found[1]), channel, partial(actor.go_down, int(found[2])))


def plan_clock(world: World) -> None:
    """Choose whether the merchant's clock is right."""
    profile = world.profile
    if world.choices.calm or not profile.clock:
        return
    drawn = world.choices.draw(CLOCK, None, partial(_clock, profile), reads(CLOCK_IS))
    if (found := _read(CLOCK_IS, drawn)) is not None:
        ms = int(found[1])
        world.merchant.set_clock(world.settings.skew + (ms if found[2] == "ahead" else -ms))


def _read(pattern: re.Pattern[str], drawn: Value) -> re.Match[str] | None:
    return pattern.fullmatch(drawn) if isinstance(drawn, str) else None


def _outage(profile: FaultProfile, bits: Bits) -> Value:
    if not bits.happens(profile.outage):
        return None
    kind = KINDS[bits.below(len(KINDS))]
    return f"{kind} from {profile.outage_begins.sample(bits)} ms for {profile.outage_lasts.sample(bits)} ms"


def _down(profile: FaultProfile, bits: Bits) -> Value:
    if not bits.happens(profile.down):
        return None
    return f"from {profile.down_begins.sample(bits)} ms for {profile.down_lasts.sample(bits)} ms"


def _clock(profile: FaultProfile, bits: Bits) -> Value:
    if not bits.happens(profile.clock):
        return None
    return f"{profile.clock_is_off.sample(bits)} ms {('ahead', 'behind')[bits.below(2)]}"


def _fails(world: World, channel: str, kind: str, begins: int, lasting: int) -> None:
    one, other = (channel, "merchant") if kind == TO_MERCHANT else ("merchant", channel)
    begin = world.network.hold if kind == HOLD else world.network.partition
    one_way = kind in (TO_MERCHANT, TO_CHANNEL)
    _strike(world, begins, channel, lambda: begin(one, other, lasting=lasting, one_way=one_way))


def _strike(world: World, at: int, channel: str, begin: Callable[[], None]) -> None:
    def strike() -> None:
        if not world.is_healed:
            begin()

    world.kernel.call_at(at, f"outage {channel}", strike)
