"""`paytwice compare` as it is used: one seed, many, a recorded failure, and what is wrong with them."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import attrs
import pytest
from tests.sim.cli.commanding import SEED_STORY, Commands, in_a_process, write_scenario

from paytwice import Deviation
from paytwice.gallery.winner import SwallowsTheSecond
from paytwice.shrinking.aim import Aim
from paytwice.shrinking.replay import record
from paytwice.story.plot import Plot

CANARY = "paytwice.merchant.canary:Canary"
SWALLOWS = "paytwice.gallery.winner:SwallowsTheSecond"
ROUGH = ("--profile", "rough")
SMALL = [Deviation("choose customer 2 turns to", 1, 2), Deviation("choose customer 2 does", 1, 6)]


@pytest.fixture(scope="module")
def failure(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a failure, as far as it is read."""
    folder, plot = tmp_path_factory.mktemp("failure"), Plot("busy_shop", {"profile": "rough"}, SWALLOWS)
    run = attrs.evolve(plot.loaded(), factory=SwallowsTheSecond).replay(SMALL)
    (folder / "replay.json").write_text(record(plot, run, Aim.of(run), seed=0).as_json(), encoding="utf-8")
    return folder


def test_the_same_merchant_is_the_same(paytwice: Commands) -> None:
    done = paytwice("compare", "reference", "reference", "busy_shop", "--seed", "7", *ROUGH)

    assert done.status == 0
    assert "in busy_shop, seed 7, profile rough" in done.out
    assert "Nobody outside can tell A from B" in done.out


def test_a_merchant_that_loses_money_is_told_in_the_first_lines(paytwice: Commands) -> None:
    done = paytwice("compare", "reference", CANARY, SEED_STORY)

    assert done.status == 1
    lines = done.out.splitlines()
    assert lines[:2] == ["A  reference", f"B  {CANARY}"]
    assert lines[5] == "  - B keeps ¥99.00 of order P1 that A returned"
    assert " │ " in done.out


def test_one_object_for_machines_and_nothing_else(paytwice: Commands, folder: Path) -> None:
    write_scenario(
        folder,
        "mine",
        '"""It talks."""\nasync def story(sim):\n    print("hello")\n'
        "    order = await sim.checkout('99.00 CNY')\n    await order.pay('wechat')\n",
    )
    done = paytwice("compare", "reference", CANARY, "mine", "--json")

    assert (done.status, done.err) == (0, "hello\nhello\n")
    assert done.json["same"] is True
    assert done.json["first"] is None
    told = paytwice("compare", "reference", CANARY, SEED_STORY, "--json").json
    assert told["same"] is told["same_in_the_end"] is False
    assert told["first"]["kind"] == "view"
    assert told["first"]["b"] is None
    assert told["in_the_end"][0] == "B keeps ¥99.00 of order P1 that A returned"
    assert told["a"]["orders"][0]["purses"]["wechat"] == {
        "captured": 9900,
        "returned": 9900,
        "to_merchant_card": 0,
    }
    run = paytwice("run", SEED_STORY, "--merchant", CANARY, "--json").json
    assert told["b"]["digest"] == run["digest"]
    assert told["b"]["violations"] == [
        {"invariant": one["invariant"], "order": one["order"]}
        for one in sorted(run["violations"], key=lambda one: one["invariant"])
    ]


def test_many_seeds_are_counted_and_an_example_can_be_played(paytwice: Commands) -> None:
    many = ("compare", "reference", CANARY, "busy_shop", "--seeds", "6", "--from", "14", *ROUGH)
    done = paytwice(*many)
    told = paytwice(*many, "--json").json

    assert done.status == 1
    assert told["seeds"] == 6
    assert f"They differ in {told['differ']} of 6 seeds" in done.out
    example = told["kinds"][0]["smallest"]
    assert example["command"] in done.out
    shown = paytwice(*shlex.split(example["command"])[1:])
    assert shown.status == 1
    assert f"  - {example['says']}" in shown.out


def test_many_seeds_that_are_the_same_end_with_0(paytwice: Commands) -> None:
    done = paytwice("compare", "reference", "reference", SEED_STORY, "--seeds", "3")

    assert done.status == 0
    assert "Nobody outside can tell A from B in any of 3 seeds" in done.out


