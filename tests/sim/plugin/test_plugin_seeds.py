"""A test that is marked is played with many seeds, each of which can be told from the others."""

from __future__ import annotations

import pytest
from tests.sim.plugin.project import BROKEN, Project

pytest_plugins = ["pytester"]

MARKED = """
import pytest

{mark}
def test_late(paytwice):
    run = paytwice.play("late_wechat_after_alipay")
    assert run.seed == paytwice.seed
    print("played", run.seed, run.profile)
"""


def _project(project: Project, mark: str) -> Project:
    project.file("test_shop.py", MARKED.format(mark=mark))
    return project


def test_a_test_without_a_mark_plays_the_calm_run(project: Project) -> None:
    result = _project(project, "").run("-s")

    assert result.counts == {"passed": 1}
    assert "played None calm" in result.text
    assert result.summary == "1 run, 1 distinct"


def test_each_seed_is_an_item(project: Project) -> None:
    _project(project, "@pytest.mark.paytwice(seeds=4, begin=3)")

    result = project.run("-s")

    assert list(result.properties) == [f"test_late[seed{seed}]" for seed in (3, 4, 5, 6)]
    assert result.counts == {"passed": 4}
    assert "played 5 rough" in result.text, "the profile of chance is rough unless it is said"
    assert result.summary == "4 runs, 4 distinct"
    assert project.run("-k", "seed5").counts == {"passed": 1, "deselected": 3}


def test_runs_that_are_the_same_are_counted_as_one(project: Project) -> None:
    project.file(
        "test_shop.py",
        "def test_it(paytwice):\n    for _ in range(3):\n        paytwice.play('nobody_pays')\n",
    )

    assert project.run().summary == "3 runs, 1 distinct"


def test_many_seeds_are_put_together(project: Project) -> None:
    result = _project(project, "@pytest.mark.paytwice(seeds=10_000)").run("--collect-only", "-q")

    assert "200 tests collected" in result.text
    assert "test_late[seeds0-49]" in result.text
    assert "test_late[seeds9950-9999]" in result.text


def test_an_item_plays_all_of_its_seeds(project: Project) -> None:
    result = _project(project, "@pytest.mark.paytwice(seeds=5, chunk=3)").run("-s")

    assert list(result.properties) == ["test_late[seeds0-2]", "test_late[seeds3-4]"]
    assert [f"played {seed} rough" in result.text for seed in range(6)] == [True] * 5 + [False]
    assert result.properties["test_late[seeds0-2]"]["paytwice.runs"] == "3"
    assert result.summary == "5 runs, 5 distinct"


def test_an_item_ends_with_the_first_seed_that_fails(project: Project) -> None:
    _project(project, "@pytest.mark.paytwice(seeds=5, chunk=5, profile='calm')")

    result = project.run("--paytwice-merchant", BROKEN, "--paytwice-shrink", "0")

    assert result.counts == {"failed": 1}
    assert result.summary == "1 run, 1 distinct, 1 violated"
    assert "4 more seeds of this item were not played" in result.text


def test_the_command_line_counts_more_than_the_mark(project: Project) -> None:
    _project(project, "@pytest.mark.paytwice(seeds=2, profile='rough')")

    result = project.run("-s", "--paytwice-seeds=3", "--paytwice-from=7", "--paytwice-profile=calm")

    assert [f"played {seed} calm" in result.text for seed in (7, 8, 9)] == [True] * 3
    assert result.summary == "3 runs, 3 distinct"


def test_one_seed_alone_can_be_asked_for(project: Project) -> None:
    result = _project(project, "@pytest.mark.paytwice(seeds=2)").run("--paytwice-seed=71", "-s")

    assert list(result.properties) == ["test_late[seed71]"]
    assert "played 71 rough" in result.text


def test_the_configuration_file_counts_where_the_mark_says_nothing(project: Project) -> None:
    project.file("pytest.ini", "[pytest]\npaytwice_seeds = 3\npaytwice_profile = calm\n")

    result = _project(project, "@pytest.mark.paytwice").run("-s")

    assert result.summary == "3 runs, 3 distinct"
    assert "played 2 calm" in result.text


