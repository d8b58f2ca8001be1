"""However a run ends, it ends at once, says why, and nothing of it goes on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
import trio
import trio.lowlevel
from tests.sim.kernel.playing import play

from paytwice.errors import DeadEnd, Livelock, PaytwiceError, ProcessDead
from paytwice.kernel import clock
from paytwice.kernel.kernel import Future, Kernel

HOUR = 3_600_000


def test_when_main_returns_nothing_runs_on() -> None:
    written: list[str] = []

    async def main(kernel: Kernel, nursery: trio.Nursery) -> str:
        async def worker() -> None:
            while True:
                await kernel.sleep(10, "worker")
                written.append("worker")

        kernel.spawn(nursery, "worker", worker)
        kernel.call_at(35, "callback", lambda: written.append("callback"))
        kernel.call_at(25, "callback", lambda: written.append("callback"))
        await kernel.sleep(30, "story")
        written.append("story")
        return "done"

    kernel = Kernel()
    assert play(main, kernel=kernel) == "done"
    assert written.index("story") == len(written) - 1
    assert written.count("callback") == 1
    assert not kernel.open
    assert kernel.now == 30


def test_a_shielded_finally_finds_that_the_run_is_over() -> None:
    written: list[str] = []

    async def main(kernel: Kernel, nursery: trio.Nursery) -> str:
        never: Future[int] = kernel.future("never")

        async def stubborn(name: str) -> None:
            try:
                await kernel.sleep(HOUR, name)
            finally:
                with trio.CancelScope(shield=True):
                    written.append(f"{name} begins")
                    await kernel.sleep(50_000, f"{name} cleans up")
                    written.append(f"{name} wrote at {kernel.now}")

        async def shielded_all_along() -> None:
            with trio.CancelScope(shield=True):
                await never.wait()
            written.append("woken")

        nursery.start_soon(stubborn, "a")
        nursery.start_soon(stubborn, "b")
        nursery.start_soon(shielded_all_along)
        await kernel.sleep(10, "story")
        return "done"

    kernel = Kernel()
    assert play(main, kernel=kernel) == "done"
    assert written == ["a begins", "b begins"]
    assert kernel.now == 10


def test_a_shielded_finally_of_foreign_code_ends_by_itself() -> None:
    async def main(kernel: Kernel, nursery: trio.Nursery) -> str:
        async def stubborn() -> None:
            try:
                await trio.sleep_forever()
            finally:
                with trio.CancelScope(shield=True):
                    await trio.sleep(5)

        nursery.start_soon(stubborn)
        await kernel.sleep(10, "story")
        return "done"

    assert play(main) == "done"


def test_what_the_story_raises_is_raised() -> None:
    async def main(kernel: Kernel, nursery: trio.Nursery) -> None:
        nursery.start_soon(kernel.sleep, HOUR, "worker")
        await kernel.sleep(10, "story")
        raise LookupError("the story's own")

    with pytest.raises(LookupError, match="the story's own"):
        play(main)


def test_what_a_task_raises_ends_the_run() -> None:
    async def main(kernel: Kernel, nursery: trio.Nursery) -> None:
        async def worker() -> None:
            await kernel.sleep(10, "worker")
            raise LookupError("the worker's")

        kernel.spawn(nursery, "worker", worker)
        await kernel.sleep(HOUR, "story")

    kernel = Kernel()
    with pytest.raises(LookupError, match="the worker's"):
        play(main, kernel=kernel)
    assert kernel.now == 10


def test_what_a_callback_raises_is_no_internal_error_of_trio() -> None:
    def callback() -> None:
        raise LookupError("in the clock")

    async def main(kernel: Kernel, _: trio.Nursery) -> None:
        kernel.call_at(20, "callback", callback)
        await kernel.sleep(HOUR, "story")

    kernel = Kernel()
    with pytest.raises(LookupError, match="in the clock") as caught:
        play(main, kernel=kernel)
    assert not isinstance(caught.value, trio.TrioInternalError)
    assert kernel.now == 20


def test_an_error_of_a_nursery_comes_without_groups_and_still_names_the_nursery() -> None:
    async def opens_a_nursery(kernel: Kernel, _: trio.Nursery) -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(fails)
            await kernel.sleep(HOUR, "story")

    async def fails() -> None:
        raise LookupError("deep down")

    with pytest.raises(LookupError, match="deep down") as caught:
        play(opens_a_nursery)
    names = [entry.name for entry in caught.traceback]
    assert names.index("opens_a_nursery") < names.index("fails")


def test_several_errors_come_as_a_group() -> None:
    async def main(kernel: Kernel, nursery: trio.Nursery) -> None:
        async def fails() -> None:
            await trio.sleep(1)
            raise LookupError("a")

        async def fails_when_cancelled() -> None:
            try:
                await trio.sleep_forever()
            except trio.Cancelled:
                raise ValueError("b") from None

        nursery.start_soon(fails)
        nursery.start_soon(fails_when_cancelled)
        await kernel.sleep(HOUR, "story")

    with pytest.raises(ExceptionGroup) as caught:
        play(main)
    assert {str(error) for error in caught.value.exceptions} == {"a", "b"}


def test_a_dead_end_names_who_waits_for_what() -> None:
    async def main(kernel: Kernel, nursery: trio.Nursery) -> None:
        bell = kernel.bell("the shop's bell")
        kernel.spawn(nursery, "shop", bell.wait)
        nursery.start_soon(trio.sleep_forever, name="lodger")
        future: Future[int] = kernel.future("customer pay.start P1")
        await future.wait()

    with pytest.raises(DeadEnd) as caught:
        play(main)
    text = str(caught.value)
    assert "story waits at customer pay.start P1" in text
    assert "shop waits at the shop's bell" in text
    assert "lodger waits at something that is not paytwice's" in text
    assert "at 0 ms nothing can happen any more" in text


async def sleep_for_nothing() -> None:
    await trio.lowlevel.checkpoint()


async def checkpoint() -> None:
    await trio.lowlevel.checkpoint()


@pytest.mark.parametrize("nap", [sleep_for_nothing, checkpoint])
def test_a_loop_that_never_sleeps_is_a_livelock(
    nap: Callable[[], Awaitable[None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "PASSES_LIMIT", 2_000)

    async def main(kernel: Kernel, _: trio.Nursery) -> None:
        await kernel.sleep(17, "story")
        while True:
            await nap()

    with pytest.raises(
        Livelock, match=r"at 17 ms .* loop around trio.lowlevel.checkpoint\(\) or trio.sleep\(0\)"
    ):
        play(main)


def test_steps_in_one_millisecond_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "STILL_LIMIT", 500)

    async def main(kernel: Kernel, _: trio.Nursery) -> None:
        for at in range(1, 2_000):
            await kernel.sleep_until(at, "story")
        while True:
            await kernel.step("again")

    with pytest.raises(Livelock, match="more than 500 steps were taken at 1999 ms"):
        play(main)


def test_steps_of_a_run_are_limited() -> None:
    async def main(kernel: Kernel, _: trio.Nursery) -> None:
        while True:
            await kernel.sleep(1, "again")

    with pytest.raises(Livelock, match="more than 3000 steps"):
        play(main, kernel=Kernel(steps_limit=3_000))


def test_a_callback_that_calls_itself_for_ever_is_a_livelock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "STILL_LIMIT", 500)

    async def main(kernel: Kernel, _: trio.Nursery) -> None:
        def again() -> None:
            kernel.call_at(kernel.now, "again", again)

        again()
        await kernel.sleep(10, "story")

    with pytest.raises(Livelock, match="at 0 ms"):
        play(main)


def test_ctrl_c_ends_a_run_that_only_elides() -> None:
    async def main(kernel: Kernel, _: trio.Nursery) -> None:
        for i in range(100_000):
            await kernel.sleep(1, "story")
            if i == 50:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        play(main)


def test_a_kernel_plays_one_run_at_a_time() -> None:
    async def main(kernel: Kernel, _: trio.Nursery) -> None:
        async def nothing(_: trio.Nursery) -> None: ...

        await kernel.run(nothing)

    with pytest.raises(PaytwiceError, match="one run at a time"):
        play(main)


def test_one_trio_program_plays_many_runs() -> None:
    async def main() -> list[int]:
        ended: list[int] = []

        async def story(nursery: trio.Nursery) -> None:
            nursery.start_soon(kernel.sleep, HOUR, "left behind")
            kernel.call_at(HOUR, "left behind", lambda: ended.append(-1))
            await kernel.sleep(100, "story")

        for _ in range(3):
            await kernel.run(story)
            ended.append(kernel.now)
        return ended

    kernel = Kernel()
    assert trio.run(main, clock=kernel) == [100, 100, 100]


def test_after_a_run_a_primitive_says_that_it_is_over() -> None:
    kernel = Kernel()

    async def main() -> None:
        async def story(_: trio.Nursery) -> None: ...

        await kernel.run(story)
        with pytest.raises(ProcessDead, match="late: the run is over"):
            await kernel.step("late")

    trio.run(main, clock=kernel)