def test_the_last_seed_there_is_is_the_last_that_is_played(paytwice: Commands) -> None:
    most = ("--seeds", "5", "--from", str(2**64 - 2))

    assert paytwice("compare", "reference", "reference", SEED_STORY, *most, "--json").json["seeds"] == 2


def test_a_recorded_failure_is_played_on_both_with_its_own_settings(
    paytwice: Commands, failure: Path
) -> None:
    file = failure / "replay.json"
    for given in (failure, file):
        done = paytwice("compare", "reference", SWALLOWS, "busy_shop", "--replay", str(given))

        assert done.status == 1
        assert "deviations from calm: 2 the same in both, 0 in A alone, 0 in B alone" in done.out
        assert "profile rough" in done.out
        assert "  - B keeps " in done.out


def test_what_was_recorded_and_does_not_happen_is_counted_on_each_side(
    paytwice: Commands, failure: Path, tmp_path: Path
) -> None:
    told = json.loads((failure / "replay.json").read_text(encoding="utf-8"))
    told["deviations"].append(
        {"name": "wechat→merchant payment.notify OLD", "n": 1, "value": "lost", "at": 0}
    )
    old = tmp_path / "old.json"
    old.write_text(json.dumps(told))

    done = paytwice("compare", "reference", SWALLOWS, "busy_shop", "--replay", str(old))

    assert "recorded, and about what did not happen: 1 in A and 1 in B" in done.out


def test_as_recorded_is_said_in_the_command_of_an_example(paytwice: Commands) -> None:
    many = ("compare", "reference", CANARY, "busy_shop", "--seeds", "1", "--from", "17", *ROUGH)
    told = paytwice(*many, "--as-recorded", "--json").json

    assert told["kinds"][0]["first"]["command"].endswith("--seed 17 --set profile=rough --as-recorded")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["reference", CANARY], "Missing argument 'WORLD'"),
        (["reference", CANARY, "late_wechat"], "there is no scenario 'late_wechat': did you mean"),
        (["reference", "nowhere:at_all", SEED_STORY], "there is no module 'nowhere'"),
        (["canary", CANARY, SEED_STORY], "a merchant is given as MODULE:FACTORY"),
        (["reference", CANARY, SEED_STORY, "--seed", "-1"], "--seed takes a whole number"),
        (["reference", CANARY, SEED_STORY, "--seed", "1", "--seeds", "2"], "give one of them"),
        (["reference", CANARY, SEED_STORY, "--seeds", "0"], "--seeds"),
        (["reference", CANARY, SEED_STORY, "--from", "3"], "--from is the first of --seeds"),
        (["reference", CANARY, SEED_STORY, "--as-recorded"], "--as-recorded needs --seed or --seeds"),
        (["reference", CANARY, SEED_STORY, "--profile", "rouhg"], "did you mean rough"),
        (
            ["reference", CANARY, SEED_STORY, *ROUGH, "--set", "profile=calm"],
            "--profile rough and --set profile=calm contradict each other",
        ),
        (["reference", CANARY, SEED_STORY, "--set", "closing=x"], "setting closing: 'x'"),
        (["reference", CANARY, SEED_STORY, "--replay", "none.json"], "none.json cannot be read"),
        (["reference", CANARY, SEED_STORY, "--replay", "other.json"], "other.json is no replay file"),
        (["reference", CANARY, SEED_STORY, "--replay", "x.json", *ROUGH], "--replay has its own settings"),
        (["reference", CANARY, SEED_STORY, "--replay", "x.json", "--seed", "3"], "leave out --seed"),
        (["reference", CANARY, SEED_STORY, "--lines", "0"], "--lines"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    paytwice: Commands, folder: Path, arguments: list[str], says: str
) -> None:
    (folder / "other.json").write_text("{}")

    assert says in paytwice("compare", *arguments).refusal


def test_a_failure_of_another_story_is_refused(paytwice: Commands, failure: Path) -> None:
    refusal = paytwice("compare", "reference", CANARY, SEED_STORY, "--replay", str(failure)).refusal

    assert (
        "was recorded with the story 'busy_shop', and says nothing of 'late_wechat_after_alipay'" in refusal
    )


def test_a_merchant_from_the_current_folder_can_be_compared(folder: Path) -> None:
    (folder / "shop.py").write_text("from paytwice.merchant.canary import Canary as make\n")
    done = in_a_process("compare", "reference", "shop:make", SEED_STORY, folder=folder)

    assert done.status == 1
    assert "B keeps ¥99.00 of order P1 that A returned" in done.out
