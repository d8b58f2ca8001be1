"""The tasks of a merchant's process are used again, and no work can tell."""

from __future__ import annotations

from contextvars import ContextVar

import pytest
import trio
from tests.sim.kernel.playing import play

from paytwice.choices import Choices
from paytwice.errors import DeadEnd
from paytwice.kernel.kernel import Kernel
from paytwice.merchant.crew import Crew

BOUND: ContextVar[str] = ContextVar("BOUND", default="nothing")


@pytest.mark.parametrize("elide", [True, False])
def test_each_work_has_a_context_of_its_own(elide: bool) -> None:
    async def main(kernel: Kernel, nursery: trio.Nursery) -> tuple[list[str], int]:
        crew, seen = Crew(kernel, nursery), []
        tasks: dict[trio.lowlevel.Task, bool] = {}

        async def work() -> None:
            tasks[trio.lowlevel.current_task()] = True
            seen.append(BOUND.get())
            BOUND.set("left behind")
            await kernel.sleep(1, "work")
            assert BOUND.get() == "left behind"

        for n in range(6):
            BOUND.set(f"of starter {n}")
            crew.start(f"work {n}", work)
            BOUND.set("nobody's")
            if n % 2:
                await kernel.sleep(10, "story")
        for at in range(100, 103):  # begun by callbacks, while the crew is about to park itself
            kernel.call_at(at, "callback", lambda: crew.start("work of a callback", work))
        await kernel.sleep_until(200, "story")
        return seen, len(tasks)

    seen, tasks = play(main, kernel=Kernel(elide=elide))

    assert seen == [*(f"of starter {n}" for n in range(6)), "nothing", "nothing", "nothing"]
    assert tasks == 2


def test_the_first_steps_of_works_begun_at_once_come_in_any_order() -> None:
    async def main(kernel: Kernel, nursery: trio.Nursery) -> str:
        crew, written = Crew(kernel, nursery), []

        async def work(name: str) -> None:
            written.append(name)

        for _ in range(2):  # with new tasks, then with tasks that are idle
            written.clear()
            for name in "abc":
                crew.start(name, lambda name=name: work(name))  # type: ignore[misc]
            await kernel.sleep(10, "story")
        return "".join(written)

    assert len({play(main, choices=Choices(seed=seed)) for seed in range(80)}) == 6


def test_who_is_idle_is_not_waiting_for_anything() -> None:
    async def main(kernel: Kernel, nursery: trio.Nursery) -> None:
        crew = Crew(kernel, nursery)

        async def nothing() -> None: ...

        crew.start("work", nothing)
        await kernel.bell("a bell that nobody rings").wait()

    with pytest.raises(DeadEnd) as caught:
        play(main)
    assert "story waits at a bell that nobody rings" in str(caught.value)
    assert "work" not in str(caught.value)
