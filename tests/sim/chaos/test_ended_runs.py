"""A run that ends in a way of its own, or does not end, is one result and costs no other."""

from __future__ import annotations

import multiprocessing
import signal
from pathlib import Path

import pytest

from paytwice.chaos import worker
from paytwice.chaos.worker import Chunk, play_chunk
from paytwice.story.plot import Plot

SPAWN = multiprocessing.get_context("spawn")


STUBBORN = """
from paytwice import Simulation


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    never_ends = sim.choose("ends", 3) == 1
    while never_ends:
        try:
            for _ in range(1_000):
                pass
        except Exception:
            pass
"""


def test_code_that_catches_every_error_does_not_catch_its_end(tmp_path: Path) -> None:
    path = tmp_path / "stubborn.py"
    path.write_text(STUBBORN)
    chunk = Chunk(Plot(str(path)), tuple((seed,) for seed in range(8)), seconds=0.3, memory=0)

    results = play_chunk(chunk)

    assert [one.origin for one in results] == list(chunk.origins), "each once, and in order"
    late = [one for one in results if one.failure == "RunTimeout: it took more than 0.3 s"]
    assert 0 < len(late) < 8
    assert {one.outcome for one in results if one not in late} == {"ok"}


ABORTING = """
from paytwice import Simulation


class Abort(BaseException):
    pass


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    if sim.choose("ends", 3) == 1:
        raise Abort("enough")
"""


def test_what_is_no_error_and_ends_a_run_ends_no_other(tmp_path: Path) -> None:
    path = tmp_path / "aborting.py"
    path.write_text(ABORTING)
    chunk = Chunk(Plot(str(path)), tuple((seed,) for seed in range(8)), memory=0)

    results = play_chunk(chunk)

    assert [one.origin for one in results] == list(chunk.origins), "each once, and in order"
    ended = [one for one in results if one.failure.startswith("Abort: enough")]
    assert 0 < len(ended) < 8
    assert {one.outcome for one in results if one not in ended} == {"ok"}


INTERRUPTING = """
from paytwice.merchant.reference.merchant import reference


class Impatient:
    def __init__(self, around):
        self._inner = reference(around)

    def __getattr__(self, name):
        return getattr(self._inner, name)

    async def notified(self, notification):
        raise KeyboardInterrupt("enough")
"""

INTERRUPTED = """
import os
import signal

from paytwice import Simulation


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    if sim.choose("ends", 3) == 1:
        os.kill(os.getpid(), signal.SIGINT)
        await sim.sleep(1)
"""


def test_a_keyboard_interrupt_that_a_merchant_raises_is_the_failure_of_its_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "interrupting_shop.py").write_text(INTERRUPTING)
    monkeypatch.syspath_prepend(tmp_path)
    plot = Plot("late_wechat_after_alipay", {}, "interrupting_shop:Impatient")

    results = play_chunk(Chunk(plot, ((1,), (2,), (3,)), memory=0))

    assert [one.origin for one in results] == [(1,), (2,), (3,)]
    assert {one.outcome for one in results} == {"failed"}
    assert results[0].failure.startswith("KeyboardInterrupt: enough (")


def test_ctrl_c_ends_a_chunk(tmp_path: Path) -> None:
    path = tmp_path / "interrupted.py"
    path.write_text(INTERRUPTED)
    before = signal.getsignal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        play_chunk(Chunk(Plot(str(path)), tuple((seed,) for seed in range(8)), memory=0))

    assert signal.getsignal(signal.SIGINT) is before


STUCK = """
from paytwice import Simulation


async def story(sim: Simulation) -> None:
    await sim.checkout("99.00 CNY")
    sum(range(10**15))  # not a line of Python in between
"""


def _play_stuck(path: Path) -> None:
    worker.STUCK = 0.2  # type: ignore[misc]
    play_chunk(Chunk(Plot(str(path)), ((1,),), seconds=0.2, memory=0))


def test_what_nothing_can_interrupt_takes_its_process_along_and_not_the_campaign(tmp_path: Path) -> None:
    path = tmp_path / "stuck.py"
    path.write_text(STUCK)
    process = SPAWN.Process(target=_play_stuck, args=(path,))
    process.start()
    try:
        process.join(60)
        assert process.exitcode == 1, "as of a worker that died, of which the campaign knows what to make"
    finally:
        process.kill()
