"""Campaigns on a Dask cluster: a scheduler somewhere, and workers that come and go.

What a dead worker had in hand Dask gives to another, and a campaign does not hear of it. A task that four
workers died with is given back (KilledWorker), and is played again run by run, as everywhere.
"""

from __future__ import annotations

import logging
import socket
from concurrent.futures import BrokenExecutor
from importlib.metadata import version
from threading import Event, Thread
from typing import Final

import attrs

from paytwice.chaos.apart import Terms
from paytwice.chaos.executors import Elsewhere, ExecutorError
from paytwice.wording import one_line

try:
    from distributed import Client, KilledWorker
    from distributed.comm.addressing import get_address_host_port
except ModuleNotFoundError as error:
    raise ExecutorError(
        f"--executor dask: needs Dask, and there is no module {error.name!r}: pip install 'paytwice[dask]'"
    ) from error

REACH: Final = 5.0  # seconds to reach the scheduler, and for a first worker to be there
RESTART: Final = 60.0  # seconds for workers that were there to come back
LOOKS: Final = 12  # as often as this in a row without a worker, and the campaign is given up
EVERY: Final = 5.0  # seconds between two looks


def on_dask(name: str, address: str, terms: Terms, *, start: float = REACH, every: float = EVERY) -> OnDask:
    """An executor that plays at the cluster of a scheduler.

    Raises ExecutorError where nobody would play: no scheduler, or no worker in `start` seconds.
    """
    _reach(address)
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # what it complains of is told by us
    try:
        client = Client(address, timeout=REACH, set_as_default=False, name="paytwice")
    except Exception as error:
        why = f"{type(error).__name__}: {one_line(error)}"
        raise ExecutorError(f"no Dask scheduler that we understand listens at {address} ({why})") from error
    try:
        threads = _threads(client, address, start)
    except ExecutorError:
        client.close()
        raise
    except Exception as error:
        client.close()
        why = f"{type(error).__name__}: {one_line(error)}"
        raise ExecutorError(f"the Dask cluster at {address} does not say who plays ({why})") from error
    return OnDask(name, client.get_executor(pure=False, retries=3), terms, client, threads, every)


def _reach(address: str) -> None:
    """Raise ExecutorError where nobody listens: a client would try again and again before it says so."""
    try:
        host, port = get_address_host_port(address, strict=False)
        socket.create_connection((host, port), timeout=REACH).close()
    except ValueError as error:
        said = f"{address!r} is no address of a Dask scheduler, such as tcp://127.0.0.1:8786: {error}"
        raise ExecutorError(said) from error
    except OSError as error:
        why = error.strerror or str(error)
        said = f"no Dask scheduler can be reached at {address} ({why}): `dask scheduler` starts one"
        raise ExecutorError(said) from error


def _threads(client: Client, address: str, start: float) -> int:
    """How many play at a time; ExecutorError where nobody does, or not what is played here."""
    try:
        client.wait_for_workers(1, timeout=start)
    except TimeoutError as error:
        raise ExecutorError(
            f"the Dask scheduler at {address} has no workers: `dask worker {address} --nthreads 1` starts one"
        ) from error
    ours = version("paytwice")
    for worker, theirs in sorted(client.run(version, "paytwice", on_error="return").items()):
        if theirs != ours:
            has = one_line(theirs) if isinstance(theirs, Exception) else f"paytwice {theirs}"
            raise ExecutorError(
                f"the Dask worker {worker} needs paytwice {ours}, as it is here, and has: {has}"
            )
    return sum(client.nthreads().values())


@attrs.define(eq=False)
class OnDask(Elsewhere):
    """Plays at a Dask cluster, until its scheduler or all its workers are gone."""

    client: Client
    threads: int
    every: float
    _over: Event = attrs.field(init=False, factory=Event)
    _alone: bool = attrs.field(init=False, default=False)

    def __attrs_post_init__(self) -> None:
        Thread(target=self._watch, daemon=True, name="looks for Dask workers").start()

    def _watch(self) -> None:
        """Give up when there has been no worker for long: Dask itself would wait for ever."""
        looks = 0
        while not self._over.wait(self.every):
            try:
                looks = 0 if self.client.nthreads() else looks + 1
            except Exception:  # the scheduler is gone, and everything is cancelled already
                return
            if looks == LOOKS:
                self._alone = True
                self.inner.shutdown(wait=False)

    def _failure(self, error: BaseException) -> Exception:
        if isinstance(error, KilledWorker):
            return BrokenExecutor("four Dask workers died one after the other with what they played")
        return super()._failure(error)

    def _why_cancelled(self) -> str:
        if self._alone:
            return f"there has been no worker for {LOOKS * self.every:g} s"
        return "the connection to the scheduler is lost"

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the workers go, and leave the cluster."""
        self._over.set()
        super().shutdown(wait, cancel_futures=cancel_futures)
        self.client.close()
