"""A replay file says what a failure was for years, and nothing in it is imported or run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import attrs
import pytest

from paytwice import Deviation
from paytwice.gallery.winner import SwallowsTheSecond
from paytwice.merchant.reference.merchant import reference
from paytwice.shrinking.aim import Aim
from paytwice.shrinking.replay import Outcome, Replay, ReplayError, read, record
from paytwice.story.plot import Plot, Stage

PLOT = Plot("busy_shop", {"profile": "rough"})
STAGE = attrs.evolve(PLOT.loaded(), factory=SwallowsTheSecond)
SMALL = [Deviation("choose customer 2 turns to", 1, 2), Deviation("choose customer 2 does", 1, 6)]


@pytest.fixture(scope="module")
def recorded() -> Replay:
    run = STAGE.replay(SMALL)
    return record(PLOT, run, Aim.of(run), seed=0)


def outcome(replay: Replay, stage: Stage = STAGE) -> Outcome:
    return replay.outcome(stage.replay(replay.deviations))


def test_a_file_is_read_as_it_was_written(recorded: Replay, tmp_path: Path) -> None:
    path = tmp_path / "replay.json"
    path.write_text(recorded.as_json(), encoding="utf-8")

    assert read(path) == recorded


def test_the_same_code_reproduces_it_in_the_same_run(recorded: Replay) -> None:
    assert outcome(recorded) is Outcome.REPRODUCED


def test_another_run_that_breaks_the_same_has_drifted(recorded: Replay) -> None:
    assert outcome(attrs.evolve(recorded, digest="0" * 64)) is Outcome.DRIFTED


def test_a_mended_merchant_is_fixed(recorded: Replay) -> None:
    assert outcome(recorded, attrs.evolve(STAGE, factory=reference)) is Outcome.FIXED


def test_a_deviation_that_names_nothing_is_stale(recorded: Replay) -> None:
    old = attrs.evolve(recorded, deviations=[Deviation("wechat→merchant payment.notify OLD #1", 1, "lost")])

    assert outcome(old) is Outcome.STALE


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"deviations": [{"name": "a", "n": True, "value": 1, "at": 0}]}, r"deviations\[0\].n"),
        ({"deviations": [{"name": "a", "n": 1, "value": 1.5, "at": 0}]}, r"deviations\[0\].value"),
        ({"deviations": [{"name": "a", "n": 1, "value": 1, "at": 0, "code": "x"}]}, "code"),
        ({"deviations": [{"name": "a b", "n": 1, "value": one} for one in (1, 2)]}, "a b #1 is there more"),
        ({"seed": "12"}, "seed"),
        ({"settings": {"profile": 3}}, "profile"),
        ({"import": "os"}, "import"),
        ({"format": 2}, "has format 2, and this paytwice reads format 1"),
        ({"deviations": None}, "deviations"),
    ],
)
def test_a_damaged_file_is_told_where(
    recorded: Replay, tmp_path: Path, change: dict[str, Any], says: str
) -> None:
    path = tmp_path / "replay.json"
    path.write_text(json.dumps({**json.loads(recorded.as_json()), **change}), encoding="utf-8")

    with pytest.raises(ReplayError, match=says):
        read(path)


@pytest.mark.parametrize("text", ["", "[]", "nul", '{"a": 1}', "[" * 100_000, "\x00"])
def test_what_is_no_replay_file_is_told_so(tmp_path: Path, text: str) -> None:
    path = tmp_path / "replay.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ReplayError, match="is no replay file"):
        read(path)


def test_a_file_that_is_not_there_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(ReplayError, match="cannot be read: No such file"):
        read(tmp_path / "none.json")
