"""`paytwice chart` makes any chart from whatever tells of it, and says in one line why it cannot."""

from __future__ import annotations

import inspect
import json
import os
import sqlite3
import sys
from functools import cache
from pathlib import Path

import pytest
from tests.sim.cli.commanding import SEED_STORY, Commands, in_a_process
from tests.sim.pictures.mermaid_grammar import read as read_mermaid
from tests.sim.pictures.trace_grammar import check as check_trace

from paytwice import charts
from paytwice.cli.kinds import KINDS, PLAYED, Kind, Sort
from paytwice.pictures.names import CHARTS
from paytwice.shrinking.replay import record
from paytwice.shrinking.shrink import shrink
from paytwice.story.plot import Plot

LAST_WINS = "paytwice.gallery.winner:LastWriterWins"
LOOK = """
import sys
from paytwice.cli import main
try:
    main(["chart", "--help"])
finally:
    print(*sys.modules)
"""


@pytest.fixture
def journal(paytwice: Commands, folder: Path) -> str:
    """A journal file of the seed story."""
    assert paytwice("run", SEED_STORY, "-q", "--journal", "run.jsonl").status == 0
    return "run.jsonl"


@cache
def _replay() -> str:
    """A replay file of a failure that came down to one decision."""
    plot = Plot("busy_shop", {"profile": "rough"}, LAST_WINS)
    stage = plot.loaded()
    shrunk = shrink(stage.replay, stage.play(3))
    return record(plot, shrunk.run, shrunk.aim, seed=3).as_json()


@pytest.fixture
def failure(folder: Path) -> str:
    """The folder of a failure."""
    Path("found").mkdir()
    Path("found/replay.json").write_text(_replay(), encoding="utf-8")
    return "found"


def _drawn(path: str) -> bool:
    return Path(path).read_bytes().startswith((b"<?xml", b"\x89PNG"))


# -- the registry -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "kind"), KINDS.items(), ids=KINDS)
def test_every_kind_has_a_function_that_takes_its_options(name: str, kind: Kind) -> None:
    assert kind.takes
    if kind.make is None:
        taken = inspect.signature(getattr(charts, name)).parameters
        assert {"theme", "title", *kind.options} <= set(taken)


def test_help_lists_every_kind_and_imports_no_simulation() -> None:
    answer = in_a_process("-c", LOOK, program="-X utf8")
    for name, kind in KINDS.items():
        assert f"{name:<9}  {kind.says}" in answer.out
    modules = set(answer.out.split())
    assert modules.isdisjoint({"trio", "matplotlib", "paytwice_core", "paytwice.story.player"})


# -- inputs -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if Sort.SCENARIO in kind.takes])
def test_a_scenario_gives_every_chart_of_a_run(name: str, paytwice: Commands, folder: Path) -> None:
    path = f"chart{KINDS[name].endings[0]}"
    more = ["--merchant", LAST_WINS, "--set", "profile=rough"] if name == "beside" else []
    answer = paytwice("chart", name, "busy_shop@3", "-o", path, *more)

    assert answer.status == 0, answer
    assert answer.out == f"the chart is {path}: {KINDS[name].says}\n"
    assert not answer.err
    assert Path(path).stat().st_size > 1_000


def test_a_text_is_what_its_readers_read(paytwice: Commands, folder: Path) -> None:
    assert paytwice("chart", "sequence", "busy_shop@3", "-o", "run.mmd").status == 0
    assert paytwice("chart", "trace", "busy_shop@3", "-o", "run.json").status == 0

    _, statements = read_mermaid(Path("run.mmd").read_text(encoding="utf-8"))
    assert len(statements) > 50
    events = check_trace(json.loads(Path("run.json").read_text(encoding="utf-8")))
    assert {"X", "s", "f", "i", "M"} == {event["ph"] for event in events}


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if Sort.JOURNAL in kind.takes])
def test_a_journal_gives_what_it_tells(name: str, paytwice: Commands, journal: str) -> None:
    path = f"chart{KINDS[name].endings[0]}"
    assert paytwice("chart", name, journal, "-o", path).status == 0
    assert "run.jsonl" in Path(path).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["swimlane", "beside"])
def test_a_failure_is_played_again(name: str, paytwice: Commands, failure: str) -> None:
    answer = paytwice("chart", name, failure, "--merchant", LAST_WINS, "-o", "chart.svg")

    assert answer.status == 0, answer
    assert "BROKEN: S1 one winner" in Path("chart.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", ["order.mmd", "order.svg", "order.png"])
def test_a_machine_is_asked_for_by_its_name(path: str, paytwice: Commands, folder: Path) -> None:
    assert paytwice("chart", "machines", "order", "-o", path).status == 0
    if path.endswith(CHARTS):
        assert _drawn(path)
    else:
        assert "CREATED --> PAYING: O2" in Path(path).read_text(encoding="utf-8")


