"""A Dask scheduler and workers as processes of their own, on loopback and free ports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs
import psutil
from tests.sim.chaos.watching import until

LOOPBACK = ("--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0")


@attrs.define(eq=False)
class Cluster:
    """A scheduler, and the workers that were started for it."""

    folder: Path
    processes: list[subprocess.Popen[bytes]] = attrs.field(factory=list)
    address: str = ""

    def start_scheduler(self) -> None:
        """Start the scheduler, and learn its address."""
        file = self.folder / "scheduler.json"
        self._start("scheduler", *LOOPBACK, "--port", "0", "--scheduler-file", str(file))
        until(lambda: file.exists() and file.read_text().endswith("}"))
        self.address = json.loads(file.read_text())["address"]

    def start_worker(self, hash_seed: int) -> subprocess.Popen[bytes]:
        """Start a worker with one thread, and with nobody who starts it again."""
        folder = self.folder / f"worker {len(self.processes)}"
        return self._start(
            *("worker", self.address, *LOOPBACK, "--nthreads", "1", "--no-nanny"),
            *("--local-directory", str(folder)),
            PYTHONHASHSEED=str(hash_seed),
        )

    def _start(self, *arguments: str, **env: str) -> subprocess.Popen[bytes]:
        with (self.folder / "log.txt").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *arguments], stderr=log, env={**os.environ, **env}
            )
        self.processes.append(process)
        return process

    def listens_at(self) -> set[str]:
        """The addresses that somebody else could reach."""
        sockets = (one for process in self.processes for one in psutil.Process(process.pid).net_connections())
        return {one.laddr.ip for one in sockets if one.status == psutil.CONN_LISTEN}

    def end(self) -> None:
        """End all that was started."""
        for process in self.processes:
            process.kill()
            process.wait()


@contextmanager
def cluster(folder: Path, *, workers: int) -> Iterator[Cluster]:
    """A cluster whose workers are there, each with another hash seed."""
    from distributed import Client

    made = Cluster(folder)
    try:
        made.start_scheduler()
        for number in range(workers):
            made.start_worker(hash_seed=number + 1)
        if workers:
            with Client(made.address, set_as_default=False) as client:
                client.wait_for_workers(workers, timeout=60)
        yield made
    finally:
        made.end()