def test_of_two_marks_the_nearer_one_counts(project: Project) -> None:
    project.file(
        "test_shop.py",
        "import pytest\npytestmark = pytest.mark.paytwice(seeds=9, profile='calm')\n"
        "@pytest.mark.paytwice(seeds=2)\n"
        "def test_it(paytwice):\n    assert paytwice.play('nobody_pays').profile == 'calm'\n"
        "def test_that_plays_nothing():\n    pass\n",
    )

    assert project.run().counts == {"passed": 3}


def test_seeds_go_with_other_parameters(project: Project) -> None:
    project.file(
        "test_shop.py",
        "import pytest\n@pytest.mark.paytwice(seeds=2)\n"
        "@pytest.mark.parametrize('name', ['nobody_pays', 'late_wechat_after_alipay'])\n"
        "def test_it(paytwice, name):\n    assert paytwice.play(name).scenario == name\n",
    )

    result = project.run()

    assert {"test_it[nobody_pays-seed0]", "test_it[late_wechat_after_alipay-seed1]"} <= set(result.properties)
    assert result.counts == {"passed": 4}


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        ("(seed=5)", "the mark paytwice takes no 'seed': did you mean seeds?"),
        ("(200)", "the mark paytwice takes names, such as seeds=200, and not 200"),
        ("(seeds=-1)", "seeds of the mark paytwice is a whole number from 0 on, not -1"),
        ("(seeds=True)", "not True"),
        ("(seeds=2, chunk=0)", "chunk of the mark paytwice is a whole number from 1 on, not 0"),
        ("(seeds=2, begin=2**64 - 1)", "a seed is at most"),
        ("(seeds=1, profile='rouhg')", "there is no fault profile 'rouhg': did you mean rough?"),
        ("(settings={'late': 1})", "setting late is text, as --set takes it, or use Settings(late=1)"),
        ("(settings={'expirs': '1m'})", "there is no setting 'expirs': did you mean expires"),
    ],
)
def test_a_mark_that_cannot_be_meant_is_refused(project: Project, mark: str, said: str) -> None:
    result = _project(project, f"@pytest.mark.paytwice{mark}").run()

    assert said in result.text
    assert result.done.ret != 0
    assert "passed" not in result.counts
    assert result.text.count(said) <= 2, "once, and once in the summary"
    assert "plugin.py" not in result.text, "it is the mark that is wrong, and no line of ours"


@pytest.mark.parametrize(
    ("test", "said"),
    [
        ("def test_it():\n    pass", "is a story, `async def` with an argument `sim`, or a plain test"),
        ("async def test_it(paytwice):\n    pass", "is a story, `async def` with an argument `sim`"),
        ("def test_it(paytwice):\n    pass", "this test has seeds and plays nothing with them"),
    ],
)
def test_seeds_that_would_come_to_nothing_are_refused(project: Project, test: str, said: str) -> None:
    project.file("test_shop.py", f"import pytest\n@pytest.mark.paytwice(seeds=2)\n{test}\n")

    result = project.run()

    assert said in result.text
    assert "passed" not in result.counts


def test_a_fixture_that_would_play_one_seed_for_all_is_refused(project: Project) -> None:
    text = (
        "import pytest\n@pytest.fixture\ndef run(paytwice):\n    return paytwice.play('nobody_pays')\n"
        "@pytest.mark.paytwice(seeds=4, chunk={chunk})\ndef test_it(run):\n    assert run.orders\n"
    )
    project.file("test_shop.py", text.format(chunk=2))
    assert "play them in the test itself" in project.run().text

    project.file("test_shop.py", text.format(chunk=1))
    assert project.run().summary == "4 runs, 4 distinct"


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--paytwice-seeds=many", "--paytwice-seeds: 'many' is no whole number from 0 on"),
        ("--paytwice-seed=-3", "--paytwice-seed: '-3' is no whole number"),
        ("--paytwice-shrink=soon", "--paytwice-shrink: "),
        ("--paytwice-shrink=-1", "is no number of seconds from 0 to 3600"),
    ],
)
def test_an_option_that_cannot_be_meant_is_refused_at_once(project: Project, option: str, said: str) -> None:
    result = _project(project, "").run(option)

    assert said in result.text
    assert result.done.ret == pytest.ExitCode.USAGE_ERROR
