"""A sweep: the same rows whoever plays, figures that are those of its runs, and a store that goes on."""

from __future__ import annotations

import csv
import io
import multiprocessing
import os
import shlex
import signal
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paytwice import minutes, seconds
from paytwice.history.history import of_run
from paytwice.history.money import money
from paytwice.journal import What
from paytwice.story.plot import Plot
from paytwice.story.scenario import load
from paytwice.sweep import Sweep, SweepError, kept, sweep
from paytwice.sweep.cells import Share, Spread
from paytwice.sweep.grid import grid
from paytwice.sweep.measure import Measured
from paytwice.sweep.store import SweepStore
from paytwice.sweep.study import played

STORY = "late_wechat_after_alipay"
SPAWN = multiprocessing.get_context("spawn")
VALUES = {"patience": ["10s", "40s"], "hangs": ["30s", "3m"]}


def small(**options: object) -> Sweep:
    return sweep(STORY, VALUES, seeds=3, **options)  # type: ignore[arg-type]  # whatever is tried


@pytest.fixture(scope="module")
def swept() -> Sweep:
    return small()


def test_one_job_and_two_give_the_same_rows(swept: Sweep) -> None:
    spread = small(jobs=2)
    assert spread.rows() == swept.rows()
    assert spread.rows("runs") == swept.rows("runs")
    assert spread.csv() == swept.csv()


def test_there_is_a_cell_for_each_combination_in_the_order_of_the_grid(swept: Sweep) -> None:
    assert [dict(one.settings) for one in swept.cells] == [
        {"patience": patience, "hangs": hangs} for patience in ("10s", "40s") for hangs in ("30s", "3m")
    ]
    assert [one.runs for one in swept.cells] == [3, 3, 3, 3]


def test_a_customer_who_waits_longer_than_wechat_hangs_pays_once(swept: Sweep) -> None:
    duplicates = {tuple(one.settings.values()): one.duplicate.share for one in swept.cells}
    assert duplicates == {("10s", "30s"): 1, ("10s", "3m"): 1, ("40s", "30s"): 0, ("40s", "3m"): 1}
    once = swept.cells[2]
    assert (once.refund_ms.count, once.refund_ms.median, once.owed_peak.most) == (0, None, 0)
    assert (once.captured, once.returned) == (99_00, 0)
    twice = swept.cells[3]
    assert minutes(5) < (twice.refund_ms.median or 0) < minutes(9)
    assert seconds(40) < (twice.known_ms.median or 0) < seconds(42)
    runs = [one for one in swept.runs if dict(one.changes) == twice.settings]
    assert twice.messages_per_order == sum(one.messages for one in runs) / 3
    assert twice.queries_per_order == sum(one.queries for one in runs) / 3
    assert (twice.captured, twice.returned, twice.owed_peak.most, twice.owed_end) == (198_00, 99_00, 99_00, 0)


def test_figures_are_those_of_the_runs(swept: Sweep) -> None:
    for one in swept.runs:
        run = load(STORY).play(seed=one.seed, changes=dict(one.changes)).run
        sent = [entry.subject for entry in run.journal if entry.what is What.SENT]
        assert one.digest == run.digest
        assert one.messages == len(sent)
        assert one.queries == sum(kind in ("trade.query", "refund.query") for kind in sent)
        assert one.captured == run.captured("wechat") + run.captured("alipay")
        assert one.owed_peak == max(step.total_owed for step in money(of_run(run)))


def test_the_command_of_a_row_plays_that_very_run(swept: Sweep) -> None:
    rows = [row for row in swept.rows("runs") if row["seed"] == 2]
    assert len(rows) == 4
    for row in rows:
        words = shlex.split(row["command"])
        assert words[:3] == ["paytwice", "run", STORY]
        seed = int(words[words.index("--seed") + 1])
        changes = dict(words[n + 1].split("=", 1) for n, word in enumerate(words) if word == "--set")
        assert load(STORY).play(seed=seed, changes=changes).run.digest == row["digest"]


def test_a_cell_names_the_run_to_look_at_first() -> None:
    found = sweep(
        STORY,
        {"patience": ["40s"]},
        seeds=4,
        merchant="paytwice.gallery.winner:SwallowsTheSecond",
    )
    (one,) = found.cells
    assert one.violated.share == 1
    assert one.command == shlex.join(
        Plot(STORY, {"patience": "40s"}, "paytwice.gallery.winner:SwallowsTheSecond").command(one.seed)
    )
    assert "S4" in next(row["broken"] for row in found.rows("runs") if row["seed"] == one.seed)


def test_what_is_kept_is_not_played_again(tmp_path: Path, swept: Sweep) -> None:
    path, told = tmp_path / "sweep.sqlite", list[Measured]()

    def stop(runs: Sequence[Measured]) -> None:
        told.extend(runs)
        raise KeyboardInterrupt

    made, store = grid(STORY, VALUES), SweepStore(path)
    with pytest.raises(KeyboardInterrupt):
        played(made, range(3), store, 1, stop)
    assert len(told) == 3
    rest: list[Measured] = []
    assert played(made, range(3), store, 1, rest.extend).rows() == swept.rows()
    assert len(rest) == 9
    store.close()
    assert small(store=path).rows() == swept.rows()


