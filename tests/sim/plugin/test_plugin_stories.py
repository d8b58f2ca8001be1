"""A test that is a story is played by the plugin, whatever else wants to run asynchronous tests."""

from __future__ import annotations

import pytest
from tests.sim.plugin.project import BROKEN, Project

pytest_plugins = ["pytester"]

HEAD = "import pytest\nfrom paytwice import Simulation\n"
LATE = """
@pytest.mark.paytwice
async def test_late(sim: Simulation) -> None:
    STORY
"""


def test_a_story_is_a_test(project: Project) -> None:
    project.file("test_shop.py", HEAD + LATE)

    result = project.run()

    assert result.counts == {"passed": 1}
    assert result.summary == "1 run, 1 distinct"
    assert result.properties["test_late"]["paytwice.outcome"] == "ok"


def test_a_story_is_played_with_each_seed(project: Project) -> None:
    project.file("test_shop.py", HEAD + LATE.replace("paytwice\n", "paytwice(seeds=6, chunk=2)\n"))

    assert project.run().summary == "6 runs, 6 distinct"


def test_a_story_that_breaks_a_promise_fails_with_what_broke(project: Project) -> None:
    project.file("test_shop.py", HEAD + LATE)

    result = project.run("--paytwice-merchant", BROKEN, "--paytwice-out=failures")

    assert result.counts == {"failed": 1}
    result.done.stdout.fnmatch_lines(
        [
            "violated  test_late, calm: * ¥99.00 at stake*",
            "  S4 no stranded money: BROKEN at the end *",
            f"replay    pytest test_shop.py::test_late --paytwice-merchant {BROKEN}",
            "S4 breaks with nothing going wrong at all: the calm run will do",
            "written to failures/test_shop-test_late-S4",
        ]
    )
    assert "or        paytwice run" not in result.text, "no command outside of pytest knows this story"
    folder = project.pytester.path / "failures" / "test_shop-test_late-S4"
    assert not list(folder.glob("*.py")), "nor could a script load it"
    replay = next(one for one in result.replays if "--paytwice-replay" in one)
    assert project.run(*replay).counts == {"failed": 1}


def test_a_recorded_story_is_played_again_when_its_test_has_another_name(project: Project) -> None:
    project.file("test_shop.py", HEAD + LATE)
    project.run("--paytwice-merchant", BROKEN, "--paytwice-out=failures")
    project.file("test_shop.py", HEAD + LATE.replace("test_late", "test_too_late"))
    file = "failures/test_shop-test_late-S4/replay.json"

    assert project.run("--paytwice-replay", file, "--paytwice-merchant", BROKEN).counts == {"failed": 1}
    assert project.run("--paytwice-replay", file).counts == {"passed": 1}


def test_an_assertion_of_a_story_is_told_at_its_own_line(project: Project) -> None:
    project.file(
        "test_shop.py",
        HEAD + "@pytest.mark.paytwice\nasync def test_page(sim):\n"
        "    order = await sim.checkout('9.00 CNY')\n"
        "    answer = await order.status()\n"
        "    assert answer.said.value == 'PAID'\n",
    )

    result = project.run()

    result.done.stdout.fnmatch_lines(
        [
            ">* assert answer.said.value == 'PAID'",
            "E* assert 'PAY_AGAIN' == 'PAID'*",
            "test_shop.py:7: AssertionError",
        ]
    )
    assert "player.py" not in result.text, "our own lines are no part of what failed"
    assert result.properties["test_page"]["paytwice.outcome"] == "failed"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("pass", "EmptyStory: the story placed no order"),
        ("sim.checkout('9.00 CNY')", "NeverAwaited: the story calls checkout() ("),
        ("await sim.checkout('9.00 CNY')\n    raise SystemExit(3)", "the story raised SystemExit: 3"),
        ("await sim.checkout('9.00 XYZ')", "no channel takes XYZ"),
    ],
)
def test_a_story_that_went_wrong_is_told_as_it_is(project: Project, body: str, said: str) -> None:
    project.file("test_shop.py", f"{HEAD}@pytest.mark.paytwice\nasync def test_it(sim):\n    {body}\n")

    result = project.run()

    assert said in result.text
    assert "test_shop.py" in result.text.partition("FAILURES")[2].partition("short test summary")[0]
    assert result.counts == {"failed": 1}