def test_the_title_is_the_story_with_its_seed_or_what_is_given(paytwice: Commands, folder: Path) -> None:
    paytwice("chart", "sequence", "busy_shop@3", "-o", "run.mmd")
    assert "(seed 3)" in Path("run.mmd").read_text(encoding="utf-8").splitlines()[1]
    paytwice("chart", "sequence", "busy_shop@3", "-o", "run.mmd", "--title", "A Monday")
    assert 'title: "A Monday"' in Path("run.mmd").read_text(encoding="utf-8")


def test_options_reach_the_chart(paytwice: Commands, folder: Path) -> None:
    options = [
        "--between",
        "40s..4m",
        "--order",
        "P1",
        "--theme",
        "dark",
        "--no-fold",
        "--causes-of",
        "first",
    ]
    answer = paytwice("chart", "swimlane", SEED_STORY, "-o", "run.svg", "--merchant", LAST_WINS, *options)

    assert answer.status == 0, answer
    text = Path("run.svg").read_text(encoding="utf-8")
    assert "shown: order P1" in text
    assert "+40.00s to +4m00.00s" in text
    assert "#14181e" in text


def test_of_the_states_one_order_can_be_drawn(paytwice: Commands, folder: Path) -> None:
    assert paytwice("chart", "states", "busy_shop@3", "-o", "all.svg").status == 0
    assert paytwice("chart", "states", "busy_shop@3", "-o", "one.svg", "--order", "P2").status == 0
    every, one = (Path(name).read_text(encoding="utf-8") for name in ("all.svg", "one.svg"))
    assert "P1" in every
    assert "P1" not in one
    assert "P2" in one


def test_a_map_of_a_sweep_shows_what_is_asked_for(paytwice: Commands, folder: Path) -> None:
    axes = [word for one in ("patience=10s,40s", "hangs=30s,3m", "loss=0,0.1") for word in ("--set", one)]
    assert paytwice("sweep", SEED_STORY, *axes, "--seeds", "1", "--jobs", "1", "--store", "s.db").status == 0
    words = ("chart", "heat", "s.db", "-o", "heat.svg")

    assert "where={'loss': '0'}, or --where loss=0" in paytwice(*words).refusal
    assert "--where takes KEY=VALUE" in paytwice(*words, "--where", "loss").refusal
    assert paytwice(*words, "--where", "loss=0.1", "--value", "refund").status == 0
    drawn = Path("heat.svg").read_text(encoding="utf-8")
    assert "loss=0.1" in drawn
    assert "waits for a refund: the median" in drawn


# -- refusals -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["swimlan", SEED_STORY, "-o", "a.svg"], "no kind of chart 'swimlan': did you mean swimlane?"),
        (["swimlane", "late_wechat", "-o", "a.svg"], "late_wechat"),
        (["swimlane", SEED_STORY, "-o", "a.pdf"], "-o: a.pdf must end in .svg or .png"),
        (["trace", SEED_STORY, "-o", "a.svg"], "-o: a.svg must end in .json"),
        (["swimlane", SEED_STORY, "-o", "no/a.svg"], "no/a.svg cannot be written: there is no folder no"),
        (["swimlane", SEED_STORY, "-o", "folder.svg"], "folder.svg cannot be written: it is a folder"),
        (["money", SEED_STORY, "-o", "a.svg", "--order", "P1"], "--order is for swimlane and states and seq"),
        (["trace", SEED_STORY, "-o", "a.json", "--theme", "dark"], "--theme is for what is drawn"),
        (["swimlane", SEED_STORY, "-o", "a.svg", "--order", "P7"], "no order 'P7'"),
        (["swimlane", SEED_STORY, "-o", "a.svg", "--theme", "sepia"], "no theme 'sepia'"),
        (["swimlane", SEED_STORY, "-o", "a.svg", "--between", "5s"], "--between takes two times such as"),
        (["swimlane", SEED_STORY, "-o", "a.svg", "--between", "9s..5s"], "to a later one, not from 9s to 5s"),
        (["swimlane", SEED_STORY, "-o", "a.svg", "--causes-of", "S1"], "no promise is broken in this run"),
        (["swimlane", SEED_STORY, "-o", "a.svg", "--set", "patients=3s"], "patients"),
        (["swimlane", SEED_STORY, "-o", "a.svg", "--story", "x"], "--story is for a replay file"),
        (["swimlane", SEED_STORY, "-o", "a.svg", "--merchant", "no.such:thing"], "no.such"),
        (["beside", SEED_STORY, "-o", "a.svg"], "this run breaks no promise"),
        (["beside", SEED_STORY, "-o", "a.svg", "--merchant", LAST_WINS], "no run passes without one of"),
        (["machines", "refud", "-o", "a.svg"], "no machine 'refud': did you mean refund?"),
        (["machines", "refund", "-o", "a.svg", "--set", "a=b"], "--set is for a scenario"),
        (["swimlane", SEED_STORY, "-o", "a.svg", "--between", "9d..10d"], "after the end of this run, at 8m"),
        (["swimlane", "no.sqlite", "-o", "a.svg"], "there is no file no.sqlite"),
        (["coverage", "empty.sqlite", "-o", "a.svg"], "empty.sqlite is no database: `paytwice chaos`"),
        (["coverage", "notes.md", "-o", "a.svg"], "notes.md is no replay file"),
        (["coverage", "late_wechat", "-o", "a.svg"], "there is no scenario 'late_wechat'"),
        (["coverage", "folder.svg", "-o", "a.svg"], "there is no scenario"),
    ],
)
def test_what_cannot_be_made_is_refused(
    arguments: list[str], says: str, paytwice: Commands, folder: Path
) -> None:
    Path("folder.svg").mkdir()
    Path("empty.sqlite").touch()
    Path("notes.md").write_text("# Notes\n")

    assert says in paytwice("chart", *arguments).refusal
    assert not Path("a.svg").exists()