def test_a_larger_grid_goes_on_with_what_there_is(tmp_path: Path) -> None:
    path = tmp_path / "sweep.sqlite"
    sweep(STORY, {"patience": ["10s"]}, seeds=2, store=path)
    more: list[Measured] = []
    store = SweepStore(path)
    wide = played(grid(STORY, {"patience": ["10s", "40s"]}), range(3), store, 1, more.extend)
    store.close()
    assert sorted((dict(one.changes)["patience"], one.seed) for one in more) == [
        ("10s", 2),
        *(("40s", n) for n in range(3)),
    ]
    assert wide.rows() == sweep(STORY, {"patience": ["10s", "40s"]}, seeds=3).rows()


def test_settings_given_in_another_order_are_the_same_settings(tmp_path: Path, swept: Sweep) -> None:
    path = tmp_path / "sweep.sqlite"
    small(store=path)
    told: list[Measured] = []
    store = SweepStore(path)
    other = played(grid(STORY, dict(reversed(VALUES.items()))), range(3), store, 1, told.extend)
    store.close()
    assert told == []
    assert {one.digest for one in other.runs} == {one.digest for one in swept.runs}


def _play_and_die(path: Path, jobs: int) -> None:
    told: list[Measured] = []

    def tell(runs: Sequence[Measured]) -> None:
        told.extend(runs)
        if len(told) >= 6:
            os.kill(os.getpid(), signal.SIGKILL)

    played(grid(STORY, VALUES), range(3), SweepStore(path), jobs, tell)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_killed_sweep_goes_on_and_what_it_left_can_be_read(tmp_path: Path, swept: Sweep, jobs: int) -> None:
    path = tmp_path / "sweep.sqlite"
    process = SPAWN.Process(target=_play_and_die, args=(path, jobs))
    process.start()
    process.join(120)
    assert process.exitcode == -signal.SIGKILL
    left = kept(path)
    assert len(left.runs) == 6
    assert {one.digest for one in left.runs} < {one.digest for one in swept.runs}
    assert small(store=path).rows("runs") == swept.rows("runs")
    assert kept(path).rows() == swept.rows()


def test_a_sweep_can_be_read_while_it_is_played(tmp_path: Path) -> None:
    path, seen = tmp_path / "sweep.sqlite", list[int]()
    store = SweepStore(path)
    played(grid(STORY, VALUES), range(2), store, 1, lambda _: seen.append(len(kept(path).runs)))
    store.close()
    assert seen == [2, 4, 6, 8]


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sweep.sqlite"
    sweep(STORY, {"patience": ["10s"]}, seeds=1, store=path)
    with pytest.raises(SweepError, match=f"has runs of {STORY}: take another file"):
        sweep("nobody_pays", {}, seeds=1, store=path)
    with pytest.raises(SweepError, match=f"has runs of {STORY}: take another file"):
        sweep(STORY, {}, seeds=1, store=path, merchant="paytwice.gallery.winner:SwallowsTheSecond")
    with pytest.raises(SweepError, match=r"there is no file .*--store"):
        kept(tmp_path / "no.sqlite")
    (tmp_path / "empty.sqlite").touch()
    with pytest.raises(SweepError, match="ended before it began"):
        kept(tmp_path / "empty.sqlite")
    with sqlite3.connect(tmp_path / "damaged.sqlite") as db:
        db.execute("create table sweep_v1 (source text)")
    with pytest.raises(SweepError, match="cannot be read as a sweep: no such column"):
        kept(tmp_path / "damaged.sqlite")
    db.close()
    store = SweepStore(path)
    for run in store.runs((("patience", "10s"),)):
        assert run.seed == 0
    store.close()
    with sqlite3.connect(path) as db:
        db.execute('update measured set told = \'{"outcome": "ok", "speed": 1}\'')
    db.close()
    with pytest.raises(SweepError, match=r"is damaged: .*speed.* Take another file"):
        kept(path)
    (tmp_path / "text.sqlite").write_text("patience,hangs\n" * 100)
    with pytest.raises(SweepError, match="cannot be used for a sweep"):
        kept(tmp_path / "text.sqlite")