@pytest.mark.parametrize(
    ("call", "counts"),
    [("skip", {"skipped": 1}), ("xfail", {"xfailed": 1}), ("fail", {"failed": 1})],
)
def test_a_story_can_end_its_test_as_other_tests_do(
    project: Project, call: str, counts: dict[str, int]
) -> None:
    project.file(
        "test_shop.py",
        f"{HEAD}@pytest.mark.paytwice\nasync def test_it(sim):\n"
        f"    order = await sim.checkout('9.00 CNY')\n    pytest.{call}('not today')\n",
    )

    result = project.run("-rsx")

    assert result.counts == counts
    assert "not today" in result.text


def test_ctrl_c_in_a_story_ends_the_session(project: Project) -> None:
    project.file(
        "test_shop.py",
        f"{HEAD}pytestmark = pytest.mark.paytwice\n"
        "async def test_it(sim):\n    await sim.checkout('9.00 CNY')\n    raise KeyboardInterrupt\n"
        "async def test_another(sim):\n    await sim.checkout('9.00 CNY')\n",
    )

    result = project.run(apart=True)

    assert result.done.ret == pytest.ExitCode.INTERRUPTED
    assert "passed" not in result.counts


def test_a_story_can_ask_for_fixtures_and_parameters_and_be_a_method(project: Project) -> None:
    project.file(
        "test_shop.py",
        HEAD + "@pytest.fixture\ndef amount():\n    return '9.00 CNY'\n"
        "class TestShop:\n"
        "    prices = ['9.00 CNY']\n"
        "    @pytest.mark.parametrize('channel', ['wechat', 'alipay'])\n"
        "    @pytest.mark.paytwice(seeds=2, profile='calm')\n"
        "    async def test_it(self, sim, channel, amount):\n"
        "        assert amount in self.prices\n"
        "        await (await sim.checkout(amount)).pay(channel)\n"
        "    @staticmethod\n    @pytest.mark.paytwice\n"
        "    async def test_static(sim, amount):\n        await sim.checkout(amount)\n",
    )

    result = project.run()

    assert result.counts == {"passed": 5}
    assert "test_it[wechat-seed1]" in result.properties
    assert result.summary == "5 runs, 5 distinct"


def test_other_asynchronous_tests_are_left_alone(project: Project) -> None:
    project.file(
        "test_shop.py",
        HEAD + "@pytest.fixture\ndef sim():\n    return 'mine'\n"
        "async def test_theirs(sim):\n    assert sim == 'mine'\n"
        "class TestMore:\n    async def test_theirs(self, sim):\n        assert sim == 'mine'\n" + LATE,
    )
    project.file("pytest.ini", "[pytest]\ntrio_mode = true\n")

    result = project.run()

    assert result.counts == {"passed": 3}
    assert result.summary == "1 run, 1 distinct"


def test_a_story_may_stand_among_tests_of_trio(project: Project) -> None:
    project.file(
        "test_shop.py",
        HEAD + "import trio\npytestmark = pytest.mark.trio\n"
        "async def test_theirs():\n    await trio.sleep(0)\n" + LATE,
    )

    assert project.run().counts == {"passed": 2}


def test_a_story_is_no_test_of_asyncio(project: Project) -> None:
    pytest.importorskip("pytest_asyncio", reason="it is no part of what developers need")
    project.file(
        "test_shop.py",
        HEAD + "import asyncio\nasync def test_theirs():\n    await asyncio.sleep(0)\n" + LATE,
    )
    project.file(
        "pytest.ini", "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\n"
    )

    result = project.run(apart=True)

    assert result.counts == {"passed": 2}
    assert result.summary == "1 run, 1 distinct"
