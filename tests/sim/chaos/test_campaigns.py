"""A campaign keeps every seed's result once, whatever happens to its workers."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import pytest
from tests.sim.chaos.deadly import DEADLY

from paytwice.chaos.campaign import Campaign, Crew, play
from paytwice.chaos.census import Census
from paytwice.chaos.result import Result
from paytwice.chaos.store import ResultStore
from paytwice.chaos.worker import Chunk, end_with_parent, play_chunk
from paytwice.story.plot import Plot

PLOT = Plot("busy_shop", {"profile": "rough"})
SPAWN = multiprocessing.get_context("spawn")


class Here(Executor):
    """Plays at once, in this process."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(fn(*args, **named))
        return future


def played(campaign: Campaign, store: ResultStore, crew: Crew | None = None) -> Census:
    census = Census()
    crew = crew or Crew(Here, 1)
    play(campaign, store, crew, census.take)
    crew.dismiss()
    return census


def processes(jobs: int) -> Crew:
    return Crew(lambda: ProcessPoolExecutor(jobs, mp_context=SPAWN), jobs)


def digests(store: ResultStore) -> dict[str, str]:
    return {result.name: result.digest for _, result in store.results()}


def seeds(*numbers: int) -> list[str]:
    return sorted(map(str, range(*numbers)))


def test_one_or_two_workers_find_the_same() -> None:
    alone, together = ResultStore(None), ResultStore(None)
    played(Campaign((PLOT,), 12, chunk=3), alone)
    played(Campaign((PLOT,), 12, chunk=5), together, processes(2))

    assert digests(alone) == digests(together)
    assert sorted(digests(alone)) == seeds(12)


def test_a_campaign_goes_on_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "results.sqlite"
    store = ResultStore(path)
    played(Campaign((PLOT,), 6, chunk=2), store)
    store.close()
    again = ResultStore(path)
    census = played(Campaign((PLOT,), 10, chunk=4), again)

    assert census.runs == 4, "only what was not played yet"
    assert sorted(digests(again)) == seeds(10)


def test_a_seed_that_kills_hangs_or_eats_memory_is_told_as_itself(tmp_path: Path) -> None:
    path = tmp_path / "deadly.py"
    path.write_text(DEADLY)
    store = ResultStore(None)
    campaign = Campaign((Plot(str(path)),), 40, chunk=5, seconds=1)

    census = played(campaign, store, processes(2))

    assert census.runs == 40, "every seed has its result, once"
    whys = "\n".join(census.failures.values())
    assert "the worker process died while it played this run" in whys
    assert "took more than 1 s" in whys
    assert "MemoryError" in whys
    assert census.outcomes["ok"] > 20, "and the others theirs"


def _play_and_die(path: Path) -> None:
    store = ResultStore(path)

    def tell(_plot: str, _results: Sequence[Result]) -> None:
        tell.chunks += 1  # type: ignore[attr-defined]
        if tell.chunks == 3:  # type: ignore[attr-defined]
            os.kill(os.getpid(), signal.SIGKILL)

    tell.chunks = 0  # type: ignore[attr-defined]
    play(Campaign((PLOT,), 20, chunk=2), store, Crew(Here, 1), tell)


def test_after_kill_9_what_was_written_is_there_and_the_rest_is_played(tmp_path: Path) -> None:
    path = tmp_path / "results.sqlite"
    process = SPAWN.Process(target=_play_and_die, args=(path,))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    store = ResultStore(path)
    kept = digests(store)
    whole = ResultStore(None)
    played(Campaign((PLOT,), 20, chunk=20), whole)

    assert sorted(kept) == seeds(6), "three chunks of two, none of them lost"
    played(Campaign((PLOT,), 20, chunk=2), store)
    assert digests(store) == digests(whole)


def _hire_and_die(told: Connection) -> None:
    pool = ProcessPoolExecutor(1, mp_context=SPAWN, initializer=end_with_parent)
    told.send(pool.submit(os.getpid).result())
    os.kill(os.getpid(), signal.SIGKILL)


def test_workers_end_when_the_campaign_is_killed() -> None:
    here, there = SPAWN.Pipe()
    process = SPAWN.Process(target=_hire_and_die, args=(there,))
    process.start()
    worker = here.recv()
    process.join(60)

    for _ in range(1_000):
        if not _is_alive(worker):
            return
        wait([], timeout=0.01)  # nothing in it: a pause
    os.kill(worker, signal.SIGKILL)
    pytest.fail("the worker waits for a campaign that is gone")


def _is_alive(pid: int) -> bool:
    """Whether a process runs; one that nobody has asked for its end is not alive any more."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


# -- the report ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mutations", "asked"), [(0, [(5,), (6,), (7,)]), (9, [(5,), (6,), (7,), (5, 1), (7, 2, 1)])]
)
def test_a_campaign_asks_for_its_own_seeds_and_for_mutations_if_it_has_any(
    mutations: int, asked: list[tuple[int, ...]]
) -> None:
    known = [(4,), (5,), (6,), (7,), (8,), (4, 1), (5, 1), (7, 2, 1), (8, 1)]

    assert [one for one in known if Campaign((PLOT,), 3, 5, mutations).asks_for(one)] == asked


def test_a_chunk_is_played_by_its_seeds() -> None:
    search = Campaign((PLOT,), 5, begin=100, chunk=2).search(PLOT, ResultStore(None))
    chunks = [search.next() for _ in range(4)]

    assert chunks == [((100,), (101,)), ((102,), (103,)), ((104,),), None]
    assert [one.name for one in play_chunk(Chunk(PLOT, chunks[0] or (), memory=0))] == ["100", "101"]
