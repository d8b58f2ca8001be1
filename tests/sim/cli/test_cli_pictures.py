"""`--chart` and `--mermaid` draw the run; what cannot be drawn is refused before anything is played."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from tests.sim.cli.commanding import SEED_STORY, Commands, in_a_process, write_scenario

STORY = '"""A story."""\n\n\nasync def story(sim):\n    await sim.checkout("99.00 CNY")\n'


def test_a_run_is_drawn_and_told(paytwice: Commands, folder: Path) -> None:
    answer = paytwice("run", SEED_STORY, "--chart", "run.svg", "--mermaid", "run.mmd")

    assert answer.status == 0
    assert "Verdict:  ok" in answer.out
    assert Path("run.svg").read_text(encoding="utf-8").startswith("<?xml")
    assert "sequenceDiagram" in Path("run.mmd").read_text(encoding="utf-8")


def test_a_scenario_file_draws_itself(folder: Path) -> None:
    path = write_scenario(folder, "mine", STORY + "\n\nfrom paytwice import play\nplay(story)\n")

    assert in_a_process("--chart", "mine.png", program=str(path), folder=folder).status == 0
    assert (folder / "mine.png").read_bytes().startswith(b"\x89PNG")


def test_a_picture_does_not_disturb_json(paytwice: Commands, folder: Path) -> None:
    assert paytwice("run", SEED_STORY, "--json", "--chart", "run.svg").json["verdict"] == "ok"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--chart", "run.pdf"], "--chart: run.pdf must end in .svg or .png"),
        (["--chart", "run"], "--chart: run must end in .svg or .png"),
        (["--mermaid", "run.svg"], "--mermaid: run.svg must end in .mmd or .mermaid"),
        (["--chart", "no/such/run.svg"], "no/such/run.svg cannot be written: there is no folder no/such"),
        (["--chart", "folder.svg"], "folder.svg cannot be written: it is a folder"),
        ([SEED_STORY, "--chart", "run.svg"], "--chart draws one run, and 2 scenarios are given"),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    paytwice: Commands, folder: Path, arguments: list[str], says: str
) -> None:
    Path("folder.svg").mkdir()

    assert says in paytwice("run", SEED_STORY, *arguments).refusal


def test_a_file_that_may_not_be_written_is_refused(paytwice: Commands, folder: Path) -> None:
    Path("run.svg").write_text("mine")
    Path("run.svg").chmod(0o400)
    if os.access("run.svg", os.W_OK):
        pytest.skip("this user may write everything")

    assert "permission denied" in paytwice("run", SEED_STORY, "--chart", "run.svg").refusal


def test_a_full_disk_is_said_in_one_line(paytwice: Commands, folder: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    Path("full.mmd").symlink_to("/dev/full")

    answer = paytwice("run", SEED_STORY, "--mermaid", "full.mmd")

    assert answer.status == 2
    assert answer.err == "paytwice: the picture full.mmd cannot be written: No space left on device\n"


def test_without_matplotlib_a_chart_says_what_to_install_and_a_diagram_is_written(
    paytwice: Commands, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)

    refusal = paytwice("run", SEED_STORY, "--chart", "run.svg").refusal
    assert refusal == (
        "--chart: charts need matplotlib, which is not installed: pip install 'paytwice[charts]'"
    )
    assert paytwice("run", SEED_STORY, "--mermaid", "run.mmd").status == 0
