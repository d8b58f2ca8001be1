"""SQL of synchronous code: at each statement others may run, and a crash leaves nothing half done."""

from __future__ import annotations

from contextvars import ContextVar

import pytest
import trio

from paytwice.web.statements import is_bridged, run_sync, wait_for

WHO: ContextVar[str] = ContextVar("WHO", default="nobody")


async def soon(value: str) -> str:
    await trio.lowlevel.checkpoint()
    return value


async def fails() -> None:
    await trio.lowlevel.checkpoint()
    raise ZeroDivisionError("awaited")


def test_synchronous_code_gets_what_it_waits_for() -> None:
    def work(first: str) -> list[str]:
        return [first, wait_for(soon("two")), wait_for(soon("three"))]

    assert trio.run(run_sync, work, "one") == ["one", "two", "three"]


def test_what_was_raised_while_it_waited_is_raised_in_it() -> None:
    def work() -> str:
        try:
            wait_for(fails())
        except ZeroDivisionError as error:
            return f"caught: {error}"
        return "nothing happened"

    assert trio.run(run_sync, work) == "caught: awaited"


def test_what_it_raises_is_raised_to_its_caller() -> None:
    def work() -> None:
        wait_for(soon("a step"))
        raise ZeroDivisionError("its own")

    with pytest.raises(ZeroDivisionError, match="its own"):
        trio.run(run_sync, work)


def test_a_task_that_is_cancelled_lets_it_clean_up() -> None:
    left: list[str] = []

    def work() -> None:
        try:
            wait_for(trio.Event().wait())
        finally:
            left.append("cleaned up")

    async def main() -> None:
        with trio.move_on_after(0):
            await run_sync(work)

    trio.run(main)

    assert left == ["cleaned up"]


def test_two_pieces_of_code_take_turns() -> None:
    said: list[str] = []

    def work(name: str) -> None:
        for n in range(2):
            said.append(f"{name}{n}")
            wait_for(soon("its turn"))

    async def main() -> None:
        async with trio.open_nursery() as both:
            both.start_soon(run_sync, work, "a")
            both.start_soon(run_sync, work, "b")

    trio.run(main)

    assert sorted(said[:2]) == ["a0", "b0"], "one began while the other waited"
    assert sorted(said[2:]) == ["a1", "b1"]


def test_it_sees_the_context_of_its_task_and_nobody_else_is_bridged() -> None:
    seen: list[tuple[str, bool]] = []

    async def look() -> None:
        seen.append((WHO.get(), is_bridged()))

    def work() -> None:
        seen.append((WHO.get(), is_bridged()))
        wait_for(look())

    async def main() -> None:
        WHO.set("me")
        await run_sync(work)

    trio.run(main)

    assert seen == [("me", True), ("me", False)]
