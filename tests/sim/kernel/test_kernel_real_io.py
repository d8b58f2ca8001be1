"""Real I/O under hold() costs no virtual time; with a pace, virtual time follows real time."""

from __future__ import annotations

import threading
import time

import pytest
import trio
from tests.sim.kernel.playing import play, play_seed

from paytwice.errors import PaytwiceError
from paytwice.kernel.kernel import Future, Kernel
from paytwice.kernel.pace import RealTime


def wait_really(seconds: float) -> str:
    threading.Event().wait(seconds)
    return "back"


async def thread_among_others(kernel: Kernel, nursery: trio.Nursery) -> str:
    written: list[str] = []

    async def ticker(name: str) -> None:
        while True:
            await kernel.sleep(3, name)
            written.append(f"{name}{kernel.now}")
            with trio.move_on_after(0.001):
                await trio.sleep_forever()

    async def busy() -> None:
        for _ in range(30):
            await trio.lowlevel.checkpoint()
        written.append("busy")

    async def with_thread(name: str) -> None:
        await kernel.sleep(10, name)
        nursery.start_soon(busy)
        async with kernel.hold():
            before = kernel.now
            written.append(await trio.to_thread.run_sync(wait_really, 0.002))
            assert kernel.now == before
        written.append(f"{name} {kernel.now}")

    for name in "ab":
        kernel.spawn(nursery, name, ticker, name)
    async with trio.open_nursery() as threads:
        threads.start_soon(with_thread, "t1")
        threads.start_soon(with_thread, "t2")
    await kernel.sleep(20, "story")
    return " ".join(written)


def test_a_thread_under_hold_leaves_one_trace() -> None:
    assert len({play_seed(thread_among_others, 5) for _ in range(10)}) == 1


async def socket_among_others(kernel: Kernel, nursery: trio.Nursery) -> str:
    written: list[str] = []

    async def ticker() -> None:
        while True:
            await kernel.sleep(1, "ticker")
            written.append(str(kernel.now))

    kernel.spawn(nursery, "ticker", ticker)
    await kernel.sleep(5, "story")
    async with kernel.hold():
        listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
        port = listeners[0].socket.getsockname()[1]
        async with trio.open_nursery() as serving:
            serving.start_soon(trio.serve_listeners, echo, listeners)
            client = await trio.open_tcp_stream("127.0.0.1", port)
            await client.send_all(b"hello")
            written.append((await client.receive_some(10)).decode())
            await client.aclose()
            serving.cancel_scope.cancel()
    await kernel.sleep(5, "story")
    return " ".join(written)


async def echo(stream: trio.SocketStream) -> None:
    async for data in stream:
        await stream.send_all(data)


def test_a_socket_under_hold_leaves_one_trace() -> None:
    traces = {play_seed(socket_among_others, 5) for _ in range(10)}

    assert len(traces) == 1
    assert "hello" in traces.pop()


def test_virtual_sleep_under_hold_is_refused() -> None:
    async def main(kernel: Kernel, _: trio.Nursery) -> None:
        async with kernel.hold():
            await kernel.sleep(5, "nap")

    with pytest.raises(PaytwiceError, match=r"nap: virtual time stands still under hold\(\)"):
        play(main)


def test_three_virtual_seconds_at_factor_100_take_30_real_milliseconds() -> None:
    async def main(kernel: Kernel, _: trio.Nursery) -> int:
        for _tick in range(3):
            await kernel.sleep(1_000, "story")
        return kernel.now

    began = time.monotonic()  # noqa: TID251  # real time is what is tested
    now = play(main, kernel=Kernel(pace=RealTime(100)))
    took = time.monotonic() - began  # noqa: TID251

    assert 3_000 <= now < 60_000
    assert 0.029 < took < 0.6


def test_foreign_sleeps_follow_the_pace_too() -> None:
    async def main(kernel: Kernel, _: trio.Nursery) -> tuple[float, int]:
        await trio.sleep(2)
        return trio.current_time(), kernel.now

    seconds, now = play(main, kernel=Kernel(pace=RealTime(200)))
    assert seconds >= 2
    assert now >= 2_000


def test_a_paced_kernel_serves_real_clients_without_holds() -> None:
    """The server thinks for 500 virtual ms; a client in the same program measures how virtual time passed."""

    async def main(kernel: Kernel, nursery: trio.Nursery) -> tuple[bytes, int, int]:
        async def think_and_echo(stream: trio.SocketStream) -> None:
            async for data in stream:
                await kernel.sleep(500, "server thinks")
                await stream.send_all(data)

        listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
        nursery.start_soon(trio.serve_listeners, think_and_echo, listeners)
        async with await trio.open_tcp_stream("127.0.0.1", listeners[0].socket.getsockname()[1]) as client:
            await trio.to_thread.run_sync(wait_really, 0.02)  # real I/O: 2 virtual seconds at factor 100
            asked = kernel.now
            await client.send_all(b"hello")
            answer = await client.receive_some(10)
        return bytes(answer), asked, kernel.now

    answer, asked, answered = play(main, kernel=Kernel(pace=RealTime(100)))

    assert answer == b"hello"
    assert asked >= 2_000, "the time that the thread took has passed"
    assert 500 <= answered - asked < 60_000


def test_a_paced_kernel_waits_for_the_world_where_a_simulated_one_is_at_a_dead_end() -> None:
    async def main(kernel: Kernel, nursery: trio.Nursery) -> str:
        future: Future[str] = kernel.future("the world's answer")

        async def ask_the_world() -> None:
            future.set(await trio.to_thread.run_sync(wait_really, 0.01))

        nursery.start_soon(ask_the_world)
        return await future.wait()

    assert play(main, kernel=Kernel(pace=RealTime())) == "back"


def test_paced_time_never_passes_a_timer_that_is_due() -> None:
    seconds = [0.0]
    seen: list[int] = []

    async def main(kernel: Kernel, _: trio.Nursery) -> list[int]:
        for at in (100, 200, 300):
            kernel.call_at(at, "timer", lambda: seen.append(kernel.now))
        seconds[0] = 10.0  # the machine was asleep
        await kernel.sleep(300, "story")
        return seen

    pace = RealTime(1, clock=lambda: seconds[0])
    assert play(main, kernel=Kernel(pace=pace)) == [100, 200, 300]


def test_paced_time_goes_on_while_tasks_are_busy() -> None:
    seconds = [0.0]

    async def main(kernel: Kernel, _: trio.Nursery) -> list[int]:
        seen = []
        for _tick in range(3):
            seconds[0] += 1.5
            await trio.lowlevel.checkpoint()
            seen.append(kernel.now)
        return seen

    assert play(main, kernel=Kernel(pace=RealTime(2, clock=lambda: seconds[0]))) == [3_000, 6_000, 9_000]


@pytest.mark.parametrize("factor", [0, -1, float("inf"), float("nan")])
def test_a_factor_that_is_none_is_refused(factor: float) -> None:
    with pytest.raises(ValueError, match=f"not {factor!r}"):
        RealTime(factor)
