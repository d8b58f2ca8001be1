"""How the tests of the kernel play a run: a main, a kernel, choices."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import trio

from paytwice import Settings, Simulation, minutes, seconds, simulate
from paytwice.choices import Choices, Deviation
from paytwice.kernel.kernel import Kernel
from paytwice.kernel.trio_pins import deterministic_batches
from paytwice.run import Run

T = TypeVar("T")
Main = Callable[[Kernel, trio.Nursery], Awaitable[T]]

ROUGH = Settings(profile="rough")


def play(main: Main[T], *, choices: Choices | None = None, kernel: Kernel | None = None) -> T:
    """Play one run of a main in a kernel of its own; calm unless there are choices."""
    its_kernel = Kernel() if kernel is None else kernel
    with deterministic_batches() as batches:

        async def begin() -> T:
            return await its_kernel.run(
                lambda nursery: main(its_kernel, nursery),
                scheduling=Choices() if choices is None else choices,
                batches=batches,
            )

        return trio.run(begin, clock=its_kernel)


def play_seed(main: Main[T], seed: int) -> T:
    """Play one run of a main with the choices of a seed."""
    return play(main, choices=Choices(seed=seed))


async def late_wechat(sim: Simulation) -> None:
    """The seed story: WeChat hangs, Alipay is paid, then WeChat's success arrives after all."""
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    sim.network.hold("merchant", "wechat", lasting=minutes(3))
    await order.confirm("wechat")
    await sim.sleep(seconds(40))
    await order.pay("alipay")


def rough(seed: int | None, *, deviations: list[Deviation] | None = None, elide: bool = True) -> Run:
    """The seed story under the rough profile."""
    return simulate(late_wechat, seed=seed, deviations=deviations, settings=ROUGH, elide=elide)
