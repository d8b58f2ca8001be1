"""Runs are played one at a time, and nobody else's trio program is disturbed."""

from __future__ import annotations

import asyncio
import signal
import threading

import pytest
import trio
from tests.sim.kernel.playing import late_wechat
from trio._core import _run as trio_run

from paytwice import Simulation, simulate
from paytwice.errors import NestedRun
from paytwice.kernel.trio_pins import deterministic_batches


async def nothing(sim: Simulation) -> None: ...


def test_a_run_inside_a_trio_program_is_refused() -> None:
    async def program() -> None:
        simulate(nothing)

    with pytest.raises(NestedRun, match="cannot be called from inside one"):
        trio.run(program)


@pytest.mark.trio
async def test_a_run_inside_an_async_test_is_refused_and_says_what_to_write_instead() -> None:
    with pytest.raises(NestedRun, match="write a plain `def test_…`"):
        simulate(nothing)


def test_a_run_inside_a_run_is_refused() -> None:
    async def story(sim: Simulation) -> None:
        simulate(nothing)

    run = simulate(story)

    assert isinstance(run.failure, NestedRun)


def test_a_run_beside_another_in_another_thread_is_refused() -> None:
    caught: list[BaseException] = []

    async def story(sim: Simulation) -> None:
        def beside() -> None:
            try:
                simulate(nothing)
            except NestedRun as error:
                caught.append(error)

        thread = threading.Thread(target=beside)
        thread.start()
        thread.join()
        await sim.checkout("99.00 CNY")

    assert simulate(story).failure is None
    assert "play them one after the other, or each in a process of its own" in str(caught[0])


def test_after_a_refusal_runs_go_on_as_before() -> None:
    first = simulate(late_wechat, seed=1).digest
    with deterministic_batches(), pytest.raises(NestedRun):
        simulate(late_wechat, seed=1)

    assert simulate(late_wechat, seed=1).digest == first


def test_a_run_leaves_trio_as_it_was() -> None:
    before = trio_run._ALLOW_DETERMINISTIC_SCHEDULING, trio_run._r
    simulate(late_wechat, seed=1)

    assert (trio_run._ALLOW_DETERMINISTIC_SCHEDULING, trio_run._r) == before


def test_another_threads_trio_program_keeps_its_own_random() -> None:
    """While a run holds the pins, trio in another thread shuffles its batches as ever."""
    orders: list[str] = []

    async def letters() -> str:
        written: list[str] = []

        async def write(letter: str) -> None:
            await trio.lowlevel.checkpoint()
            written.append(letter)

        async with trio.open_nursery() as nursery:
            for letter in "ABCDEF":
                nursery.start_soon(write, letter)
        return "".join(written)

    def beside() -> None:
        orders.extend(trio.run(letters) for _ in range(30))
        orders.append(str(trio.run(clock_offset) > 0))

    async def clock_offset() -> float:
        return trio.current_time()

    with deterministic_batches():
        thread = threading.Thread(target=beside)
        thread.start()
        thread.join()

    assert len(set(orders)) > 3
    assert orders[-1] == "True"


def test_a_run_inside_a_running_asyncio_loop_works() -> None:
    """As in a notebook, and without the warning about a file descriptor that asyncio has taken."""
    expected = simulate(late_wechat, seed=3).digest

    async def cell() -> str:
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, lambda: None)
        return simulate(late_wechat, seed=3).digest

    assert asyncio.run(cell()) == expected
