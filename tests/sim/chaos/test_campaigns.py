"""A campaign keeps every seed's result once, whatever happens to its workers."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from itertools import permutations
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import attrs
import pytest
from tests.sim.chaos.deadly import DEADLY

from paytwice.chaos import worker
from paytwice.chaos.campaign import Campaign, Crew, play
from paytwice.chaos.census import Census
from paytwice.chaos.finding import findings
from paytwice.chaos.result import Broken, Result
from paytwice.chaos.store import ResultStore, StoreError
from paytwice.chaos.telling import as_json, told
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


def test_a_file_of_another_campaign_is_not_mixed_with_this_one(tmp_path: Path) -> None:
    store = ResultStore(tmp_path / "results.sqlite")
    store.begin({"busy_shop": ["rough"]})
    store.begin({"busy_shop": ["rough"]})

    with pytest.raises(StoreError, match="another campaign"):
        store.begin({"busy_shop": ["calm"]})


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "results.sqlite"
    path.write_text("I am a poem, and long enough to be read as one.\n" * 9)

    with pytest.raises(StoreError, match="cannot be used for results"):
        ResultStore(path)


@pytest.mark.parametrize("others", ["create table campaign (x)", "create table result (x)"])
def test_a_database_of_something_else_is_refused(tmp_path: Path, others: str) -> None:
    path = tmp_path / "results.sqlite"
    with sqlite3.connect(path) as db:
        db.execute(others)

    store = ResultStore(path)
    with pytest.raises(StoreError, match=r"results\.sqlite (cannot be used|is damaged)"):
        store.begin({"busy_shop": ["rough"]})
        list(store.results())


@pytest.mark.parametrize("told", ["{", "[]", "{}", 7])
def test_a_damaged_result_is_told_as_one(tmp_path: Path, told: object) -> None:
    path = tmp_path / "results.sqlite"
    store = ResultStore(path)
    store.add("shop", [result(1)])
    with sqlite3.connect(path) as db:
        db.execute("update result set told = ?", [told])

    with pytest.raises(StoreError, match=r"results\.sqlite is damaged"):
        list(store.results())


def test_a_store_that_takes_no_more_is_told_and_keeps_what_it_has(tmp_path: Path) -> None:
    store = ResultStore(tmp_path / "results.sqlite")
    store.add("shop", [result(1)])
    store._db.execute("pragma query_only = on")  # as a disk that is full

    with pytest.raises(StoreError, match="takes no more results"):
        store.add("shop", [result(2)])
    assert list(digests(store)) == ["1"]


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


def result(seed: int, **named: Any) -> Result:
    return attrs.evolve(Result((seed,), "ok", f"digest {seed}"), **named)


def test_violations_are_ranked_by_the_money_and_counted_once_a_run() -> None:
    census = Census()
    small, large = Broken("S8", "P1", 5_00, "twice"), Broken("S4", "P1", 99_00, "stranded")
    census.take("shop", [result(7, outcome="violated", broken=(small, small, large)), result(8)])
    census.take("shop", [result(3, outcome="violated", broken=(small,)), result(4)])

    assert [(one.invariant, one.count, one.first) for one in census.ranked] == [
        ("S4", 1, (7,)),
        ("S8", 2, (3,)),
    ]
    assert census.bound is None


def test_the_bound_is_that_of_the_draws_that_were_judged() -> None:
    census = Census()
    census.take("shop", [result(n) for n in range(300)])
    census.take("shop", [result(999, outcome="failed")])

    assert census.bound == pytest.approx(0.00994, rel=1e-2)
    text = "\n".join(line for line, _ in told(census, 2.0))
    assert "0 violations in 300 independent draws, 300 of them distinct: below 0.99% of this" in text


def test_what_never_happened_is_told_by_name() -> None:
    census = Census()
    census.take(
        "shop", [result(1, situations=("an order was paid twice",), vacuous=("S12",), checked=("S4",))]
    )

    assert "an order was paid twice" not in census.unreached
    assert "a close raced with a payment" in census.unreached
    assert census.never_checked == ["S12"]
    assert as_json(census, 1.0)["situations"] == {"an order was paid twice": 1}


def test_runs_that_came_out_the_same_are_not_counted_as_distinct() -> None:
    census = Census()
    census.take("shop", [result(n, digest="same") for n in range(9)])

    assert (census.runs, census.distinct) == (9, 1)


@pytest.mark.parametrize(
    ("mutations", "asked"), [(0, [(5,), (6,), (7,)]), (9, [(5,), (6,), (7,), (5, 1), (7, 2, 1)])]
)
def test_a_campaign_asks_for_its_own_seeds_and_for_mutations_if_it_has_any(
    mutations: int, asked: list[tuple[int, ...]]
) -> None:
    known = [(4,), (5,), (6,), (7,), (8,), (4, 1), (5, 1), (7, 2, 1), (8, 1)]

    assert [one for one in known if Campaign((PLOT,), 3, 5, mutations).asks_for(one)] == asked


def test_what_broke_before_a_run_ended_early_is_a_violation_all_the_same() -> None:
    census = Census()
    broken = Broken("S1", "P1", 99_00, "two winners")
    census.take("shop", [result(1, outcome="failed", failure="DeadEnd: so", broken=(broken,), deviations=1)])
    census.take("shop", [result(2), result(3)])

    assert [(one.invariant, one.first) for one in census.ranked] == [("S1", (1,))]
    assert (census.violated, census.drawn, census.bound) == (1, 2, None)
    assert next(told(census, 1.0))[0].startswith(
        "3 runs, 2 of them distinct: 1 runs with violations, 1 without"
    )
    census.take("shop", [result(4, outcome="violated", broken=(broken,), deviations=9)])
    assert census.ranked[0].simplest[-1] == (4,), "what is shrunk had better come to its end"


ENDS_EARLY = """
from paytwice import Simulation, seconds


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    await order.start("alipay")
    await order.confirm("wechat")
    await order.confirm("alipay")
    await sim.sleep(seconds(600))
    raise RuntimeError("oops")
