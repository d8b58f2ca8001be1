"""`paytwice replay` with files that somebody else has written."""

from __future__ import annotations

import json
from pathlib import Path

from tests.sim.cli.commanding import in_a_process


def test_the_folder_of_a_failure_is_played_as_its_replay_file_is(tmp_path: Path) -> None:
    (tmp_path / "replay.json").write_text(_recorded())

    assert in_a_process("replay", str(tmp_path), "-q").out == "fixed: S4 of order P1 in nobody_pays\n"


def test_a_promise_that_nobody_knows_is_not_told_fixed(tmp_path: Path) -> None:
    file = tmp_path / "replay.json"
    file.write_text(_recorded(invariant="S99"))

    done = in_a_process("replay", str(file), "-q")

    assert (done.status, done.out) == (2, "")
    assert "broke 'S99', a promise that this paytwice does not know" in done.err


def test_a_file_of_a_test_says_how_pytest_plays_it(tmp_path: Path) -> None:
    file = tmp_path / "replay.json"
    file.write_text(_recorded(story="test_shop.py::test_late"))

    done = in_a_process("replay", str(file))

    assert done.status == 2
    assert f"pytest 'test_shop.py::test_late' --paytwice-replay {file} plays it" in done.err


def test_no_escape_sequence_of_a_file_reaches_the_terminal(tmp_path: Path) -> None:
    file = tmp_path / "replay.json"
    file.write_text(_recorded(order="P1\x1b[31m", deviations=[{"name": "\x1b]0;x\x07", "n": 1, "value": 1}]))

    done = in_a_process("replay", str(file))

    assert done.status == 3
    assert "no longer happens: \ufffd]0;x\ufffd #1" in done.out
    assert "\x1b" not in done.out


def test_a_value_that_cannot_be_is_told_stale_and_named(tmp_path: Path) -> None:
    kept = Path(__file__).parents[1] / "shrinking/replays/held_queries_meet_a_rate_limit_together.json"
    told = json.loads(kept.read_text(encoding="utf-8"))
    told["deviations"][1]["value"] = 99  # of far fewer
    told["deviations"][3]["value"] = "crash abc"
    file = tmp_path / "replay.json"
    file.write_text(json.dumps(told), encoding="utf-8")

    done = in_a_process("replay", str(file), "-q")

    assert (done.status, done.err) == (3, "")
    assert done.out.startswith("stale: L11")
    assert "no longer happens: choose customer 1 prefers #1: option 99 in place of 0" in done.out
    assert "no longer happens: merchant pay.start P3 store.commit #1: crash abc" in done.out


def _recorded(**changes: object) -> str:
    return json.dumps(
        {
            "story": "nobody_pays",
            "settings": {},
            "merchant": None,
            "deviations": [],
            "invariant": "S4",
            "order": "P1",
            "says": "",
            "digest": "",
            "seed": None,
            "paytwice": "0.1.0",
            "format": 1,
            **changes,
        }
    )