def test_an_input_of_another_sort_says_what_can_be_made_from_it(paytwice: Commands, journal: str) -> None:
    refusal = paytwice("chart", "beside", journal, "-o", "a.svg").refusal
    assert refusal.startswith("beside is made from a scenario or a replay file, and run.jsonl is a journal")
    assert "swimlane or money" in refusal


@pytest.mark.parametrize("table", ["campaign", "trial_v1", "sweep_v1", "nobody"])
def test_a_store_is_told_by_what_is_in_it(table: str, paytwice: Commands, folder: Path) -> None:
    with sqlite3.connect("store.sqlite") as db:
        db.execute(f"create table {table} (a)")
    db.close()

    refusal = paytwice("chart", "swimlane", "store.sqlite", "-o", "a.svg").refusal
    sorts = {"campaign": Sort.CAMPAIGN, "trial_v1": Sort.BENCH, "sweep_v1": Sort.SWEEP}
    assert (sorts[table].value if table in sorts else "a database of something else") in refusal


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", b"{}\n"),
        ("a.json", b"{"),
        ("a.sqlite", b"SQLite format 3\0 and no more"),
        ("a.jsonl", b""),
    ],
)
def test_a_damaged_file_is_refused_by_its_name(
    name: str, content: bytes, paytwice: Commands, folder: Path
) -> None:
    Path(name).write_bytes(content)

    assert name in paytwice("chart", "swimlane", name, "-o", "a.svg").refusal


def test_a_replay_file_of_ones_own_merchant_asks_for_it(paytwice: Commands, failure: str) -> None:
    assert "name it with --merchant" in paytwice("chart", "money", failure, "-o", "a.svg").refusal


def test_a_file_that_may_not_be_written_is_refused(paytwice: Commands, folder: Path) -> None:
    Path("a.svg").write_text("mine")
    Path("a.svg").chmod(0o400)
    if os.access("a.svg", os.W_OK):
        pytest.skip("this user may write everything")

    assert "permission denied" in paytwice("chart", "swimlane", SEED_STORY, "-o", "a.svg").refusal


def test_a_full_disk_is_said_in_one_line(paytwice: Commands, folder: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    Path("full.mmd").symlink_to("/dev/full")

    refusal = paytwice("chart", "sequence", SEED_STORY, "-o", "full.mmd").refusal
    assert refusal == "the chart full.mmd cannot be written: No space left on device"


def test_without_matplotlib_what_is_drawn_says_what_to_install_and_text_is_written(
    paytwice: Commands, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)

    refusal = paytwice("chart", "swimlane", SEED_STORY, "-o", "a.svg").refusal
    assert (
        refusal == "swimlane: charts need matplotlib, which is not installed: pip install 'paytwice[charts]'"
    )
    assert "pip install" in paytwice("chart", "machines", "order", "-o", "a.svg").refusal
    for name, source, path in (
        ("sequence", SEED_STORY, "a.mmd"),
        ("trace", SEED_STORY, "a.json"),
        ("machines", "order", "b.mmd"),
    ):
        assert paytwice("chart", name, source, "-o", path).status == 0


def test_a_run_writes_its_trace(paytwice: Commands, folder: Path) -> None:
    assert paytwice("run", SEED_STORY, "-q", "--trace", "run.json").status == 0
    check_trace(json.loads(Path("run.json").read_text(encoding="utf-8")))
    assert "--trace: run.svg must end in .json" in paytwice("run", SEED_STORY, "--trace", "run.svg").refusal
    refusal = paytwice("run", SEED_STORY, SEED_STORY, "--trace", "run.json").refusal
    assert refusal == "--trace draws one run, and 2 scenarios are given"


def test_only_what_is_played_takes_a_merchant(paytwice: Commands, journal: str) -> None:
    assert Sort.JOURNAL not in PLAYED
    refusal = paytwice("chart", "money", journal, "-o", "a.svg", "--merchant", LAST_WINS).refusal
    assert refusal == "--merchant is for what is played, and this is a journal file"
