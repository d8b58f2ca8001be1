"""What paytwice needs of trio's private parts. A failing test names the pin that a new trio moved."""

from __future__ import annotations

from typing import Any

import trio
import trio.testing
from trio._core import _run

from paytwice.kernel import trio_pins

trio_run: Any = _run


def test_pin_deterministic_flag_is_a_global() -> None:
    """False in trio; pytest-trio sets it for good where Hypothesis is installed."""
    flag = getattr(trio_run, "_ALLOW_DETERMINISTIC_SCHEDULING", None)
    assert isinstance(flag, bool), "trio._core._run._ALLOW_DETERMINISTIC_SCHEDULING moved"


def test_pin_random_is_a_global_that_shuffles() -> None:
    assert hasattr(trio_run._r, "shuffle"), "trio._core._run._r moved"


def test_pin_every_batch_is_sorted_by_birth_shuffled_by_the_random_and_taken_from_its_end() -> None:
    seen: list[list[str]] = []

    async def child() -> None:
        await trio.lowlevel.checkpoint()

    async def main() -> list[str]:
        taken: list[str] = []

        class Watch(trio.abc.Instrument):
            def before_task_step(self, task: trio.lowlevel.Task) -> None:
                if task.name in "abc":
                    taken.append(task.name)

        async with trio.open_nursery() as nursery:
            for name in "abc":
                nursery.start_soon(child, name=name)
            trio.lowlevel.add_instrument(Watch())
        return taken

    with trio_pins.deterministic_batches() as order:
        shuffle = order.shuffle

        def watched(batch: list[trio.lowlevel.Task]) -> None:
            seen.append([task.name for task in batch if task.name in ("a", "b", "c")])
            shuffle(batch)

        order.shuffle = watched  # type: ignore[method-assign]
        taken = trio.run(main)

    assert ["a", "b", "c"] in seen, "batches are no longer sorted by Task._counter under the flag"
    assert taken[:3] == ["a", "b", "c"], (
        "batches are no longer shuffled by _r.shuffle, or not taken from their end"
    )


def test_pin_the_batch_is_emptied_as_its_tasks_run() -> None:
    left: list[bool] = []

    async def child(loop: trio_pins.Loop) -> None:
        left.append(loop.others_are_runnable())

    async def main(order: trio_pins.BatchOrder) -> None:
        async with trio.open_nursery() as nursery:
            loop = trio_pins.Loop(order)
            nursery.start_soon(child, loop)
            nursery.start_soon(child, loop)

    with trio_pins.deterministic_batches() as order:
        trio.run(main, order)

    assert left == [True, False], (
        "Runner.runq or the list given to _r.shuffle no longer say who is still to run"
    )


def test_pin_rescheduling() -> None:
    async def main() -> bool:
        task = trio.lowlevel.current_task()
        await trio.lowlevel.checkpoint()

        def wake() -> None:
            trio_pins.rescheduler()(task, trio_pins.WOKEN)

        trio.lowlevel.current_trio_token().run_sync_soon(wake)
        woken = await trio.lowlevel.wait_task_rescheduled(lambda _: trio.lowlevel.Abort.FAILED)
        return woken is None

    assert trio.run(main), "GLOBAL_RUN_CONTEXT.runner.reschedule moved, or outcomes are no longer unwrapped"


def test_pin_a_task_that_is_handed_the_pass_runs_in_it() -> None:
    written: list[str] = []

    class Watch(trio.abc.Instrument):
        def before_io_wait(self, timeout: float) -> None:
            written.append("pass")

    async def parked() -> None:
        await trio.lowlevel.wait_task_rescheduled(lambda _: trio.lowlevel.Abort.SUCCEEDED)
        written.append("handed to")
        trio.lowlevel.remove_instrument(watch)

    async def main(order: trio_pins.BatchOrder) -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(parked)
            await trio.testing.wait_all_tasks_blocked()
            (task,) = nursery.child_tasks
            trio.lowlevel.add_instrument(watch)
            written.append("handed over")
            trio_pins.Loop(order).hand_to(task)

    watch = Watch()
    with trio_pins.deterministic_batches() as order:
        trio.run(main, order)

    assert written == ["handed over", "handed to"], (
        "trio no longer takes tasks from the end of the list given to _r.shuffle until it is empty"
    )


