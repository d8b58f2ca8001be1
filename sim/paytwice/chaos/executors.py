"""Who plays a campaign: processes of this machine, a Dask cluster, or any executor that somebody brings.

The processes of this machine play by themselves. All others are asked to have it done in processes apart, so
that the limits of a run hold whatever an executor runs its tasks in.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor
from contextlib import suppress
from typing import Any, Final

import attrs

from paytwice.chaos.apart import CannotPlay, Terms, dismiss_idle, play_apart
from paytwice.chaos.campaign import Crew
from paytwice.chaos.result import Result
from paytwice.chaos.worker import Chunk, end_with_parent
from paytwice.errors import PaytwiceError
from paytwice.story.loading import LoadingError, load_named
from paytwice.wording import nearest, one_line

PROCESS: Final = "process"
DASK: Final = "dask:"
EXAMPLE: Final = "dask:tcp://127.0.0.1:8786"


class ExecutorError(PaytwiceError):
    """There is no such executor, or it plays no more; the message says why."""


def hired(name: str, jobs: int | None) -> Crew:
    """The workers that are named: `process`, `dask:ADDRESS` or `module:factory`.

    `jobs` is how many work at a time, where the executor does not say so itself. Raises ExecutorError.
    """
    if name == PROCESS:
        return _processes(jobs or os.cpu_count() or 1)
    terms = Terms.here()
    if name.startswith(DASK):
        from paytwice.chaos.on_dask import RESTART, OnDask, on_dask

        address = name.removeprefix(DASK)
        crew = Crew(lambda: on_dask(name, address, terms), jobs or 1)
        assert isinstance(crew.executor, OnDask)
        crew.jobs = jobs or crew.executor.threads
        crew.hire = lambda: on_dask(name, address, terms, start=RESTART)
        return crew
    _check(name)
    hire = _made_by(name)
    return Crew(lambda: Elsewhere(name, hire(), terms), jobs or os.cpu_count() or 1)


def _check(name: str) -> None:
    """Refuse what can be no executor's name; what may be a module's is looked for."""
    _, colon, rest = name.partition(":")
    if not colon or not rest.isidentifier():
        known = [PROCESS, f"{DASK}{rest}" if colon else EXAMPLE, "module:factory"]
        close = nearest(name, known, otherwise=f": there are {PROCESS}, {EXAMPLE} and module:factory")
        raise ExecutorError(f"there is no executor {name!r}{close}")


def _processes(jobs: int) -> Crew:
    spawn = multiprocessing.get_context("spawn")
    return Crew(lambda: ProcessPoolExecutor(jobs, mp_context=spawn, initializer=end_with_parent), jobs)


def _made_by(name: str) -> Callable[[], Executor]:
    try:
        factory = load_named(name, "an executor", "concurrent.futures:ThreadPoolExecutor")
    except LoadingError as error:
        raise ExecutorError(str(error)) from error

    def hire() -> Executor:
        try:
            made = factory()
        except Exception as error:
            raise ExecutorError(f"{name} raised {type(error).__name__}: {one_line(error)}") from error
        if not isinstance(made, Executor):
            raise ExecutorError(f"{name} made a {type(made).__name__}, not a concurrent.futures.Executor")
        return made

    return hire


@attrs.define(eq=False)
class Elsewhere(Executor):
    """Has chunks played apart by whoever works for an executor, and says it when that works no more."""

    name: str
    inner: Executor
    terms: Terms

    def submit(self, fn: Callable[..., Any], /, *args: Any, **_named: Any) -> Future[Any]:
        """Hand out what `campaign.Crew` hands out: a chunk to play."""
        (chunk,) = args
        assert isinstance(chunk, Chunk), "a campaign hands out chunks and nothing else"
        future: Future[list[Result]] = Future()
        inner = self._given(chunk)
        future.add_done_callback(lambda _: inner.cancel())  # where it is cancelled: else `inner` is done
        inner.add_done_callback(lambda _: self._pass_on(inner, future))
        return future

    def _given(self, chunk: Chunk) -> Future[list[Result]]:
        try:
            return self.inner.submit(play_apart, self.terms, chunk)
        except Exception as error:
            raise self._failure(error) from error

    def _pass_on(self, inner: Future[list[Result]], future: Future[list[Result]]) -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(inner.result())
        except BaseException as error:  # whatever it is: the campaign waits for this future
            future.set_exception(self._failure(error))

    def _failure(self, error: BaseException) -> Exception:
        """What an error of the executor means for the campaign: workers died, or nobody plays any more."""
        match error:
            case BrokenExecutor():
                return error
            case CannotPlay():
                return ExecutorError(f"--executor {self.name}: a worker cannot play this: {error}")
            case CancelledError():
                return ExecutorError(f"--executor {self.name} plays no more: {self._why_cancelled()}")
            case _:
                return ExecutorError(f"--executor {self.name} plays no more: {_said(error)}")

    def _why_cancelled(self) -> str:
        return "it has cancelled what it was given"

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the workers go. Not every executor can cancel what waits: the campaign does that by itself."""
        self.inner.shutdown(wait=wait)
        dismiss_idle()


def _said(error: BaseException) -> str:
    with suppress(Exception):  # it may be made of things that did not come along from the worker
        return f"{type(error).__name__}: {one_line(error)}"
    return type(error).__name__
