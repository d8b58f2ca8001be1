"""What is measured of paytwice: wake-ups of the kernel, messages of the network, complete runs."""

from __future__ import annotations

from collections.abc import Callable

import trio
from scenarios.late_wechat_after_alipay import expect, story
from tests.benchmarks.stopwatch import Contestant, Lap
from tests.sim.kernel.playing import play

from paytwice import Run, simulate
from paytwice.choices import Choices
from paytwice.journal import Journal
from paytwice.kernel.clock import VirtualClock
from paytwice.kernel.kernel import Future, Kernel
from paytwice.latency import Latency
from paytwice.network.envelope import Envelope
from paytwice.network.network import Network
from paytwice.story.player import simulate_seeds

RUN_SHARE = 1 / 1_000  # a run takes as long as so many wake-ups


def contestants() -> list[Contestant]:
    """What of ours takes part."""
    return [
        Contestant("kernel wake-up", sleep_in_turns),
        Contestant("kernel wake-up, elided", elided_sleep),
        Contestant("kernel wake-up by trio's loop", sleep),
        Contestant("network message", message),
        Contestant("network request and response", request, 1 / 2),
        Contestant("run, calm", calm_run, RUN_SHARE),
        Contestant("run, calm, one of many", calm_runs, RUN_SHARE),
        Contestant("run, seeded", seeded_run, RUN_SHARE),
        Contestant("run, seeded, one of many", seeded_runs, RUN_SHARE),
    ]


def sleep(n: int, lap: Lap) -> None:
    """A wake-up that takes its way through trio's loop, as all do where short cuts are switched off."""
    _sleep(n, lap, Kernel(elide=False, steps_limit=2 * n + 1_000))


def sleep_in_turns(n: int, lap: Lap) -> None:
    """A wake-up as it is in a run: two tasks sleep in turns, and each hands trio's pass to the other."""

    async def main(kernel: Kernel, _nursery: trio.Nursery) -> None:
        async def sleeper(begins: int) -> None:
            await kernel.sleep(begins, "sleeper")
            for _ in range(n // 2):
                await kernel.sleep(2, "sleeper")

        with lap.measured():
            async with trio.open_nursery() as nursery:
                nursery.start_soon(sleeper, 1)
                nursery.start_soon(sleeper, 2)

    play(main, kernel=Kernel(steps_limit=2 * n + 1_000))


def elided_sleep(n: int, lap: Lap) -> None:
    """A wake-up that is the next thing to happen, so that trio need not be asked."""
    _sleep(n, lap, Kernel(steps_limit=2 * n + 1_000))


def _sleep(n: int, lap: Lap, kernel: Kernel) -> None:
    async def main(kernel: Kernel, _nursery: trio.Nursery) -> None:
        with lap.measured():
            for _ in range(n):
                await kernel.sleep(1, "sleeper")

    play(main, kernel=kernel)


def message(n: int, lap: Lap) -> None:
    """A message with its latency and both its journal entries; two endpoints pass it to and fro."""

    async def main(kernel: Kernel, _nursery: trio.Nursery) -> None:
        done: Future[None] = kernel.future("all messages")
        left = n

        def receive(envelope: Envelope, entry: int) -> None:
            nonlocal left
            left -= 1
            if left:
                network.send(envelope.receiver, envelope.sender, "ball", "P1", None, cause=entry)
            else:
                done.set(None)

        network = _network(kernel)
        network.attach("one", receive)
        network.attach("other", receive)
        with lap.measured():
            network.send("one", "other", "ball", "P1", None)
            await done.wait()

    play(main, kernel=Kernel(steps_limit=2 * n + 1_000))


def request(n: int, lap: Lap) -> None:
    """A request and its response, for which a task waits: two messages and a wake-up."""

    async def main(kernel: Kernel, _nursery: trio.Nursery) -> None:
        network = _network(kernel)
        network.attach("server", lambda envelope, entry: network.answer(envelope, None, cause=entry))
        network.attach("client", lambda _envelope, _entry: None)
        with lap.measured():
            for _ in range(n):
                future: Future[object] = kernel.future("the response")
                future.expire_at(kernel.now + 1_000, None)
                network.send("client", "server", "ask", "P1", None, reply=_setter(future))
                await future.wait()

    play(main, kernel=Kernel(steps_limit=10 * n + 1_000))


def _setter(future: Future[object]) -> Callable[[object, int], None]:
    return lambda answer, _entry: future.set(answer)


def _network(kernel: Kernel) -> Network:
    network = Network(kernel, Choices(), Journal())
    network.link(latency=Latency.constant(1))
    return network


def calm_run(n: int, lap: Lap) -> None:
    """The seed story, judged, with the digest of its journal."""
    with lap.measured():
        for _ in range(n):
            run = simulate(story)
            assert run.digest
    expect(run)


def seeded_run(n: int, lap: Lap) -> None:
    """The seed story with drawn latencies and ties, another seed each time."""
    with lap.measured():
        for seed in range(n):
            run = simulate(story, seed=seed)
            assert run.ok, run.explain()
            assert run.digest


def calm_runs(n: int, lap: Lap) -> None:
    """The same in one trio program, as a campaign plays them."""
    with lap.measured():
        simulate_seeds(story, [None] * n, _judged)


def seeded_runs(n: int, lap: Lap) -> None:
    """With seeds, in one trio program."""
    with lap.measured():
        simulate_seeds(story, range(n), _judged)


def _judged(run: Run) -> None:
    assert run.ok, run.explain()
    assert run.digest


def passes_of_a_run() -> int:
    """How often trio's loop goes round in a calm run: it asks the time once in each pass."""
    asked = 0
    ask = VirtualClock.current_time

    def counted(clock: VirtualClock) -> float:
        nonlocal asked
        asked += 1
        return ask(clock)

    VirtualClock.current_time = counted  # type: ignore[assignment,method-assign]  # for the length of one run
    try:
        simulate(story)
    finally:
        VirtualClock.current_time = ask  # type: ignore[method-assign]
    return asked
