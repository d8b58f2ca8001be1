"""The benchmarks run, and a command answers before the user looks at the clock."""

from __future__ import annotations

import json

import pytest
from tests.benchmarks import others, schedules
from tests.benchmarks.__main__ import main, measure
from tests.benchmarks.shell import HELP, RUN, seconds_of
from tests.benchmarks.stopwatch import Contestant, Lap, Result, compete
from tests.benchmarks.table import GOALS, Report

from paytwice.choices import SCHEDULES

ALMOST_NOTHING = ["--rounds", "1", "--operations", "10", "--tries", "0"]
SLOW_MACHINES = 6


def test_every_goal_is_measured_where_everything_is_installed() -> None:
    report = measure(rounds=1, operations=10, tries=0)

    for goal in GOALS:
        assert goal.what in report.results
        left_out = goal.than.split()[0].lower() in report.missing
        assert (report.ratio(goal) is None) == left_out, goal
    assert 0 < report.passes < 1_000


def test_the_object_for_machines_says_what_the_table_says(capsys: pytest.CaptureFixture[str]) -> None:
    main([*ALMOST_NOTHING, "--json"])
    found = json.loads(capsys.readouterr().out)

    assert found["microseconds"]["kernel wake-up"]["best"] > 0
    assert found["passes"]["goal"] == 110
    main(ALMOST_NOTHING)
    table = capsys.readouterr().out
    assert all(name in table for name in found["microseconds"])


def test_a_competitor_that_is_missing_is_named_and_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(others, "find_spec", lambda _name: None)

    assert others.missing() == ["simpy", "detangle"]
    assert [one.name for one in others.contestants()] == ["trio checkpoint", "MockClock sleep"]


def test_a_missed_goal_is_called_missed() -> None:
    results = {name: Result(name, (1.0,)) for goal in GOALS for name in (goal.what, goal.than)}
    slow = results | {"kernel wake-up": Result("kernel wake-up", (100.0, 99.0))}

    assert "missed" not in _against("kernel wake-up / trio", Report(results, 1, {}, ()))
    assert "missed" in _against("kernel wake-up / trio", Report(slow, 1, {}, ()))
    assert "not installed" in _against("kernel wake-up / trio", Report({}, 1, {}, ()))


def _against(words: str, report: Report) -> str:
    return next(line for line in report.as_text().splitlines() if line.startswith(words))


def test_the_table_of_schedules_has_a_line_for_each(capsys: pytest.CaptureFixture[str]) -> None:
    schedules.main(["--seeds", "1"])
    _, *lines = capsys.readouterr().out.splitlines()

    assert [line.split()[0] for line in lines] == list(SCHEDULES)


def test_everybody_plays_in_every_round() -> None:
    played: list[str] = []

    def contestant(name: str) -> Contestant:
        def play(n: int, lap: Lap) -> None:
            played.append(f"{name}{n}")
            with lap.measured():
                sum(range(n))

        return Contestant(name, play)

    results = compete([contestant("a"), contestant("b")], rounds=2, operations=5)

    assert played == ["a5", "b5"] * 3
    assert all(len(one.rounds) == 2 and one.best <= one.middle for one in results.values())


@pytest.mark.parametrize(("command", "goal"), [(HELP, 0.3), (RUN, 0.6)], ids=["help", "run"])
def test_a_command_answers_in_a_moment(command: tuple[str, ...], goal: float) -> None:
    assert seconds_of(command, tries=3) < SLOW_MACHINES * goal
