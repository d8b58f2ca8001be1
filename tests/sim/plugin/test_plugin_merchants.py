"""The merchant under test, its settings and its channels can be said where it is handiest."""

from __future__ import annotations

import pytest
from tests.sim.plugin.project import BROKEN, Project

pytest_plugins = ["pytester"]

OURS = "paytwice.merchant.reference:ReferenceMerchant"
LATE = "def test_late(paytwice):\n    paytwice.play('late_wechat_after_alipay')\n"
FIXTURE = """
import pytest
from paytwice.gallery.winner import SwallowsTheSecond
@pytest.fixture(scope="session")
def paytwice_merchant():
    return SwallowsTheSecond
"""


@pytest.fixture(autouse=True)
def _no_shrinking(project: Project) -> None:
    project.file("pytest.ini", "[pytest]\npaytwice_shrink = 0\n")


@pytest.mark.parametrize(
    ("ini", "conftest", "options", "mark", "test", "broken"),
    [
        ("", "", [], "", LATE, False),
        (BROKEN, "", [], "", LATE, True),
        (BROKEN, "", [OURS], "", LATE, False),
        ("", FIXTURE, [], "", LATE, True),
        (BROKEN, FIXTURE, [], f"merchant={OURS!r}", LATE, False),
        ("", "", [OURS], "", LATE.replace("')", f"', merchant={BROKEN!r})"), True),
    ],
    ids=["ours", "ini", "command line", "fixture", "mark", "call"],
)
def test_what_is_said_nearest_to_the_run_counts(
    project: Project, ini: str, conftest: str, options: list[str], mark: str, test: str, broken: bool
) -> None:
    project.file("pytest.ini", f"[pytest]\npaytwice_shrink = 0\npaytwice_merchant = {ini}\n")
    project.file("conftest.py", conftest)
    project.file("test_shop.py", f"import pytest\n@pytest.mark.paytwice({mark})\n{test}")

    result = project.run(*(f"--paytwice-merchant={name}" for name in options))

    assert result.counts == {"failed" if broken else "passed": 1}


def test_a_merchant_that_is_no_name_is_not_put_into_a_command_but_into_the_replay(project: Project) -> None:
    project.file("conftest.py", FIXTURE)
    project.file("test_shop.py", LATE)

    result = project.run("--paytwice-out=failures")
    file = project.pytester.path / "failures" / "test_shop-test_late-S4" / "replay.json"

    assert "or        paytwice run" not in result.text
    assert f'"merchant": "{BROKEN}"' in file.read_text(encoding="utf-8"), "a replay without it says `fixed`"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("shop.paymens:merchant", "merchant module shop.paymens cannot be imported: there is no module"),
        ("shop.payments:merchan", "module shop.payments has no 'merchan': did you mean merchant?"),
        ("shop.payments", "a merchant is given as MODULE:FACTORY"),
        ("shop.broken:merchant", "ZeroDivisionError: division by zero (*broken.py:1)"),
    ],
)
def test_a_merchant_that_cannot_be_loaded_is_told_in_a_line(project: Project, name: str, said: str) -> None:
    project.file("shop/__init__.py", "")
    project.file("shop/payments.py", "def merchant(around): ...\n")
    project.file("shop/broken.py", "1 / 0\n")
    project.file("test_shop.py", LATE)

    result = project.run("--paytwice-merchant", name)

    result.done.stdout.fnmatch_lines([f"*{said}*"])
    assert "loading.py" not in result.text
    assert result.counts == {"failed": 1}


def test_settings_are_those_of_the_mark_but_for_what_a_call_says(project: Project) -> None:
    project.file(
        "test_shop.py",
        "import pytest\nfrom paytwice import Settings, minutes\n"
        "@pytest.mark.paytwice(seeds=1, settings={'expires': '7m', 'late': 'REOPEN_IF_STOCK'})\n"
        "def test_it(paytwice):\n"
        "    run = paytwice.play('nobody_pays', settings=Settings(expires=minutes(9)))\n"
        "    assert run.settings['expires'] == '9m'\n"
        "    assert run.settings['late'] == 'REOPEN_IF_STOCK'\n"
        "    assert run.profile == 'rough'\n",
    )

    assert project.run().counts == {"passed": 1}


def test_channels_of_ones_own_are_played(project: Project) -> None:
    project.file(
        "test_shop.py",
        "import pytest\nfrom paytwice import ChannelProfile\n"
        "PAYPAY = {'paypay': ChannelProfile(name='paypay')}\n"
        "@pytest.mark.paytwice(channels=PAYPAY)\n"
        "async def test_it(sim):\n    await (await sim.checkout('9.00 CNY')).pay('paypay')\n"
        "async def story(sim):\n    await (await sim.checkout('9.00 CNY')).pay('paypay')\n"
        "def test_a_call(paytwice):\n"
        "    assert paytwice.play(story, channels=PAYPAY).kept('paypay') == 9_00\n",
    )

    assert project.run().counts == {"passed": 2}


def test_simulate_leaves_the_judgement_to_the_test(project: Project) -> None:
    project.file(
        "test_shop.py",
        "def test_it(paytwice):\n"
        f"    run = paytwice.simulate('late_wechat_after_alipay', merchant={BROKEN!r})\n"
        "    assert run.outcome == 'violated'\n    assert run.kept('wechat') == 99_00\n",
    )

    result = project.run()

    assert result.counts == {"passed": 1}
    assert result.summary == "1 run, 1 distinct, 1 violated"
