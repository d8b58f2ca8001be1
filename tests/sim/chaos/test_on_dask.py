"""A campaign on a Dask cluster is the campaign that is played here, whatever happens to workers."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from pathlib import Path
from typing import Any

import pytest
from distributed import KilledWorker
from tests.sim.chaos.cluster import Cluster, cluster
from tests.sim.chaos.deadly import DEADLY
from tests.sim.chaos.watching import kept, until
from tests.sim.cli.commanding import in_a_process

from paytwice.chaos.apart import Terms
from paytwice.chaos.campaign import Campaign, Crew, play
from paytwice.chaos.census import Census
from paytwice.chaos.executors import ExecutorError, hired
from paytwice.chaos.on_dask import LOOKS, OnDask, on_dask
from paytwice.chaos.result import Result
from paytwice.chaos.store import ResultStore
from paytwice.chaos.worker import Chunk, play_chunk
from paytwice.story.plot import Plot

STORY = "same_notification_twice"
PLOT = Plot(STORY, {"profile": "rough"})
AS_PLAYED = Plot(STORY, {"profile": "rough", "schedule": "portfolio"})  # what the command has by default


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster with a worker to lose."""
    with cluster(tmp_path_factory.mktemp("cluster"), workers=2) as made:
        yield made


def digests_here(seeds: int) -> dict[str, str]:
    origins = tuple((seed,) for seed in range(seeds))
    return {one.name: one.digest for one in play_chunk(Chunk(AS_PLAYED, origins, memory=0))}


def digests(path: Path) -> dict[str, str]:
    store = ResultStore(path)
    found = {one.name: one.digest for _, one in store.results()}
    store.close()
    return found


def test_seeds_that_kill_hang_or_eat_memory_are_told_as_themselves(
    two_workers: Cluster, tmp_path: Path
) -> None:
    path = tmp_path / "deadly.py"
    path.write_text(DEADLY)
    census, crew = Census(), hired(f"dask:{two_workers.address}", None)

    play(Campaign((Plot(str(path)),), 18, chunk=5, seconds=0.5), ResultStore(None), crew, census.take)
    crew.dismiss()

    assert census.runs == 18, "every seed has its result, once"
    whys = "\n".join(census.failures.values())
    assert "the worker process died while it played this run" in whys
    assert "took more than 0.5 s" in whys
    assert "MemoryError" in whys
    assert census.outcomes["ok"] > 9, "and the others theirs"
    assert [one.poll() for one in two_workers.processes] == [None] * 3, "and no Dask worker died of it"


def test_a_worker_killed_in_mid_campaign_costs_no_result(two_workers: Cluster, tmp_path: Path) -> None:
    assert two_workers.listens_at() == {"127.0.0.1"}
    path, seeds = tmp_path / "results.sqlite", 125
    command = ("chaos", STORY, "--seeds", str(seeds), "--executor", f"dask:{two_workers.address}")
    campaign = subprocess.Popen(
        [sys.executable, "-m", "paytwice", *command, "--store", str(path), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until(lambda: kept(path))  # a chunk is there, and both workers have the next in hand
    os.kill(two_workers.processes[1].pid, signal.SIGKILL)
    out, err = campaign.communicate(timeout=180)

    assert campaign.returncode == 0, err
    assert f'"runs": {seeds},' in out
    assert err == "", "Dask's own worries are not the user's"
    assert digests(path) == digests_here(seeds), "every seed once, as it is played here"


def test_without_workers_a_campaign_is_not_begun(tmp_path: Path) -> None:
    with (
        cluster(tmp_path, workers=0) as made,
        pytest.raises(ExecutorError, match="has no workers: `dask worker"),
    ):
        on_dask("dask:x", made.address, Terms.here(), start=0.1)


@pytest.mark.parametrize("goes", ["worker", "scheduler"])
def test_who_is_gone_for_good_ends_the_campaign_and_is_named(goes: str, tmp_path: Path) -> None:
    with cluster(tmp_path, workers=1) as made:
        scheduler, worker = made.processes
        crew = Crew(lambda: on_dask("dask:x", made.address, Terms.here(), every=0.1), 1)
        store = ResultStore(None)

        def tell(_plot: str, _results: Sequence[Result]) -> None:
            os.kill((worker if goes == "worker" else scheduler).pid, signal.SIGKILL)

        says = (
            f"no worker for {LOOKS * 0.1:g} s" if goes == "worker" else "connection to the scheduler is lost"
        )
        with pytest.raises(ExecutorError, match=f"--executor dask:x plays no more: .*{says}"):
            play(Campaign((PLOT,), 12, chunk=2), store, crew, tell)
        crew.dismiss()

        assert len(list(store.results())) >= 2, "what was played is kept"


class Kills(Executor):
    """Dask, when four workers in a row have died with what they were given."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_exception(KilledWorker("play_apart", "tcp://127.0.0.1:1", 3))
        return future


def test_what_four_workers_died_with_is_given_back_as_a_dead_workers() -> None:
    dask = OnDask("dask:x", Kills(), Terms.here(), client=None, threads=1, every=60.0)
    failed = dask.submit(play_chunk, Chunk(PLOT, ((1,),))).exception()

    assert isinstance(failed, BrokenExecutor), "the campaign plays it again, run by run"


def test_where_nobody_listens_is_told_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    done = in_a_process("chaos", "busy_shop", "--executor", f"dask:127.0.0.1:{port}")

    assert f"no Dask scheduler can be reached at 127.0.0.1:{port} (Connection refused)" in done.refusal


@pytest.mark.parametrize("address", ["", "nonsense", "foo://bar:1"])
def test_what_is_no_address_is_told(address: str) -> None:
    with pytest.raises(ExecutorError, match="is no address of a Dask scheduler, such as tcp://"):
        hired(f"dask:{address}", None)


def test_without_the_extra_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "distributed.py").write_text(
        "raise ModuleNotFoundError('no distributed', name='distributed')"
    )
    done = in_a_process(
        "chaos", "busy_shop", "--executor", "dask:127.0.0.1:1", env={"PYTHONPATH": path_with(tmp_path)}
    )

    assert done.refusal.endswith("there is no module 'distributed': pip install 'paytwice[dask]'")


def path_with(folder: Path) -> str:
    return os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])
