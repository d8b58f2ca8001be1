"""What the kernel is compared with: trio itself, and two other simulators, where they are installed."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from importlib.util import find_spec
from typing import Any

import trio
import trio.testing
from tests.benchmarks.stopwatch import Contestant, Lap


def contestants() -> list[Contestant]:
    """Everybody who is here."""
    found = [Contestant("trio checkpoint", checkpoint), Contestant("MockClock sleep", mock_clock)]
    if find_spec("simpy"):
        found += [
            Contestant("SimPy timeout", simpy_timeout),
            Contestant("SimPy Store message", simpy_store),
        ]
    if find_spec("detangle"):
        found += [
            Contestant("detangle sleep", detangle_sleep),
            Contestant("detangle queue message", detangle_queue),
        ]
    return found


def missing() -> list[str]:
    """Who is not installed, and so cannot be compared with."""
    return [name for name in ("simpy", "detangle") if not find_spec(name)]


def checkpoint(n: int, lap: Lap) -> None:
    """A bare pass of trio's loop."""

    async def main() -> None:
        with lap.measured():
            for _ in range(n):
                await trio.lowlevel.checkpoint()

    trio.run(main)


def mock_clock(n: int, lap: Lap) -> None:
    """A sleep under trio's own virtual clock."""

    async def main() -> None:
        with lap.measured():
            for _ in range(n):
                await trio.sleep(0.001)

    trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))


def simpy_timeout(n: int, lap: Lap) -> None:
    """SimPy's sleep."""
    import simpy

    env = simpy.Environment()

    def sleeper() -> Generator[Any, Any, Any]:
        for _ in range(n):
            yield env.timeout(1)

    env.process(sleeper())
    with lap.measured():
        env.run()


def simpy_store(n: int, lap: Lap) -> None:
    """SimPy's message: put by one process, got by another, without any latency."""
    import simpy

    env = simpy.Environment()
    store = simpy.Store(env)

    def sender() -> Generator[Any, Any, Any]:
        for i in range(n):
            yield store.put(i)

    def receiver() -> Generator[Any, Any, Any]:
        for _ in range(n):
            yield store.get()

    env.process(sender())
    env.process(receiver())
    with lap.measured():
        env.run()


def detangle_sleep(n: int, lap: Lap) -> None:
    """The sleep of an asyncio simulator."""
    import detangle

    async def main() -> None:
        with lap.measured():
            for _ in range(n):
                await asyncio.sleep(0.001)

    detangle.run(main, max_steps=10 * n + 1_000)


def detangle_queue(n: int, lap: Lap) -> None:
    """A message between two tasks of an asyncio simulator; the sender lets others run after each."""
    import detangle

    async def main() -> None:
        queue: asyncio.Queue[int] = asyncio.Queue()

        async def sender() -> None:
            for i in range(n):
                queue.put_nowait(i)
                await asyncio.sleep(0)

        async def receiver() -> None:
            for _ in range(n):
                await queue.get()

        with lap.measured():
            await asyncio.gather(receiver(), sender())

    detangle.run(main, max_steps=10 * n + 1_000)