@pytest.mark.parametrize(
    ("values", "options", "says"),
    [
        ({"patince": ["1s"]}, {}, "did you mean patience"),
        ({"patience": ["1s", "soon"]}, {}, "'soon' is neither a duration"),
        ({"patience": []}, {}, "patience takes a list of values"),
        ({"patience": "10s"}, {}, "patience takes a list of values, such as .* not '10s'"),
        ({"patience": ["1s", "1s"]}, {}, "patience has a value more than once: 1s, 1s"),
        ({"patience": [10, 10]}, {}, "patience has a value more than once: 10, 10"),
        ({"patience": {"1s", "2s"}}, {}, "patience takes a list of values"),
        ({"patience": ["1s"], "story.patience": ["2s"]}, {}, "patience and story.patience are two names"),
        ({"loss": ["0.1"], "fault.loss": ["0.2"]}, {}, "loss and fault.loss are two names of one setting"),
        ({}, {"begin": -1}, "seeds are from 0 to 2.64-1, not 100 from -1 on"),
        ({}, {"begin": 2**64 - 99}, "seeds are from 0 to 2.64-1"),
        ({"latency.wechta": ["1s"]}, {}, "did you mean wechat"),
        ({"profile": ["rough"]}, {"profile": "calm"}, "given twice"),
        ({}, {"profile": "rogh"}, "did you mean rough"),
        ({}, {"seeds": 0}, "1 seed or more, not 0"),
        ({}, {"jobs": 0}, "1 job or more, not 0"),
        ({}, {"merchant": "no.such:thing"}, "no module"),
        ({"stock": [str(n) for n in range(10_001)]}, {}, "10001 combinations"),
    ],
)
def test_what_cannot_be_swept_is_refused_at_once(
    values: dict[str, object], options: dict[str, object], says: str
) -> None:
    with pytest.raises(SweepError, match=says):
        sweep(STORY, values, **options)  # type: ignore[arg-type]  # whatever is tried


def test_an_unknown_story_is_refused() -> None:
    with pytest.raises(SweepError, match="there is no scenario 'late_wechat'"):
        sweep("late_wechat", {})


def test_a_run_that_ends_early_counts_as_failed_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "falls.py"
    path.write_text(
        "from paytwice import Simulation\n\n\n"
        "async def story(sim: Simulation) -> None:\n"
        '    await sim.checkout("1.00 CNY")\n'
        '    if sim.choose("falls", 2):\n'
        '        raise LookupError("fallen")\n'
    )
    found = sweep(str(path), {}, seeds=20)
    (one,) = found.cells
    fallen = [run for run in found.runs if run.outcome == "failed"]
    assert 0 < one.failed == len(fallen) < one.runs == 20
    assert all(run.failure == "LookupError: fallen" for run in fallen)
    assert one.seed == fallen[0].seed, "a run without a verdict is the first to look at"
    assert one.violated.high < 1


def test_csv_has_a_column_for_each_setting_and_measure(swept: Sweep) -> None:
    rows = list(csv.DictReader(io.StringIO(swept.csv())))
    assert len(rows) == 4
    assert list(rows[0])[:3] == ["patience", "hangs", "runs"]
    assert rows[0]["duplicate_share"] == "1.0"
    assert rows[2]["refund_ms_median"] == ""
    runs = list(csv.DictReader(io.StringIO(swept.csv("runs"))))
    assert [row["seed"] for row in runs] == ["0", "1", "2"] * 4
    assert max(int(row["refund_ms"] or 0) for row in runs) == swept.cells[1].refund_ms.most


def test_a_data_frame_is_made_where_pandas_is_installed(
    swept: Sweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    pandas = ModuleType("pandas")
    monkeypatch.setattr(pandas, "DataFrame", lambda rows: ("frame", rows), raising=False)
    monkeypatch.setitem(sys.modules, "pandas", pandas)
    assert swept.to_pandas("runs") == ("frame", swept.rows("runs"))
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(SweepError, match="needs pandas, which is not installed: pip install pandas"):
        swept.to_pandas()


def test_the_largest_seeds_are_kept_and_read_in_their_order(tmp_path: Path) -> None:
    path = tmp_path / "sweep.sqlite"
    played = sweep(STORY, {}, begin=2**64 - 2, seeds=2, store=path)
    assert [one.seed for one in played.runs] == [2**64 - 2, 2**64 - 1]
    sweep(STORY, {}, begin=9, seeds=2, store=path)
    assert [one.seed for one in kept(path).runs] == [9, 10, 2**64 - 2, 2**64 - 1]


def test_a_store_and_a_row_survive_each_other(swept: Sweep, tmp_path: Path) -> None:
    store = SweepStore(tmp_path / "s.sqlite")
    store.add(swept.runs)
    for one in swept.runs:
        assert one in list(store.runs(one.changes))
    store.close()


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=300))
def test_a_spread_lies_within_its_numbers_and_its_interval_about_the_median(numbers: list[int]) -> None:
    spread = Spread.of(sorted(numbers))
    assert spread.median is not None
    assert spread.low is not None
    assert spread.high is not None
    assert spread.p99 is not None
    assert min(numbers) <= spread.low <= spread.median <= spread.high <= max(numbers)
    assert spread.median <= spread.p99 <= (spread.most or 0) == max(numbers)
    assert sum(one <= spread.median for one in numbers) * 2 >= len(numbers)
    assert sum(one <= spread.p99 for one in numbers) * 100 >= len(numbers) * 99


def test_a_share_of_nothing_says_nothing() -> None:
    assert Share.of(0, 0) == Share(0.0, 0.0, 1.0)
    assert Spread.of([]) == Spread(0)


def test_the_interval_of_a_median_is_that_of_order_statistics() -> None:
    # Conover, Practical Nonparametric Statistics (1999), 3.2: of 100 numbers, about the 40th to the 61st.
    spread = Spread.of(list(range(1, 101)))
    assert (spread.low, spread.high) == (40, 61)
