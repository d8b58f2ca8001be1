"""The benchmarks run, and a command answers before the user looks at the clock."""

from __future__ import annotations

import json

import pytest
from tests.benchmarks import others, schedules
from tests.benchmarks.__main__ import main, measure
from tests.benchmarks.campaigns import Campaigns, measure_campaigns, seconds_of_seeds
from tests.benchmarks.shares import shares_of
from tests.benchmarks.shell import HELP, RUN, seconds_of
from tests.benchmarks.stopwatch import Contestant, Lap, Result, compete
from tests.benchmarks.table import GOALS, Report

from paytwice.choices import SCHEDULES

ALMOST_NOTHING = ["--rounds", "1", "--operations", "10", "--tries", "0", "--seeds", "0"]
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


def test_a_goal_with_a_floor_tells_it_where_it_is_missed() -> None:
    goal = next(goal for goal in GOALS if goal.floor is not None)
    results = {goal.what: Result(goal.what, (700.0,)), goal.than: Result(goal.than, (1.0,))}

    assert _against(goal.what + " /", Report(results, 1, {}, ())).endswith("missed, and 800 is the floor")
    quick = results | {goal.what: Result(goal.what, (600.0,))}
    assert _against(goal.what + " /", Report(quick, 1, {}, ())).endswith(" 600")


def test_campaigns_are_measured_with_one_job_and_two_and_over_many_seeds() -> None:
    found = measure_campaigns(seeds=2, rounds=1, memory_seeds=10)

    assert found.one_job > 0 < found.two_jobs
    assert found.memory_seeds == 10
    assert 0 < found.memory_after_a_tenth <= found.memory_after_all


def test_a_campaign_that_grows_or_gains_nothing_has_missed_its_goals() -> None:
    good = Campaigns({"busy_shop": {"kernel": 0.25}}, 1.9, 1.0, 1_000, 60.0, 61.0)
    bad = Campaigns({}, 1.0, 1.0, 1_000, 60.0, 120.0)

    told = Report({}, 1, {}, (), good).as_text()
    assert "time of rough busy_shop: kernel 25%" in told
    assert _against("two jobs", Report({}, 1, {}, (), good)).endswith("1.8")
    assert _against("memory", Report({}, 1, {}, (), good)).endswith("1.25")
    assert _against("two jobs", Report({}, 1, {}, (), bad)).endswith("missed")
    assert _against("memory", Report({}, 1, {}, (), bad)).endswith("missed")


def test_the_shares_of_the_parts_add_up_to_all_the_time() -> None:
    shares = shares_of(lambda: seconds_of_seeds("late_wechat_after_alipay", range(20)))

    assert sum(shares.values()) == pytest.approx(1)
    assert shares["merchant"] > 0 < shares["kernel"]


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
