"""One life of a merchant's process, and what kills it.

Whatever the process touches goes through `access`: it lets others run, and it is where the process may crash,
or the store fail or be slow. From the moment of a crash everything the process holds is dead: a handle of it
raises `ProcessDead`, also in a shielded `finally`, so that a restart has to wait for no zombie.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextvars import ContextVar
from fnmatch import fnmatchcase
from typing import Final

import attrs
import trio

from paytwice.choices import Bits, Choices, Value, reads
from paytwice.errors import ProcessDead
from paytwice.faults import FaultProfile
from paytwice.journal import NOBODY
from paytwice.kernel.kernel import Kernel

CAUSE: Final[ContextVar[int]] = ContextVar(
    "CAUSE", default=NOBODY
)  # the journal entry that led to what is done now
DOING: Final[ContextVar[str]] = ContextVar("DOING", default="merchant")  # the name of the handler or worker


_CRASH: Final = reads(re.compile("crash [0-9]+"))
_STORE_FATE: Final = reads(re.compile("crash [0-9]+|fail|slow [0-9]+"))


class StoreError(Exception):
    """The store did not do what it was asked: it is down, or a lock was waited for too long."""


@attrs.define(eq=False)
class Faults:
    """What may go wrong at the next access; the simulation swaps the profile for a calm one when it heals."""

    choices: Choices
    profile: FaultProfile
    planned: dict[str, str] = attrs.field(factory=dict)  # what the story wants at the next access like this
    healed: bool = False  # nothing goes wrong any more, whatever was recorded

    def at_access(self, place: str, *, store: bool) -> str | None:
        """Choose what happens at an access: nothing, `crash MS`, `fail`, or `slow MS`."""
        for pattern in self.planned:
            if fnmatchcase(place, pattern):
                return self.planned.pop(pattern)
        if self.choices.calm:
            return None
        if self.healed:
            self.choices.count(place)
            return None
        profile = self.profile
        sample: Callable[[Bits], Value] | None = None
        if store and (profile.crash or profile.store_failure or profile.store_slow):
            sample = self._store_fate
        elif profile.crash:
            sample = self._crash
        value = self.choices.draw(place, None, sample, _STORE_FATE if store else _CRASH)
        return value if isinstance(value, str) else None

    def _crash(self, bits: Bits) -> Value:
        if bits.happens(self.profile.crash):
            return f"crash {self.profile.downtime.sample(bits)}"
        return None

    def _store_fate(self, bits: Bits) -> Value:
        """One number tells which of the three happens: it is asked at every access, and mostly none does."""
        profile = self.profile
        chance = bits.below(1_000_000)
        if chance >= profile.crash + profile.store_failure + profile.store_slow:
            return None
        if chance < profile.crash:
            return f"crash {profile.downtime.sample(bits)}"
        if chance < profile.crash + profile.store_failure:
            return "fail"
        return f"slow {profile.store_slowness.sample(bits)}"


@attrs.define(eq=False)
class Process:
    """A process: alive until it crashes; `die(downtime, place)` is the host's."""

    name: str
    generation: int
    kernel: Kernel
    faults: Faults
    die: Callable[[int, str], None]
    alive: bool = True
    scope: trio.CancelScope = attrs.field(factory=trio.CancelScope)

    async def access(self, what: str, *, store: bool = False) -> None:
        """Be about to touch something: others may run first, and the process may crash here."""
        if not self.alive:
            self.check()
        place = f"{DOING.get()} {what}"
        fate = self.faults.at_access(place, store=store)
        if fate is not None:
            await self._suffer(fate, place)
        if not self.kernel.passes_over(place):
            await self.kernel.step(place)
            self.check()

    async def _suffer(self, fate: str, place: str) -> None:
        kind, _, ms = fate.partition(" ")
        if kind == "crash":
            self.die(int(ms), place)
            raise ProcessDead(place)
        if kind == "fail":
            await self.kernel.step(place + " fails")
            self.check()
            raise StoreError(f"{place}: the store is not there")
        await self.kernel.sleep(int(ms), place + " slow")

    def check(self) -> None:
        """Raise `ProcessDead` if the process has crashed."""
        if not self.alive:
            raise ProcessDead(f"{self.name} has crashed")
