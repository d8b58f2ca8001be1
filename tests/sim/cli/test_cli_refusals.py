"""Bad input gets one line that names the value and what was near, and exit status 2."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.sim.cli.commanding import SEED_STORY, Commands, in_a_process, write_scenario

STORY = '"""A story."""\n\n\nasync def story(sim):\n    await sim.checkout("99.00 CNY")\n'


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            [],
            "give a command: bench or chaos or chart or compare or diff or explore or gallery or invariants",
        ),
        (["rnu"], "there is no command 'rnu': did you mean run?"),
        (["run"], "run needs a scenario"),
        (["run", "late_wechat"], f"there is no scenario 'late_wechat': did you mean {SEED_STORY}?"),
        (["run", "wechat"], SEED_STORY),
        (["run", "zzz"], "there is no scenario 'zzz': `paytwice list` shows"),
        (["run", "scenarios/late_wechat.py"], f"'scenarios/late_wechat.py': did you mean {SEED_STORY}?"),
        (["run", ""], "there is no scenario file ''"),
        (["run", SEED_STORY, "--sed", "1"], "--seed"),
        (["run", SEED_STORY, "--seed"], "'--seed' requires an argument"),
        (["run", SEED_STORY, "--seed", "x"], "not 'x'"),
        (["run", SEED_STORY, "--seed", "-1"], "from 0 to 2^64-1, not '-1'"),
        (["run", SEED_STORY, "--seed", str(2**64)], f"not '{2**64}'"),
        (["run", SEED_STORY, "--seed", "٣"], "not '٣'"),
        (["run", SEED_STORY, "--seed", "1", "--seed", "2"], "--seed can be given once, not 2 times (1, 2)"),
        (["run", SEED_STORY, "--set", "foo"], "--set takes KEY=VALUE, such as profile=rough, not 'foo'"),
        (["run", SEED_STORY, "--set", "profil=rough"], "no setting 'profil': did you mean profile?"),
        (["run", SEED_STORY, "--set", "profile=rogh"], "no fault profile 'rogh': did you mean rough?"),
        (["run", SEED_STORY, "--merchant", "shop"], "MODULE:FACTORY"),
        (["run", SEED_STORY, "--journal", "."], "the journal . cannot be written: Is a directory"),
        (["run", SEED_STORY, "--journal", "no/such/folder.jsonl"], "no/such/folder.jsonl"),
        (["list", "all"], "all"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_line(
    paytwice: Commands, folder: Path, arguments: list[str], says: str
) -> None:
    assert says in paytwice(*arguments).refusal


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('"""x."""\nasync def story(sim)\n    pass\n', "SyntaxError"),
        ('"""x."""\nimport no_such_module\n', "no_such_module"),
        ('"""x."""\nraise SystemExit(4)\n', "SystemExit: 4 (line 2)"),
        ('"""x."""\nraise ValueError("one\\ntwo")\n', "ValueError: one two (line 2)"),
        ('"""x."""\n', "has no story"),
        ('"""x."""\ndef story(sim): pass\n', "async def"),
        ('"""x."""\nstory = 3\n', "has no story"),
        (STORY + "CHANNELS = ['wechat']\n", "which a list does not"),
        (
            STORY + "import paytwice\nCHANNELS = {'x': paytwice.CHANNELS['wechat']}\n",
            "which 'x': 'wechat' does not",
        ),
        (STORY + "SETTINGS = {'expires': 3}\n", "must be a paytwice.Settings, not {'expires': 3}"),
        (STORY + "INTERLEAVINGS = '50'\n", "INTERLEAVINGS of scenario mine must be 0 or more, not '50'"),
        (STORY + "INTERLEAVINGS = True\n", "not True"),
        (STORY + "VERDICT = 'fine'\n", "must be one of ok, violated, unknown, not 'fine'"),
        (STORY + "VARIES = {'closing': 'LOCAL'}\n", "VARIES of scenario mine: what closing varies between"),
        (STORY + "VARIES = {'closng': ('a', 'b')}\n", "no setting 'closng': did you mean closing?"),
        (STORY + "expect = 5\n", "def expect(run)"),
        (STORY + "async def expect(run): pass\n", "def expect(run)"),
        (STORY + "import paytwice\nSETTINGS = paytwice.Settings(profile='rogh')\n", "did you mean rough?"),
    ],
)
def test_a_scenario_that_cannot_be_read_is_refused(
    paytwice: Commands, folder: Path, text: str, says: str
) -> None:
    write_scenario(folder, "mine", text)

    assert says in paytwice("run", "mine").refusal


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("shpo:make", "there is no module 'shpo': did you mean shop?"),
        ("shop.payments:make", "there is no module 'shop.payments'"),
        ("shop:mkae", "module shop has no 'mkae': did you mean make?"),
        ("shop:PRICE", "shop:PRICE is a int, not a factory"),
        ("broken_shop:make", "ImportError: cannot import name 'such'"),
        ("leaving_shop:make", "SystemExit: 3"),
        (":make", "MODULE:FACTORY"),
        ("shop:", "MODULE:FACTORY"),
    ],
)
def test_a_merchant_that_cannot_be_imported_is_refused(
    paytwice: Commands, folder: Path, name: str, says: str
) -> None:
    (folder / "shop.py").write_text("PRICE = 3\ndef make(around): ...\n")
    (folder / "broken_shop.py").write_text("from json import such\n")
    (folder / "leaving_shop.py").write_text("raise SystemExit(3)\n")

    assert says in paytwice("run", SEED_STORY, "--merchant", name).refusal


def test_nothing_is_played_or_truncated_when_one_of_several_is_wrong(
    paytwice: Commands, folder: Path
) -> None:
    journal = folder / "journal.jsonl"
    journal.write_text("mine\n")

    refusal = paytwice("run", SEED_STORY, "no_such_story", "--journal", str(journal)).refusal

    assert "no_such_story" in refusal
    assert journal.read_text() == "mine\n"


def test_a_full_disk_is_said_in_one_line(paytwice: Commands) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")

    answer = paytwice("run", SEED_STORY, "--journal", "/dev/full")

    assert answer.status == 2
    assert answer.err == "paytwice: the journal /dev/full cannot be written: No space left on device\n"


def test_a_scenario_file_run_by_python_refuses_in_the_same_way(folder: Path) -> None:
    path = write_scenario(folder, "mine", STORY + "from paytwice import play\nSETTINGS = 3\nplay(story)\n")

    answer = in_a_process(program=str(path))

    assert answer.status == 2
    assert answer.err == "mine.py: SETTINGS of scenario mine must be a paytwice.Settings, not 3\n"
