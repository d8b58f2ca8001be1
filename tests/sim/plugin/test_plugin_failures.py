"""A test that fails tells what broke, how it is played again, and what it takes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.sim.plugin.project import BROKEN, Project

from paytwice.shrinking.replay import read

pytest_plugins = ["pytester"]

LATE = "def test_late(paytwice):\n    paytwice.play('late_wechat_after_alipay')\n"
SEEDS = f"import pytest\n@pytest.mark.paytwice(seeds=4, profile='calm')\n{LATE}"
BUSY = """
import pytest
@pytest.mark.paytwice(seeds=2)
def test_busy(paytwice):
    paytwice.play('busy_shop')
"""
OURS = "paytwice.merchant.reference:ReferenceMerchant"


def test_what_broke_and_what_is_at_stake_is_told_at_the_line_that_played_it(project: Project) -> None:
    project.file("test_shop.py", LATE)

    result = project.run("--paytwice-merchant", BROKEN)

    assert result.counts == {"failed": 1}
    result.done.stdout.fnmatch_lines(
        [
            "> * paytwice.play('late_wechat_after_alipay')",
            "E *BrokenPromise: violated  late_wechat_after_alipay, calm: * ¥99.00 at stake*",
            "E * S4 no stranded money: BROKEN at the end *, order P1, ¥99.00 at stake",
            "test_shop.py:2: BrokenPromise",
            "*--- paytwice ---*",
            f"replay    pytest test_shop.py::test_late --paytwice-merchant {BROKEN}",
            f"or        paytwice run late_wechat_after_alipay --merchant {BROKEN}",
            "S4 breaks with nothing going wrong at all: the calm run will do",
        ]
    )
    assert "fixture.py" not in result.text, "our own lines are no part of what failed"


def test_the_command_that_is_told_plays_the_same_run(project: Project) -> None:
    project.file(
        "tests/test_shop.py",
        "import pytest\n@pytest.mark.paytwice(seeds=3)\n@pytest.mark.parametrize('who', ['her son', 'Mo'])\n"
        "def test_late(paytwice, who):\n    paytwice.play('late_wechat_after_alipay')\n",
    )
    failed = project.run("-k", "Mo and seed2", "--paytwice-merchant", BROKEN, "--paytwice-profile=calm")
    (replay,) = failed.replays

    again = project.run(*replay)

    name = "test_late[Mo-seed2]"
    assert replay[0] == f"tests/test_shop.py::{name}"
    assert again.counts == {"failed": 1}
    assert again.properties[name]["paytwice.digest"] == failed.properties[name]["paytwice.digest"]


def test_a_command_is_told_from_where_pytest_was_called(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.file("pytest.ini", "[pytest]\n")
    project.file("tests/test_shop.py", LATE)
    monkeypatch.chdir(project.pytester.path / "tests")

    result = project.run("--paytwice-merchant", BROKEN, "--paytwice-shrink=0")

    assert result.replays == [["test_shop.py::test_late", "--paytwice-merchant", BROKEN]]


def test_a_failure_is_shrunk_to_what_it_takes_once_for_each_kind(project: Project) -> None:
    project.file("test_shop.py", BUSY)

    result = project.run("--paytwice-merchant", BROKEN, "--paytwice-shrink", "60", "--paytwice-from", "6")

    assert result.counts == {"failed": 2}
    assert result.text.count("S4 takes ") == 1
    assert " deviations from calm:" in result.text
    assert "Without `" in result.text, "there was time to look for what makes the difference"
    assert "S4 has been shrunk before for this test" in result.text


def test_a_failure_is_not_shrunk_where_nobody_wants_it(project: Project) -> None:
    project.file("test_shop.py", SEEDS)

    result = project.run("--paytwice-merchant", BROKEN, "--paytwice-shrink", "0")

    assert "the calm run will do" not in result.text
    assert "shrunk before" not in result.text


def test_time_spent_on_a_failure_that_a_test_expects_is_none(project: Project) -> None:
    project.file(
        "test_shop.py",
        "import pytest\nfrom paytwice.testing import BrokenPromise\n"
        "def test_late(paytwice):\n"
        "    with pytest.raises(BrokenPromise, match='S4'):\n"
        f"        paytwice.play('late_wechat_after_alipay', merchant={BROKEN!r})\n"
        "    paytwice.play('late_wechat_after_alipay')\n"
        "    assert not 'something else'\n",
    )

    result = project.run("--paytwice-out=failures")

    assert "replay    pytest test_shop.py::test_late" in result.text, "of the run that was played last"
    assert "S4" not in result.text.partition("--- paytwice ---")[2]
    assert not (project.pytester.path / "failures").exists()
    assert result.summary == "2 runs, 2 distinct, 1 violated"


def _recorded(project: Project) -> tuple[list[str], Path]:
    """What plays a recorded failure again, and the file it is recorded in."""
    project.file("test_shop.py", SEEDS)
    first = project.run("-x", "--paytwice-merchant", BROKEN, "--paytwice-out=failures")
    replay = next(one for one in first.replays if "--paytwice-replay" in one)
    return replay, Path(project.pytester.path, replay[2])


def test_the_folder_of_a_failure_has_a_replay_that_reproduces_it_until_it_is_fixed(project: Project) -> None:
    replay, file = _recorded(project)

    again = project.run(*replay)
    fixed = project.run(*replay, f"--paytwice-merchant={OURS}")

    assert {one.name for one in file.parent.iterdir()} >= {"story.txt", "journal.jsonl", "sequence.mmd"}
    assert list(file.parent.glob("*.py")), "the script of a story that has a name"
    assert again.counts == {"failed": 1}
    assert again.properties["test_late[replay]"]["paytwice.digest"] == read(file).digest
    assert fixed.counts == {"passed": 1}


def test_a_replay_that_says_nothing_any_more_does_not_pass(project: Project) -> None:
    replay, file = _recorded(project)
    ours = f"--paytwice-merchant={OURS}"
    told = json.loads(file.read_text(encoding="utf-8"))
    told["deviations"] = [{"name": "wechat→merchant payment.notify P9-1", "n": 1, "value": 9, "at": 0}]
    file.write_text(json.dumps(told), encoding="utf-8")
    stale = project.run(*replay, ours)
    told["story"] = "nobody_pays"
    file.write_text(json.dumps(told), encoding="utf-8")
    other = project.run(*replay, ours)
    file.write_text("{}", encoding="utf-8")
    damaged = project.run(*replay, ours)

    assert "replay.json is stale, and says nothing of this run:" in stale.text
    assert "no longer happens: wechat→merchant payment.notify P9-1 #1: 9 ms" in stale.text
    assert "was recorded with the story 'nobody_pays', and this test does not play it" in other.text
    assert "replay.json is no replay file" in damaged.text
    assert not any("passed" in one.counts for one in (stale, other, damaged))


def test_a_folder_that_cannot_be_written_is_told_beside_the_failure(project: Project) -> None:
    project.file("test_shop.py", LATE)
    project.file("failures", "a file\n")

    result = project.run("--paytwice-merchant", BROKEN, "--paytwice-out=failures")

    assert "cannot be written: " in result.text
    assert result.counts == {"failed": 1}


def test_seeds_digest_and_outcome_are_properties_of_a_test(project: Project) -> None:
    project.file(
        "test_shop.py",
        "import pytest\n@pytest.mark.paytwice(seeds=4, chunk=2, profile='calm')\n"
        "def test_late(paytwice):\n    paytwice.play('late_wechat_after_alipay')\n"
        "def test_unknown(paytwice):\n    paytwice.simulate('late_wechat_after_alipay')\n",
    )

    good, bad = project.run(), project.run("--paytwice-merchant", BROKEN, "--paytwice-shrink=0")

    told = good.properties["test_late[seeds2-3]"]
    assert len(told.pop("paytwice.digest")) == 64
    assert told == {
        "paytwice.seeds": "2-3",
        "paytwice.profile": "calm",
        "paytwice.runs": "2",
        "paytwice.distinct": "2",
        "paytwice.outcome": "ok",
    }
    told = bad.properties["test_late[seeds0-1]"]
    assert told["paytwice.seeds"] == "0", "the other was not played"
    assert told["paytwice.outcome"] == "violated"
    assert "S4" in told["paytwice.broken"].split()
    assert "test_shop.py::test_late --paytwice-seed 0" in told["paytwice.replay"]
    told = bad.properties["test_unknown"]
    assert (told["paytwice.outcome"], "paytwice.replay" in told) == ("violated", False), "nobody judged it"


def test_a_calm_run_must_be_as_its_scenario_declares(project: Project) -> None:
    text = (
        "from paytwice.testing import PaytwiceFixture\n"
        "from paytwice import Settings\n"
        "async def story(sim):\n    await (await sim.checkout('9.00 CNY')).pay('wechat')\n"
        "def expect(run):\n    assert run.order.paid_by == 'alipay', 'not by alipay'\n"
    )
    project.file("scenarios/by_alipay.py", text)
    project.file("test_shop.py", "def test_it(paytwice):\n    paytwice.play('by_alipay')\n")

    result = project.run()

    assert "expect says: not by alipay: run.order.paid_by == 'alipay' does not hold" in result.text


def test_xdist_adds_up_what_its_workers_played(project: Project) -> None:
    project.file("test_shop.py", SEEDS + "def test_nobody(paytwice):\n    paytwice.play('nobody_pays')\n")
    alone = project.run("--paytwice-merchant", BROKEN, "--paytwice-shrink=0")

    spread = project.run("--paytwice-merchant", BROKEN, "--paytwice-shrink=0", "-n", "2", apart=True)

    assert "2 workers [5 items]" in spread.text
    assert alone.counts == {"failed": 4, "passed": 1}
    assert (spread.counts, spread.summary) == (alone.counts, alone.summary)
    assert spread.properties == alone.properties
    assert sorted(spread.replays) == sorted(alone.replays)