"""


def test_a_finding_that_ended_early_says_so_in_place_of_a_smaller_run(tmp_path: Path) -> None:
    path = tmp_path / "ends_early.py"
    path.write_text(ENDS_EARLY)
    plot = Plot(str(path), {}, "tests.sim.merchants.broken:LastWriterWins")
    census = played(Campaign((plot,), 1), ResultStore(None))

    [finding] = findings([plot.loaded()], census)

    assert finding.why_not == (
        "run 0 broke S1 and then ended early, with RuntimeError: oops: it is not shrunk"
    )


def test_a_report_says_the_same_in_whatever_order_results_come() -> None:
    small, large, other = (Broken("S4", "P1", *said) for said in ((1, "a"), (2, "b"), (2, "c")))
    results = [
        result(1, outcome="violated", broken=(small,), schedule="pct", chance={"lost": 1}),
        result(2, outcome="violated", broken=(other,), schedule="pos", chance={"late": 2}),
        result(3, outcome="violated", broken=(large,), schedule="delay", digest="same"),
        result(4, origin=(1, 1), digest="same"),
    ]
    reports = set()
    for order in permutations(results):
        census = Census()
        for one in order:
            census.take("shop", [one])
        reports.add("\n".join([*(line for line, _ in told(census, 1.0)), str(as_json(census, 1.0))]))

    [report] = reports
    assert "'distinct': 3, 'draws': 3, 'draws_distinct': 3" in report


def test_a_chunk_is_played_by_its_seeds() -> None:
    search = Campaign((PLOT,), 5, begin=100, chunk=2).search(PLOT, ResultStore(None))
    chunks = [search.next() for _ in range(4)]

    assert chunks == [((100,), (101,)), ((102,), (103,)), ((104,),), None]
    assert [one.name for one in play_chunk(Chunk(PLOT, chunks[0] or (), memory=0))] == ["100", "101"]
