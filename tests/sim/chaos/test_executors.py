"""Whatever executor plays a campaign, a seed is what it is, and the limits hold."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psutil
import pytest
from tests.sim.chaos.deadly import DEADLY
from tests.sim.chaos.watching import until

from paytwice.chaos import apart
from paytwice.chaos.apart import Terms, play_apart
from paytwice.chaos.campaign import Campaign, Crew, play
from paytwice.chaos.census import Census
from paytwice.chaos.executors import ExecutorError, hired
from paytwice.chaos.result import Result
from paytwice.chaos.store import ResultStore
from paytwice.chaos.worker import Chunk
from paytwice.story.plot import Plot

PLOT = Plot("same_notification_twice", {"profile": "rough"})
SPAWN = multiprocessing.get_context("spawn")
TALKATIVE = '''
"""A story that reads and writes where its process is told what to play."""

import os
import sys

from paytwice import Simulation


async def story(sim: Simulation) -> None:
    assert sys.stdin.read() == ""
    print("{says}", flush=True)
    os.write(1, b"and more")
    await (await sim.checkout("{price}")).pay("wechat")
'''


def threads() -> Executor:
    """A factory, as somebody brings one."""
    return ThreadPoolExecutor(2)


class Gives(Executor):
    """An executor of which every future ends in the same way."""

    def __init__(self, end: Callable[[Future[Any]], object]) -> None:
        self.end = end

    def submit(self, fn: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.end(future)
        return future


def cancels() -> Executor:
    """A factory of an executor that plays nothing."""
    return Gives(lambda future: future.cancel() and future.set_running_or_notify_cancel())


def fails() -> Executor:
    """A factory of an executor that has no room."""
    return Gives(lambda future: future.set_exception(OSError("no space left")))


class Speechless(Exception):
    """An error that cannot even be told."""

    def __str__(self) -> str:
        raise AttributeError("worker")


def dumb() -> Executor:
    """A factory of an executor that ends in such an error."""
    return Gives(lambda future: future.set_exception(Speechless()))


def refuses() -> Executor:
    """A factory that finds no machines."""
    raise ConnectionError("no machines today")


def no_executor() -> list[int]:
    """A factory of something else."""
    return []


HERE = __name__


@pytest.fixture(autouse=True)
def _no_players_stay() -> Iterator[None]:
    yield
    apart.dismiss_idle()


def played(campaign: Campaign, crew: Crew) -> tuple[Census, ResultStore]:
    census, store = Census(), ResultStore(None)
    try:
        play(campaign, store, crew, census.take)
    finally:
        crew.dismiss()
    return census, store


def test_an_executor_of_ones_own_finds_the_same() -> None:
    campaign = Campaign((PLOT,), 12, mutations=50, chunk=5)
    _, theirs = played(campaign, hired(f"{HERE}:threads", 2))
    _, ours = played(campaign, hired("process", 1))

    assert list(theirs.results()) == list(ours.results())
    assert len(list(ours.results())) > 12, "mutations too"


def test_limits_hold_in_threads_too(tmp_path: Path) -> None:
    path = tmp_path / "deadly.py"
    path.write_text(DEADLY)
    crew = hired("concurrent.futures:ThreadPoolExecutor", 2)
    census, _ = played(Campaign((Plot(str(path)),), 18, chunk=5, seconds=0.5), crew)

    assert census.runs == 18, "every seed has its result, once"
    whys = "\n".join(census.failures.values())
    assert "the worker process died while it played this run" in whys
    assert "took more than 0.5 s" in whys
    assert "MemoryError" in whys


def test_a_process_that_was_killed_from_outside_costs_no_seed() -> None:
    terms, chunk = Terms.here(), Chunk(PLOT, ((1,), (2,)))
    first = play_apart(terms, chunk)
    [player] = apart._IDLE
    player.process.kill()

    assert play_apart(terms, chunk) == first


def test_what_never_answers_is_killed_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "SILENCE", -60.0)
    [result] = play_apart(Terms.here(), Chunk(PLOT, ((1,),)))

    assert result == Result((1,), "failed", "", failure="it took more than 0 s and could not be interrupted")


def test_a_story_that_reads_and_prints_disturbs_nobody(tmp_path: Path) -> None:
    path = tmp_path / "talkative.py"
    path.write_text(TALKATIVE.format(says="hello", price="99.00 CNY"))
    results = play_apart(Terms.here(), Chunk(Plot(str(path)), ((1,), (2,))))

    assert [one.outcome for one in results] == ["ok", "ok"], results


def test_another_campaign_sees_what_was_mended_meanwhile(tmp_path: Path) -> None:
    path, first = tmp_path / "talkative.py", Terms.here()
    chunk = Chunk(Plot(str(path)), ((1,),))
    path.write_text(TALKATIVE.format(says="", price="1.00 CNY"))
    before = play_apart(first, chunk)
    path.write_text(TALKATIVE.format(says="", price="2000.00 CNY"))

    assert play_apart(first, chunk) == before, "one campaign plays one thing"
    assert play_apart(Terms.here(), chunk) != before
    assert len(apart._IDLE) == 1, "and those of the campaign before are gone"


def _play_and_tell(told: Connection) -> None:
    play_apart(Terms.here(), Chunk(PLOT, ((1,),)))
    told.send(apart._IDLE[0].process.pid)
    os.kill(os.getpid(), signal.SIGKILL)


def test_who_plays_apart_ends_with_the_worker_it_plays_for() -> None:
    here, there = SPAWN.Pipe()
    process = SPAWN.Process(target=_play_and_tell, args=(there,))
    process.start()
    player = here.recv()
    process.join(60)

    until(lambda: not psutil.pid_exists(player) or psutil.Process(player).status() == psutil.STATUS_ZOMBIE)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("proces", "there is no executor 'proces': did you mean process"),
        (
            "nonsense",
            "there is no executor 'nonsense': there are process, dask:tcp://127.0.0.1:8786 and module:",
        ),
        ("daks:tcp://h:1", "there is no executor 'daks:tcp://h:1': did you mean dask:tcp://h:1"),
        ("nowhere:make", "executor module nowhere cannot be imported: there is no module 'nowhere'"),
        (f"{HERE}:thread", "has no 'thread': did you mean threads"),
        (f"{HERE}:PLOT", "PLOT is a Plot, not a factory that makes an executor"),
        (f"{HERE}:no_executor", "no_executor made a list, not a concurrent.futures.Executor"),
        (f"{HERE}:refuses", "refuses raised ConnectionError: no machines today"),
    ],
)
def test_what_is_no_executor_is_told(name: str, says: str) -> None:
    with pytest.raises(ExecutorError) as error:
        hired(name, None)

    assert says in str(error.value)


@pytest.mark.parametrize(
    ("name", "plot", "says"),
    [
        ("cancels", PLOT, "plays no more: it has cancelled what it was given"),
        ("fails", PLOT, "plays no more: OSError: no space left"),
        ("dumb", PLOT, "plays no more: Speechless"),
        ("threads", Plot("nowhere"), "a worker cannot play this: there is no scenario 'nowhere'"),
    ],
)
def test_an_executor_that_does_not_play_is_told(name: str, plot: Plot, says: str) -> None:
    with pytest.raises(ExecutorError, match=f"--executor {HERE}:{name}:? {says}"):
        played(Campaign((plot,), 4, chunk=2), hired(f"{HERE}:{name}", 1))
