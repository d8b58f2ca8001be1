"""The folder of a failure names the decision that makes the difference, and shows what it changes."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import attrs
import pytest
from tests.sim.cli.commanding import Commands

from paytwice import Deviation
from paytwice.comparing.journal_file import read_journal
from paytwice.gallery.winner import SwallowsTheSecond
from paytwice.shrinking.folder import summary, write_folder
from paytwice.shrinking.shrink import Shrunk, shrink
from paytwice.story.plot import Plot

SWALLOWS = "paytwice.gallery.winner:SwallowsTheSecond"
STAGE = attrs.evolve(Plot("busy_shop", {"profile": "rough"}, SWALLOWS).loaded(), factory=SwallowsTheSecond)
SMALL = [Deviation("choose customer 2 turns to", 1, 2), Deviation("choose customer 2 does", 1, 6)]


@pytest.fixture(scope="module")
def shrunk() -> Shrunk:
    return shrink(STAGE.replay, STAGE.replay(SMALL))


@pytest.fixture(scope="module")
def failure(shrunk: Shrunk, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("failures") / "one", STAGE, shrunk, seed=0)


def test_the_decision_stands_in_a_file_of_its_own(shrunk: Shrunk, failure: Path) -> None:
    told = json.loads((failure / "decision.json").read_text(encoding="utf-8"))

    assert shrunk.decisive is not None
    assert Deviation(**told["decision"]) == shrunk.decisive
    assert told["says"] == str(shrunk.decisive)
    assert (told["invariant"], told["order"]) == (shrunk.aim.invariant, shrunk.aim.order)
    assert told["without_it"]["verdict"] == "ok"
    assert told["parting"]["a"]["next"] != told["parting"]["b"]["next"]


def test_the_run_that_passes_lies_beside_the_one_that_fails(shrunk: Shrunk, failure: Path) -> None:
    told = json.loads((failure / "decision.json").read_text(encoding="utf-8"))
    passing = read_journal(failure / told["without_it"]["journal"])

    assert shrunk.passing is not None
    assert passing.digest() == told["without_it"]["digest"] == shrunk.passing.digest
    entry = told["parting"]["entry"]
    failing = read_journal(failure / "journal.jsonl")
    assert failing.rows[:entry] == passing.rows[:entry]
    assert failing.rows[entry] != passing.rows[entry]


def test_the_story_shows_what_the_decision_changes(shrunk: Shrunk, failure: Path) -> None:
    story = (failure / "story.txt").read_text(encoding="utf-8")

    assert f"Without `{shrunk.decisive}` the run passes\n" in story
    assert f"What `{shrunk.decisive}` changes:\nThey part at entry " in story
    beside = next(line for line in story.splitlines() if "│" in line)
    assert [one.strip() for one in beside.split("│")] == ["this run", "without it"]


def test_the_command_in_the_story_plays_the_failure_again_where_the_campaign_was_started(
    shrunk: Shrunk, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    failure = write_folder(Path("failures") / "number one", STAGE, shrunk, seed=0)
    story = (failure / "story.txt").read_text(encoding="utf-8")
    [command] = [line.removeprefix("Replay:   ") for line in story.splitlines() if line.startswith("Replay:")]
    program, *words = shlex.split(command)

    assert "busy_shop, calm but for 2 deviations\n" in story
    assert program == "paytwice"
    assert Commands(capsys)(*words, "-q").out.startswith("reproduced: ")


def test_a_failure_that_every_run_near_it_shares_has_no_such_decision(shrunk: Shrunk, tmp_path: Path) -> None:
    other = attrs.evolve(shrunk, passing=None, decisive=None)
    folder = write_folder(tmp_path, STAGE, other, seed=0)

    assert not (folder / "decision.json").exists()
    assert not (folder / "passing.jsonl").exists()
    assert "Whichever of them is left out, the run still does not pass" in "\n".join(summary(other))
    assert "They part" not in (folder / "story.txt").read_text(encoding="utf-8")


def test_where_shrinking_stopped_nothing_is_claimed_of_runs_that_were_not_played(shrunk: Shrunk) -> None:
    unfinished = attrs.evolve(shrunk, passing=None, decisive=None, is_finished=False)

    assert "Whichever" not in "\n".join(summary(unfinished))


def test_of_what_was_not_shrunk_to_the_end_no_wall_is_told(shrunk: Shrunk) -> None:
    many = tuple(Deviation("merchant→wechat trade.query P1-1", n, n) for n in range(1, 500))
    lines = list(summary(attrs.evolve(shrunk, deviations=many, is_finished=False)))

    assert len(lines) < 50
    assert "  … and 459 more" in lines
