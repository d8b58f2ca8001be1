"""Sleeps that pass by the loop change nothing but the time that a run takes."""

from __future__ import annotations

import pytest
import trio
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sim.kernel.playing import play, rough
from tests.sim.kernel.test_kernel_foreign_code import everything_of_trio

from paytwice.choices import Choices
from paytwice.kernel.clock import ELISIONS_LIMIT
from paytwice.kernel.kernel import Kernel


def test_runs_are_the_same_with_and_without_elision() -> None:
    for seed in (None, *range(12)):
        with_it, without_it = rough(seed), rough(seed, elide=False)
        assert with_it.digest == without_it.digest, seed
        assert with_it.deviations == without_it.deviations


def test_foreign_code_is_the_same_with_and_without_elision() -> None:
    for seed in range(15):
        traces = {
            play(everything_of_trio, choices=Choices(seed=seed), kernel=Kernel(elide=elide))
            for elide in (True, False)
        }
        assert len(traces) == 1


@given(
    st.lists(st.lists(st.integers(0, 4), max_size=6), min_size=1, max_size=4),
    st.integers(0, 2**32),
)
@settings(max_examples=60, deadline=None)
def test_any_naps_are_the_same_with_and_without_elision(naps: list[list[int]], seed: int) -> None:
    async def main(kernel: Kernel, _: trio.Nursery) -> list[str]:
        written: list[str] = []

        async def worker(name: int, its_naps: list[int]) -> None:
            for ms in its_naps:
                with trio.move_on_after(0.0025):
                    await kernel.sleep(ms, f"worker {name}")
                    written.append(f"{name}")
                written.append(f"{name}@{kernel.now}")

        async with trio.open_nursery() as nursery:
            for name, its_naps in enumerate(naps):
                kernel.spawn(nursery, f"worker {name}", worker, name, its_naps)
        return [*written, f"{kernel.steps} steps"]

    first, second = (
        play(main, choices=Choices(seed=seed), kernel=Kernel(elide=elide)) for elide in (True, False)
    )
    assert first == second


def test_after_a_thousand_elided_sleeps_the_loop_has_its_turn() -> None:
    async def main(kernel: Kernel, _: trio.Nursery) -> list[int]:
        passes: list[int] = []

        class Watch(trio.abc.Instrument):
            def before_io_wait(self, timeout: float) -> None:
                passes.append(kernel.now)

        watch = Watch()
        trio.lowlevel.add_instrument(watch)
        for _tick in range(3 * ELISIONS_LIMIT):
            await kernel.sleep(1, "story")
        trio.lowlevel.remove_instrument(watch)
        return passes

    passes = play(main)
    assert 2 <= len(passes) <= 10, "neither at every sleep nor never"


def test_a_cancelled_task_does_not_elide() -> None:
    async def main(kernel: Kernel, _: trio.Nursery) -> str:
        with trio.CancelScope() as scope:
            scope.cancel()
            await kernel.sleep(10, "nap")
        return f"{scope.cancelled_caught} at {kernel.now}"

    assert play(main) == "True at 0"


@pytest.mark.parametrize("elide", [True, False])
def test_a_foreign_deadline_is_not_slept_past(elide: bool) -> None:
    async def main(kernel: Kernel, _: trio.Nursery) -> int:
        with trio.move_on_after(0.004):
            await kernel.sleep(10, "nap")
        return kernel.now

    assert play(main, kernel=Kernel(elide=elide)) == 4
