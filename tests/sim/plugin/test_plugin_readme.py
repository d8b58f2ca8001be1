"""The tests of the README are tests."""

from __future__ import annotations

from pathlib import Path

from tests.sim.plugin.project import BROKEN, Project

from paytwice.testing.options import OPTIONS

pytest_plugins = ["pytester"]

README = Path(__file__).parents[3] / "README.md"


def test_the_tests_of_the_readme_hold_and_can_fail(project: Project) -> None:
    project.file("test_shown.py", Path(__file__).with_name("in_your_tests.py").read_text(encoding="utf-8"))
    few = ("--paytwice-seeds=4", "--paytwice-shrink=0")

    assert project.run(*few).counts == {"passed": 5}
    assert project.run(*few, "--paytwice-merchant", BROKEN).counts["failed"] >= 2


def test_all_options_are_told() -> None:
    text = README.read_text(encoding="utf-8")

    assert [name for name in (*OPTIONS, "seed") if f"`--paytwice-{name}" not in text] == []
