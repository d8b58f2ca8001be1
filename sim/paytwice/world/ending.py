"""How a run ends: faults go on for a while after the story, then all is healed, then nobody may owe anything.

Promises that something will happen at last can only be judged once nothing stands in the way any more. So
after the story faults stop for good, and virtual time goes on until all is quiet, or the horizon comes.
"""

from __future__ import annotations

from datetime import timedelta

from paytwice.calendar import HOUR, LONGEST
from paytwice.choices import is_time
from paytwice.journal import NOBODY, What
from paytwice.world.world import World


async def end(world: World) -> None:
    """Let the run come to its end after the story has returned."""
    _say(world, "ended")
    await _linger(world)
    world.stop_faults()
    _say(world, "healed")
    world.watch.healed_at = world.kernel.now
    world.oracle.healed(world.kernel.now)
    await _settle(world)
    world.close()


def _say(world: World, what: str) -> None:
    world.journal.note(world.kernel.now, NOBODY, What.STORY, "story", "", what)


async def _linger(world: World) -> None:
    """Let faults go on for a while; those with an end of their own reach it, and what is down comes up."""
    kernel, lingers = world.kernel, world.profile.lingers
    until = max(world.network.weather.clears_at, *(actor.back_at for actor in world.actors.values()))
    if lingers.points and not world.choices.calm:
        ms = world.choices.draw("faults linger", 0, lingers.sample, is_time)
        until = max(until, kernel.now + (ms if isinstance(ms, int) else 0))
    while (until := max(until, world.merchant.back_at)) > kernel.now:
        await kernel.sleep_until(until, "story healing")


async def _settle(world: World) -> None:
    """Wait until all is quiet, or until the horizon, counted from the last change of a refund."""
    kernel, settings = world.kernel, world.settings
    earliest = _bill_read(world) if settings.bill else kernel.now

    def at_rest() -> bool:
        return kernel.now >= earliest and world.is_quiet

    horizon = earliest + settings.horizon
    if kernel.now < earliest:
        await kernel.sleep_until(earliest, "story waits for the bill")
    while not at_rest():
        if kernel.now >= horizon:
            latest = kernel.now if world.desks_owe else world.watch.refund_changed_at
            horizon = latest + settings.horizon
            if kernel.now >= min(horizon, LONGEST):
                return
        kernel.on_advance = at_rest
        await kernel.sleep_until_advanced(horizon, "story settling")
        kernel.on_advance = None


def _bill_read(world: World) -> int:
    """An hour after the next bill is there."""
    tomorrow = world.calendar.day_of(world.kernel.now) + timedelta(days=1)
    return world.calendar.ms_at(tomorrow, hour=10) + HOUR
