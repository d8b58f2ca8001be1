"""Code that knows nothing of the kernel runs in virtual time, and runs the same again."""

from __future__ import annotations

import math
import sys

import trio
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.sim.kernel.playing import play, play_seed

from paytwice.kernel.kernel import Kernel

AWKWARD = (0.0289999999999, 1.1, 0.1 + 0.2, 1e-9, 5e-324, 4.35, 16.1, 1.0000000001, 8.7 * 3, 2.675)


async def everything_of_trio(kernel: Kernel, _: trio.Nursery) -> str:
    """trio.sleep, events, time-outs, nurseries, memory channels, locks, mixed with ours."""
    written: list[str] = []
    event, lock = trio.Event(), trio.Lock()
    send, receive = trio.open_memory_channel[str](2)

    async def worker(name: str) -> None:
        for _ in range(2):
            await trio.sleep(1)
            written.append(name)
            await send.send(name)
        await event.wait()
        async with lock:
            written.append(name.lower())
            await kernel.step(f"step {name}")
        with trio.move_on_after(0.5) as scope:
            await kernel.sleep(5_000, f"sleep {name}")
        written.append(f"{name}{'!' if scope.cancelled_caught else '?'}")
        await kernel.sleep(7, f"nap {name}")
        async with trio.open_nursery() as nursery:
            nursery.start_soon(trio.sleep, 0.003)
            nursery.start_soon(kernel.sleep, 3, f"inner {name}")
        written.append(f"{name}@{kernel.now}")

    async def reader() -> None:
        async for name in receive:
            written.append(f"<{name}")
            await trio.lowlevel.checkpoint()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(reader)
        async with trio.open_nursery() as workers:
            for name in "ABCDE":
                workers.start_soon(worker, name)
            await kernel.sleep(2_500, "story")
            written.append(f"|{trio.current_time()}|")
            event.set()
        await send.aclose()
    return " ".join(written)


def test_raw_trio_code_gives_one_trace_for_one_seed() -> None:
    assert len({play_seed(everything_of_trio, 7) for _ in range(30)}) == 1
    assert len({play(everything_of_trio) for _ in range(30)}) == 1


def test_raw_trio_code_gives_other_traces_for_other_seeds() -> None:
    assert len({play_seed(everything_of_trio, seed) for seed in range(30)}) > 20


def test_foreign_sleeps_take_no_real_time_and_the_right_virtual_time() -> None:
    async def main(kernel: Kernel, _: trio.Nursery) -> tuple[float, int]:
        await trio.sleep(86_400)
        return trio.current_time(), kernel.now

    assert play(main) == (86_400.0, 86_400_000)


def awkward_deadlines() -> st.SearchStrategy[float]:
    return st.one_of(
        st.sampled_from(AWKWARD),
        st.floats(0, 1e6, allow_nan=False),
        st.integers(0, 10**7).map(lambda ms: ms / 1000),
        st.integers(0, 10**7).map(lambda ms: math.nextafter(ms / 1000, 0)),
        st.integers(0, 10**7).map(lambda ms: math.nextafter(ms / 1000, math.inf)),
    )


@given(st.lists(awkward_deadlines(), min_size=1, max_size=6), st.lists(st.integers(0, 10**7), max_size=4))
@example([1e14, 0.1], [1])
@settings(max_examples=150, deadline=None)
def test_awkward_deadlines_neither_loop_nor_come_early(naps: list[float], ours: list[int]) -> None:
    async def main(kernel: Kernel, _: trio.Nursery) -> int:
        async def foreign(seconds: float) -> None:
            await trio.sleep_until(seconds)
            assert trio.current_time() >= seconds
            assert kernel.now <= trio.current_time() * 1000 + 1e-6 * max(1, kernel.now)

        async def own(at: int) -> None:
            await kernel.sleep_until(at, f"own {at}")
            assert kernel.now == at
            assert trio.current_time() >= at / 1000

        async with trio.open_nursery() as nursery:
            for seconds in naps:
                nursery.start_soon(foreign, seconds)
            for at in ours:
                nursery.start_soon(own, at)
        return kernel.steps

    assert play(main) <= 10 * (len(naps) + len(ours)) + 10


def test_a_deadline_beyond_all_time_never_comes() -> None:
    async def main(kernel: Kernel, _: trio.Nursery) -> int:
        with trio.move_on_after(sys.float_info.max):
            await kernel.sleep(5, "nap")
        return kernel.now

    assert play(main) == 5


def test_time_outs_of_foreign_code_cut_our_waits_short() -> None:
    async def main(kernel: Kernel, _: trio.Nursery) -> int:
        with trio.move_on_after(0.25):
            await kernel.future("nothing").wait()
        return kernel.now

    assert play(main) == 250
