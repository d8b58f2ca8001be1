"""A task can be cancelled at any await, and nobody else notices."""

from __future__ import annotations

from functools import partial

import pytest
import trio
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sim.kernel.playing import play, play_seed

from paytwice.errors import PaytwiceError
from paytwice.kernel.kernel import Future, Kernel

TIMES = 50


async def ways_to_wait(kernel: Kernel, name: str, written: list[str]) -> None:
    """Wait in every way there is."""
    future: Future[int] = kernel.future(f"{name} future")
    kernel.call_at(kernel.now + 10, f"{name} reply", lambda: future.set(1))
    bell = kernel.bell(f"{name} bell")
    for wait in (
        lambda: kernel.step(name),
        lambda: kernel.sleep(10, name),
        future.wait,
        lambda: bell.wait(kernel.now + 10),
        partial(trio.sleep, 0.01),
    ):
        await wait()
        written.append(f"{name}{kernel.now}")


@given(st.integers(0, 60), st.integers(0, 2**32))
@settings(max_examples=80, deadline=None)
def test_cancelling_one_task_does_not_disturb_another(after: int, seed: int) -> None:
    async def main(kernel: Kernel, _: trio.Nursery) -> tuple[list[str], list[str]]:
        cancelled: list[str] = []
        undisturbed: list[str] = []
        scope = trio.CancelScope()

        async def doomed() -> None:
            with scope:
                await ways_to_wait(kernel, "doomed", cancelled)

        async with trio.open_nursery() as nursery:
            kernel.spawn(nursery, "doomed", doomed)
            kernel.spawn(nursery, "other", ways_to_wait, kernel, "other", undisturbed)
            kernel.call_at(after, "the end", scope.cancel)
        return cancelled, undisturbed

    cancelled, undisturbed = play_seed(main, seed)

    assert undisturbed == ["other0", "other10", "other10", "other20", "other30"]
    assert cancelled == [line.replace("other", "doomed") for line in undisturbed][: len(cancelled)]
    assert all(int(line.removeprefix("doomed")) <= after for line in cancelled)


def test_a_wake_up_meant_for_a_cancelled_waiter_wakes_nobody_else() -> None:
    async def main(kernel: Kernel, _: trio.Nursery) -> list[str]:
        written: list[str] = []
        first: Future[str] = kernel.future("first")

        async def wait() -> None:
            with trio.move_on_after(0.010):
                await first.wait()
                written.append("woken by the first")
            second: Future[str] = kernel.future("second")
            kernel.call_at(50, "the second comes", lambda: second.set("second"))
            written.append(await second.wait())
            written.append(f"at {kernel.now}")

        async with trio.open_nursery() as nursery:
            kernel.spawn(nursery, "waiter", wait)
            kernel.call_at(20, "the first comes", lambda: first.set("first"))
        return written

    assert play(main) == ["second", "at 50"]


def test_a_waiter_cancelled_after_it_was_made_ready_is_not_woken_twice() -> None:
    async def main(kernel: Kernel, _: trio.Nursery) -> list[str]:
        written: list[str] = []
        future: Future[str] = kernel.future("f")
        scope = trio.CancelScope()

        async def wait() -> None:
            with scope:
                await future.wait()
            written.append("cancelled" if scope.cancelled_caught else "woken")
            await kernel.sleep(5, "afterwards")
            written.append(f"at {kernel.now}")

        def reply_and_cancel() -> None:
            future.set("reply")
            scope.cancel()

        async with trio.open_nursery() as nursery:
            kernel.spawn(nursery, "waiter", wait)
            kernel.call_at(20, "both", reply_and_cancel)
        return written

    assert play(main) == ["cancelled", "at 25"]


async def crash_of_many(kernel: Kernel, _: trio.Nursery) -> str:
    written: list[str] = []
    scope = trio.CancelScope()
    event = trio.Event()

    async def work(name: str) -> None:
        try:
            while True:
                await kernel.sleep(10, name)
                written.append(name)
                with trio.move_on_after(0.004):
                    await event.wait()
        except trio.Cancelled:
            written.append(f"x{name}")
            raise
        finally:
            written.append(f"f{name}")

    async def process() -> None:
        with scope:
            async with trio.open_nursery() as nursery:
                for i in range(20):
                    nursery.start_soon(work, f"w{i}")

    async with trio.open_nursery() as nursery:
        nursery.start_soon(process)
        await kernel.sleep(25, "story")
        scope.cancel()
        await kernel.sleep(1, "story")
        written.append("|")
    return " ".join(written)


def test_cancelling_many_tasks_leaves_one_trace() -> None:
    traces = {play_seed(crash_of_many, 3) for _ in range(TIMES)}

    assert len(traces) == 1
    assert traces.pop().count("x") == 20
    assert len({play_seed(crash_of_many, seed) for seed in range(10)}) > 1, (
        "the choices order the cancelled, too"
    )


def test_two_tasks_cannot_wait_for_one_future() -> None:
    async def main(kernel: Kernel, _: trio.Nursery) -> None:
        future: Future[int] = kernel.future("the reply")
        async with trio.open_nursery() as nursery:
            nursery.start_soon(future.wait)
            nursery.start_soon(future.wait)

    with pytest.raises(PaytwiceError, match="the reply: two tasks wait"):
        play(main)
