"""Every order of steps can be reached, and one seed gives one of them."""

from __future__ import annotations

from collections import Counter

import trio
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sim.kernel.playing import play, play_seed

from paytwice.kernel.kernel import Future, Kernel

ALL_ORDERS = 20  # of three A and three B


async def two_letters(kernel: Kernel, _: trio.Nursery) -> str:
    written: list[str] = []

    async def write(letter: str) -> None:
        for _ in range(3):
            written.append(letter)
            await kernel.step(letter)

    async with trio.open_nursery() as nursery:
        kernel.spawn(nursery, "A", write, "A")
        kernel.spawn(nursery, "B", write, "B")
    return "".join(written)


def test_all_orders_of_two_tasks_are_reached() -> None:
    orders = Counter(play_seed(two_letters, seed) for seed in range(600))

    assert len(orders) == ALL_ORDERS, sorted(orders)


def test_without_choices_first_come_is_first_served() -> None:
    assert play(two_letters) == "ABABAB"


def test_one_seed_gives_one_order() -> None:
    for seed in range(5):
        assert len({play_seed(two_letters, seed) for _ in range(20)}) == 1


async def reply_and_time_out(kernel: Kernel, _: trio.Nursery) -> str:
    future: Future[str] = kernel.future("customer waits")
    answer: list[str] = []
    future.expire_at(100, "time-out")
    kernel.call_at(100, "the reply arrives", lambda: future.set("reply"))
    answer.append(await future.wait())
    return f"{answer[0]} at {kernel.now}"


def test_reply_and_time_out_in_one_millisecond_are_a_choice() -> None:
    assert {play_seed(reply_and_time_out, seed) for seed in range(40)} == {"reply at 100", "time-out at 100"}


async def sleepers(kernel: Kernel, _: trio.Nursery) -> list[str]:
    woken: list[str] = []

    async def sleep(name: str, at: int) -> None:
        await kernel.sleep_until(at, name)
        woken.append(f"{name}{kernel.now}")

    async with trio.open_nursery() as nursery:
        for name, at in (("a", 30), ("b", 10), ("c", 20), ("d", 10)):
            kernel.spawn(nursery, name, sleep, name, at)
    return woken


def test_time_goes_from_wake_up_to_wake_up() -> None:
    assert play(sleepers) == ["b10", "d10", "c20", "a30"]


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=8), st.integers(0, 2**64 - 1))
@settings(max_examples=60, deadline=None)
def test_everybody_wakes_at_their_own_millisecond(naps: list[int], seed: int) -> None:
    async def main(kernel: Kernel, _: trio.Nursery) -> list[tuple[int, int]]:
        woken: list[tuple[int, int]] = []

        async def nap(ms: int) -> None:
            await kernel.sleep_until(ms, f"nap {ms}")
            woken.append((ms, kernel.now))

        async with trio.open_nursery() as nursery:
            for ms in naps:
                kernel.spawn(nursery, f"napper {ms}", nap, ms)
        return woken

    woken = play_seed(main, seed)

    assert [ms for ms, _ in woken] == sorted(naps)
    assert all(ms == now for ms, now in woken)


def test_a_future_keeps_its_first_value() -> None:
    async def main(kernel: Kernel, _: trio.Nursery) -> int:
        future: Future[int] = kernel.future("f")
        future.set(1)
        future.set(2)
        return await future.wait()

    assert play(main) == 1


def test_a_ring_that_nobody_waits_for_is_kept() -> None:
    async def main(kernel: Kernel, _: trio.Nursery) -> list[int]:
        bell, woken = kernel.bell("b"), []
        bell.ring()
        for until in (500, 700):
            await bell.wait(until)
            woken.append(kernel.now)
        return woken

    assert play(main) == [0, 700]
