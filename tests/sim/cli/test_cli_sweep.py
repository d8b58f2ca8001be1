"""`paytwice sweep`: played, told as a table, as JSON and CSV, drawn, and refused where it cannot be meant."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from tests.sim.cli.commanding import SEED_STORY, Commands, write_scenario

from paytwice.sweep import work
from paytwice.sweep.measure import Measured
from paytwice.wording import span
from paytwice_core import Money

WORDS = (
    "sweep",
    SEED_STORY,
    "--set",
    "patience=10s,40s",
    "--set",
    "hangs=30s,3m",
    "--seeds",
    "2",
    "--jobs",
    "1",
)


def test_a_sweep_is_told_as_a_table_and_goes_on(paytwice: Commands, folder: Path) -> None:
    first = paytwice(*WORDS, "--store", "s.sqlite", "--csv", "cells.csv", "--csv-runs", "runs.csv")
    again = paytwice(*WORDS, "--store", "s.sqlite", "--json")

    assert first.status == 0
    lines = [line.split() for line in first.out.splitlines()]
    assert lines[1][:4] == ["patience", "hangs", "runs", "duplicate"]
    assert lines[2][:5] == ["10s", "30s", "2", "100", "%"]
    assert lines[4][:6] == ["40s", "30s", "2", "0", "%", "0"]
    cell = again.json["cells"][3]
    assert re.split(r"\s{2,}", first.out.splitlines()[5].strip()) == [
        *("40s", "3m", "2", "100 %", "0 %"),
        *(span(cell[f"{wait}_ms_{part}"]) for wait in ("refund", "known") for part in ("median", "p99")),
        Money(cell["owed_peak_most"], "CNY").display,
        f"{cell['messages_per_order']:.3g}",
        f"{cell['queries_per_order']:.3g}",
    ]
    with (folder / "cells.csv").open() as file:
        assert [row["runs"] for row in csv.DictReader(file)] == ["2"] * 4
    with (folder / "runs.csv").open() as file:
        assert [row["command"] for row in csv.DictReader(file)] == [
            run["command"] for run in again.json["runs"]
        ]
    assert again.json["settings"] == {"patience": ["10s", "40s"], "hangs": ["30s", "3m"]}
    assert again.json["cells"][0]["duplicate_share"] == 1


def test_the_command_of_a_row_plays_the_run(paytwice: Commands, folder: Path) -> None:
    words = ("sweep", "busy_shop", "--set", "loss=0.1", "--set", "fault.late=20%", "--profile", "rough")
    told = paytwice(*words, "--set", "latency.wechat=2s/5s", "--seeds", "2", "--jobs", "1", "--json").json
    for run in told["runs"]:
        played = paytwice(*run["command"].split()[1:], "--json").json
        assert played["digest"] == run["digest"]


def test_a_broken_promise_is_an_exit_status_and_a_command(paytwice: Commands, folder: Path) -> None:
    answer = paytwice(*WORDS, "--merchant", "paytwice.gallery.winner:SwallowsTheSecond")

    assert answer.status == 1
    assert "Broken: paytwice run" in answer.out
    assert "--merchant paytwice.gallery.winner:SwallowsTheSecond" in answer.out


def test_a_run_without_a_verdict_is_an_exit_status(paytwice: Commands, folder: Path) -> None:
    write_scenario(
        folder,
        "falls",
        "from paytwice import Simulation\n\n\nasync def story(sim: Simulation) -> None:\n"
        '    await sim.checkout("1.00 CNY")\n    raise LookupError("fallen")\n',
    )
    answer = paytwice("sweep", "falls", "--seeds", "2", "--jobs", "1")

    assert answer.status == 3
    assert "2 of 2 runs ended early: paytwice run falls" in answer.out
    assert "LookupError: fallen" in answer.out


def test_a_map_and_a_line_are_drawn(paytwice: Commands, folder: Path) -> None:
    assert paytwice(*WORDS, "--chart", "heat.svg", "--value", "refund_p99").status == 0
    line = ("sweep", SEED_STORY, "--set", "loss=0,0.2", "--seeds", "2", "--jobs", "1", "--chart", "line.svg")
    assert paytwice(*line).status == 0
    assert "waits for a refund: the 99th percentile" in (folder / "heat.svg").read_text()
    assert "Runs with a duplicate payment" in (folder / "line.svg").read_text()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["late_wechat"], "there is no scenario 'late_wechat'"),
        ([SEED_STORY, "--set", "patience"], "--set takes KEY=VALUE,VALUE,"),
        ([SEED_STORY, "--set", "patience=1s,,2s"], "--set takes KEY=VALUE,VALUE,"),
        ([SEED_STORY, "--set", "loss=0", "--set", "loss=1"], "--set loss is given twice"),
        ([SEED_STORY, "--set", "patince=1s"], "did you mean patience"),
        ([SEED_STORY, "--set", "profile=calm", "--profile", "rough"], "the profile is given twice"),
        ([SEED_STORY, "--seeds", "0"], "--seeds"),
        ([SEED_STORY, "--chart", "x.svg"], "--chart draws one or two settings"),
        ([SEED_STORY, "--set", "loss=0,1", "--chart", "x.gif"], "--chart"),
        ([SEED_STORY, "--value", "refunds"], "no figure 'refunds': did you mean refund"),
        ([SEED_STORY, "--csv", "no/such.csv"], "there is no folder no"),
        ([SEED_STORY, "--csv", "a.csv", "--csv-runs", "a.csv"], "both name a.csv: give two files"),
        ([SEED_STORY, "--merchant", "no:thing"], "no"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_line(
    paytwice: Commands, folder: Path, words: list[str], says: str
) -> None:
    assert says in paytwice("sweep", *words).refusal


def test_ctrl_c_tells_what_was_played_and_the_same_command_goes_on(
    paytwice: Commands, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = paytwice(*WORDS, "--json").json
    pressed: list[work.Task] = []

    def play(task: work.Task) -> list[Measured]:
        if len(pressed) == 2:
            raise KeyboardInterrupt
        pressed.append(task)
        return play_task(task)

    play_task = work.play
    with monkeypatch.context() as patched:
        patched.setattr(work, "play", play)
        stopped = paytwice(*WORDS, "--store", "s.sqlite", "--csv", "cells.csv")

    assert stopped.status == 130
    assert stopped.err == "paytwice: stopped before the end; the same command goes on from s.sqlite\n"
    assert len([line for line in stopped.out.splitlines() if line.startswith("       ")]) == 2
    assert not (folder / "cells.csv").exists(), "half a table is none"
    assert paytwice(*WORDS, "--store", "s.sqlite", "--json").json == whole