def test_pin_a_batch_of_one_is_shuffled_too() -> None:
    lengths: list[int] = []

    async def main(order: trio_pins.BatchOrder) -> None:
        await trio.lowlevel.checkpoint()
        lengths.append(len(order.batch))

    with trio_pins.deterministic_batches() as order:
        order.batch = [trio.lowlevel.Task] * 3  # type: ignore[list-item]  # something stale
        trio.run(main, order)

    assert lengths == [0], "a batch of one no longer passes _r.shuffle: others_are_runnable would be stale"


def test_pin_the_run_queue() -> None:
    async def main() -> tuple[bool, bool]:
        before = trio_pins.something_is_runnable()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(trio.lowlevel.checkpoint)
            after = trio_pins.something_is_runnable()
        return before, after

    assert trio.run(main) == (False, True), "GLOBAL_RUN_CONTEXT.runner.runq moved"


def test_pin_the_next_deadline() -> None:
    async def main(order: trio_pins.BatchOrder) -> list[bool]:
        loop = trio_pins.Loop(order)
        await trio.lowlevel.checkpoint()
        free = [loop.is_free_until(1e9)]
        with trio.CancelScope(deadline=7.0):
            await trio.lowlevel.checkpoint()
            free += [loop.is_free_until(6.9), loop.is_free_until(7.0)]
        return free

    with trio_pins.deterministic_batches() as order:
        free = trio.run(main, order, clock=trio.testing.MockClock())
    assert free == [True, True, False], "GLOBAL_RUN_CONTEXT.runner.deadlines.next_deadline() moved"


def test_pin_whether_the_task_is_cancelled() -> None:
    async def main(order: trio_pins.BatchOrder) -> list[bool]:
        loop = trio_pins.Loop(order)
        await trio.lowlevel.checkpoint()
        free: list[bool] = []
        with trio.CancelScope() as scope:
            free.append(loop.is_free_until(0))
            scope.cancel()
            free.append(loop.is_free_until(0))
            with trio.CancelScope(shield=True):
                await trio.lowlevel.checkpoint()
                free.append(loop.is_free_until(0))
        return free

    with trio_pins.deterministic_batches() as order:
        free = trio.run(main, order, clock=trio.testing.MockClock())
    assert free == [True, False, True], "Task._cancel_status.effectively_cancelled moved"


def test_pin_what_a_parked_task_waits_for_is_forgotten_when_it_is_woken() -> None:
    """Public, but the kernel builds on it: `custom_sleep_data` is reset by `reschedule` and by cancelling."""
    tasks: list[trio.lowlevel.Task] = []
    seen: list[object] = []

    async def sleeper() -> None:
        task = trio.lowlevel.current_task()
        tasks.append(task)
        task.custom_sleep_data = "something"
        await trio.lowlevel.wait_task_rescheduled(lambda _: trio.lowlevel.Abort.SUCCEEDED)

    async def main() -> None:
        for cancels in (False, True):
            async with trio.open_nursery() as nursery:
                nursery.start_soon(sleeper)
                await trio.testing.wait_all_tasks_blocked()
                seen.append(tasks[-1].custom_sleep_data)
                if cancels:
                    nursery.cancel_scope.cancel()
                else:
                    trio.lowlevel.reschedule(tasks[-1])
                seen.append(tasks[-1].custom_sleep_data)

    trio.run(main)
    assert seen == ["something", None] * 2


def test_pin_the_clock_is_asked_to_sleep_when_nothing_is_runnable_and_for_the_time_always() -> None:
    asked: list[str] = []

    class Clock(trio.abc.Clock):
        def start_clock(self) -> None: ...

        def current_time(self) -> float:
            asked.append("time")
            return 0.0

        def deadline_to_sleep_time(self, deadline: float) -> float:
            asked.append("sleep")
            return 0.0

    async def main() -> list[str]:
        del asked[:]
        for _ in range(5):
            await trio.lowlevel.checkpoint()
        return list(asked)

    assert trio.run(main, clock=Clock()) == ["time"] * 5


def test_inside_trio() -> None:
    async def main() -> bool:
        return trio_pins.inside_trio()

    assert trio.run(main)
    assert not trio_pins.inside_trio()
