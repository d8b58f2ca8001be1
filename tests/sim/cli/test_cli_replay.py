"""The replay command that a report prints plays the same run: same digest, same verdict."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from tests.sim.cli.commanding import SEED_STORY, Commands, in_a_process, write_scenario
from tests.sim.cli.test_cli_early_ends import WRAPPED

from paytwice import Settings, Simulation, simulate
from paytwice.merchant.reference import ReferenceMerchant
from paytwice.report.text import replay_command
from paytwice.story.scenario import load

STORY = (
    '"""Has settings of its own."""\nfrom paytwice import Settings, minutes, play\n'
    "SETTINGS = Settings(expires=minutes(15))\n"
    "async def story(sim):\n    order = await sim.checkout('99.00 CNY')\n    await order.start('wechat')\n"
    "if __name__ == '__main__':\n    play(story)\n"
)


@pytest.mark.parametrize(
    "arguments",
    [
        [SEED_STORY],
        [SEED_STORY, "--seed", "5"],
        [SEED_STORY, "--seed", "5", "--set", "profile=rough", "--set", "closing=local_first"],
        ["success_after_close", "--set", "expires=30m"],  # the default, and not what the scenario states
        ["mine", "--set", "begins=2026-03-02T23:59:59+08:00", "--set", "bill=yes"],
        ["scenarios/mine.py", "--seed", "9"],
        ["my stories/my story.py"],
        [SEED_STORY, "--merchant", "replayed_shop:MyShop", "--seed", "2"],
        ["crash_between_commit_and_ack", "late_wechat_after_alipay", "--seed", "3"],
    ],
    ids=" ".join,
)
def test_the_replay_command_gives_the_same_digest(
    paytwice: Commands, folder: Path, arguments: list[str]
) -> None:
    write_scenario(folder, "mine", STORY)
    (folder / "my stories").mkdir()
    (folder / "my stories" / "my story.py").write_text(STORY)
    (folder / "replayed_shop.py").write_text(WRAPPED + "    async def notified(self, it): raise OSError\n")
    answered = paytwice("run", *arguments, "--json").json
    for first in answered if isinstance(answered, list) else [answered]:
        program, *again = shlex.split(first["replay"])

        replayed = paytwice(*again, "--json").json

        assert program == "paytwice"
        assert replayed["digest"] == first["digest"]
        assert (replayed["verdict"], replayed["replay"]) == (first["verdict"], first["replay"])


def test_the_command_in_the_report_is_the_one_in_the_json(paytwice: Commands) -> None:
    answer = paytwice("run", SEED_STORY, "--seed", "5", "--set", "profile=rough")

    assert f"Replay:   paytwice run {SEED_STORY} --seed 5 --set profile=rough\n" in answer.out


def test_a_scenario_run_by_python_names_a_command_that_finds_it(paytwice: Commands, folder: Path) -> None:
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    path = elsewhere / "mine.py"
    path.write_text(STORY)

    first = in_a_process("--seed", "4", "--json", program=str(path), folder=folder).json

    assert first["replay"] == f"paytwice run {path} --seed 4"
    assert paytwice(*shlex.split(first["replay"])[1:], "--json").json["digest"] == first["digest"]


def test_a_run_outside_of_a_scenario_names_the_call() -> None:
    story = load(SEED_STORY).story

    run = simulate(story, seed=3, settings=Settings(expires=900_000))

    assert replay_command(run) == "simulate(story, seed=3, settings=Settings().changed({'expires': '15m'}))"


def test_a_bad_interleaving_is_named_with_the_command_that_shows_it(paytwice: Commands, folder: Path) -> None:
    write_scenario(
        folder,
        "mine",
        '"""Some latencies are too long."""\nINTERLEAVINGS = 5\n'
        "async def story(sim):\n    order = await sim.checkout('99.00 CNY')\n"
        "def expect(run):\n    assert run.seed != 3, 'seed 3 it is'\n",
    )

    answer = paytwice("run", "mine")

    assert answer.status == 1
    assert "4 of 5 interleavings as declared" in answer.out
    assert "see it with: paytwice run mine --seed 3" in answer.out
    assert paytwice("run", "mine", "--json").json["interleavings"]["first_other"] == {
        "seed": 3,
        "why": "expect says: seed 3 it is: run.seed != 3 does not hold: run.seed is 3 (mine.py:6)",
    }
    assert paytwice("run", "mine", "--seed", "3").status == 1


def test_the_replay_of_a_call_names_all_that_it_was_given() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.pay("wechat")

    run = simulate(story, seed=3, settings=Settings(profile="rough"), merchant=ReferenceMerchant)
    again = simulate(
        story, deviations=run.deviations, settings=Settings(profile="rough"), merchant=ReferenceMerchant
    )

    assert again.digest == run.digest
    assert (
        "seed=3, settings=Settings().changed({'profile': 'rough'}), merchant=ReferenceMerchant)"
        in run.explain()
    )
    assert "deviations=run.deviations, merchant=ReferenceMerchant)" in again.explain()
