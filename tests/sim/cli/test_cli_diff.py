"""`paytwice diff` as it is used: scenarios, replay files, folders, journals, and what is wrong with them."""

from __future__ import annotations

import json
from pathlib import Path

import attrs
import pytest
from tests.sim.cli.commanding import SEED_STORY, Commands, in_a_process, write_scenario

from paytwice import Deviation
from paytwice.gallery.winner import SwallowsTheSecond
from paytwice.shrinking.aim import Aim
from paytwice.shrinking.replay import record
from paytwice.story.plot import Plot

SWALLOWS = "paytwice.gallery.winner:SwallowsTheSecond"
ROUGH = ("--profile", "rough")
SMALL = [Deviation("choose customer 2 turns to", 1, 2), Deviation("choose customer 2 does", 1, 6)]


@pytest.fixture(scope="module")
def failure(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a failure, as far as `diff` reads it."""
    folder, plot = tmp_path_factory.mktemp("failure"), Plot("busy_shop", {"profile": "rough"}, SWALLOWS)
    run = attrs.evolve(plot.loaded(), factory=SwallowsTheSecond).replay(SMALL)
    (folder / "replay.json").write_text(record(plot, run, Aim.of(run), seed=0).as_json(), encoding="utf-8")
    (folder / "journal.jsonl").write_text(
        "".join(f"{one}\n" for one in run.journal.jsonl()), encoding="utf-8"
    )
    return folder


def test_the_same_run_is_the_same(paytwice: Commands) -> None:
    done = paytwice("diff", f"{SEED_STORY}@7", f"{SEED_STORY}@7", *ROUGH)

    assert done.status == 0
    assert "The same run, in all " in done.out
    assert "They part" not in done.out


def test_two_seeds_part_and_are_told_side_by_side(paytwice: Commands) -> None:
    done = paytwice("diff", f"{SEED_STORY}@7", f"{SEED_STORY}@8", *ROUGH)

    assert done.status == 1
    assert done.out.startswith(f"A  {SEED_STORY}@7\nB  {SEED_STORY}@8\n\nThey part at entry ")
    assert " │ " in done.out
    assert "Only A has" in done.out
    assert "A ends ok, after" in done.out
    assert "P1     PAID by alipay" in done.out


def test_a_scenario_without_a_seed_is_calm(paytwice: Commands) -> None:
    calm = paytwice("run", SEED_STORY, "--json").json
    told = paytwice("diff", SEED_STORY, f"{SEED_STORY}@7", "--json").json

    assert told["a"]["digest"] == calm["digest"]
    assert told["b"]["digest"] == paytwice("run", SEED_STORY, "--seed", "7", "--json").json["digest"]


def test_settings_are_those_of_both_scenarios(paytwice: Commands) -> None:
    options = ("--set", "closing=LOCAL_FIRST", "--set", "profile=rough")
    told = paytwice("diff", f"{SEED_STORY}@3", f"{SEED_STORY}@4", *options, "--json").json

    for side, seed in (("a", "3"), ("b", "4")):
        run = paytwice("run", SEED_STORY, "--seed", seed, *options, "--json").json
        assert told[side]["digest"] == run["digest"]


def test_a_journal_is_the_run_that_wrote_it(paytwice: Commands, tmp_path: Path) -> None:
    journal = tmp_path / "run.txt"  # whatever it is called
    paytwice("run", SEED_STORY, "--journal", str(journal), "-q")

    done = paytwice("diff", str(journal), SEED_STORY)

    assert done.status == 0
    assert "a journal, which tells no verdict and no deviations" in done.out
    assert "It ends ok, after 8m00s" in done.out, "as the one that was played tells"
    other = paytwice("diff", str(journal), f"{SEED_STORY}@2")
    assert other.status == 1
    assert "A ends after 8m00s" in other.out


def test_a_replay_file_is_played_again_and_is_its_folders_journal(paytwice: Commands, failure: Path) -> None:
    file, journal = str(failure / "replay.json"), str(failure / "journal.jsonl")

    assert paytwice("diff", file, journal, "--merchant", SWALLOWS).status == 0
    assert paytwice("diff", str(failure), journal, "--merchant", SWALLOWS).status == 0


def test_with_a_mended_merchant_it_parts_and_says_that_it_is_another_run(
    paytwice: Commands, failure: Path
) -> None:
    mended = "paytwice.merchant.reference:ReferenceMerchant"
    done = paytwice("diff", str(failure), str(failure / "journal.jsonl"), "--merchant", mended)

    assert done.status == 1
    assert "is another run by now than the one recorded, " in done.out
    assert "refund P2-R1 (DUPLICATE) is" in done.out
    assert "A ends ok, after" in done.out


def test_what_no_longer_happens_is_told(paytwice: Commands, failure: Path, tmp_path: Path) -> None:
    told = json.loads((failure / "replay.json").read_text(encoding="utf-8"))
    told["deviations"].append(
        {"name": "wechat→merchant payment.notify OLD", "n": 1, "value": "lost", "at": 0}
    )
    old = tmp_path / "old.json"
    old.write_text(json.dumps(told))  # on one line

    done = paytwice("diff", str(old), str(failure), "--merchant", SWALLOWS)

    assert done.status == 0
    assert "no longer happens: wechat→merchant payment.notify OLD #1: lost" in done.out


def test_one_object_for_machines_and_nothing_else(paytwice: Commands, folder: Path) -> None:
    write_scenario(
        folder,
        "mine",
        '"""It talks."""\nasync def story(sim):\n    print("hello")\n'
        "    order = await sim.checkout('99.00 CNY')\n    await order.pay('wechat')\n",
    )
    done = paytwice("diff", "mine", "mine@5", "--json", "--lines", "3")

    assert done.status == 1
    told = done.json
    assert told["same"] is False
    assert set(told) == {"same", "a", "b", "parting", "deviations"}
    assert told["parting"]["a"]["entry"]["what"] == "arrived"
    assert len(told["parting"]["a"]["next"]) == 3
    assert told["a"]["orders"] == [
        {"id": "P1", "state": "PAID", "paid_by": "wechat WX0001", "captured": 9900, "returned": 0}
    ]
    assert told["deviations"]["only_a"] == []
    assert told["deviations"]["only_b"][0].keys() == {"name", "n", "value", "at"}
    assert done.err == "hello\nhello\n"
    same = paytwice("diff", "mine", "mine", "--json")
    assert (same.status, same.json["same"], same.json["parting"]) == (0, True, None)


def test_a_seed_can_be_given_to_a_path(paytwice: Commands, folder: Path) -> None:
    (folder / "at@home").mkdir()
    story = '"""."""\nasync def story(sim):\n    await sim.checkout("9.00 CNY")\n'
    (folder / "at@home" / "mine.py").write_text(story)

    assert paytwice("diff", "at@home/mine.py", "at@home/mine.py@4").status == 1
    assert paytwice("diff", "at@home/mine.py@4", "at@home/mine.py@4").status == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([SEED_STORY], "Missing argument 'B'"),
        (
            [SEED_STORY, "late_wechat"],
            "there is no scenario 'late_wechat': did you mean late_wechat_after_alipay?",
        ),
        ([SEED_STORY, f"{SEED_STORY}@-1"], "a seed is a whole number from 0 to 2^64-1"),
        ([SEED_STORY, f"{SEED_STORY}@x"], f"a seed is a whole number from 0 to 2^64-1, as in {SEED_STORY}@7"),
        ([SEED_STORY, f"{SEED_STORY}@{2**64}"], "a seed is a whole number"),
        ([SEED_STORY, "@7"], "'@7' names no scenario before its seed"),
        ([SEED_STORY, "none.jsonl"], "none.jsonl cannot be read: No such file"),
        ([SEED_STORY, "none.json"], "none.json cannot be read: No such file"),
        ([SEED_STORY, "other.json"], "other.json is no replay file"),
        ([SEED_STORY, "empty.jsonl"], "empty.jsonl is empty"),
        ([SEED_STORY, "cut.jsonl"], "cut.jsonl is damaged: line 1: no JSON"),
        ([SEED_STORY, "."], "there is no scenario"),
        ([SEED_STORY, SEED_STORY, "--profile", "rouhg"], "did you mean rough"),
        ([SEED_STORY, SEED_STORY, "--set", "closing=x"], "setting closing: 'x'"),
        ([SEED_STORY, SEED_STORY, "--story", SEED_STORY], "--story is for a replay file"),
        (["cut.jsonl", "cut.jsonl", "--merchant", SWALLOWS], "--merchant is for what is played"),
        (["cut.jsonl", "other.json", *ROUGH], "a replay file has its own settings"),
        ([SEED_STORY, SEED_STORY, "--merchant", "nowhere:at_all"], "there is no module 'nowhere'"),
        ([SEED_STORY, SEED_STORY, "--lines", "0"], "--lines"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    paytwice: Commands, folder: Path, arguments: list[str], says: str
) -> None:
    (folder / "other.json").write_text("{}")
    (folder / "empty.jsonl").write_text("")
    (folder / "cut.jsonl").write_text('{"index": 0, "at"')

    assert says in paytwice("diff", *arguments).refusal


def test_nothing_that_a_file_names_is_imported(paytwice: Commands, failure: Path, folder: Path) -> None:
    (folder / "trap.py").write_text("raise SystemExit('sprung')\n")
    told = json.loads((failure / "replay.json").read_text(encoding="utf-8"))
    for change, says in (({"merchant": "trap:make"}, "--merchant"), ({"story": "trap.py"}, "--story")):
        (folder / "replay.json").write_text(json.dumps({**told, "merchant": None, **change}))

        assert f"name it with {says}" in paytwice("diff", "replay.json", SEED_STORY).refusal


def test_a_merchant_that_wants_to_end_the_process_ends_its_run_only(paytwice: Commands, folder: Path) -> None:
    paytwice("run", SEED_STORY, "--journal", "ours.jsonl", "-q")
    (folder / "leaving_shop.py").write_text("def make(around):\n    raise SystemExit(0)\n")

    answer = paytwice("diff", "ours.jsonl", SEED_STORY, "--merchant", "leaving_shop:make")

    assert answer.status == 1
    assert "B  is over" in answer.out
    assert "B ended early: SystemExit: 0, after 0ms" in answer.out


def test_text_in_a_strangers_file_cannot_steer_the_terminal(paytwice: Commands, folder: Path) -> None:
    paytwice("run", SEED_STORY, "--journal", "run.jsonl", "-q")
    lines = (folder / "run.jsonl").read_text(encoding="utf-8").splitlines()
    lines = [line.replace('"P1"', '"P\\u001b[2JX"').replace('"WX0001"', '"W\\u0085"') for line in lines]
    (folder / "run.jsonl").write_text("\n".join(lines), encoding="utf-8")

    done = paytwice("diff", "run.jsonl", SEED_STORY)

    assert done.status == 1
    assert "P\ufffd[2JX" in done.out
    assert all(one.isprintable() for one in done.out if one != "\n")


def test_it_is_a_command_of_its_own() -> None:
    done = in_a_process("diff", "--help")

    assert done.status == 0
    assert "NAME@SEED" in done.out
