"""`paytwice invariants` and `paytwice trial`, as a user gives them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.sim.cli.commanding import SEED_STORY, Commands, write_scenario

from paytwice.promises.table import promises

LEAVES_AN_ACK = "tests.sim.merchants.broken:AcksBeforeItKnows"
STORY = '''"""A payment."""

from paytwice import Simulation


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.pay("wechat")
'''


def test_invariants_lists_every_promise_in_a_line(paytwice: Commands) -> None:
    answer = paytwice("invariants")

    assert answer.status == 0
    for name, promise in promises().items():
        [line] = [line for line in answer.out.splitlines() if line.startswith(f"{name} ")]
        assert promise.title in line
        assert promise.protects in line
        assert promise.mode in line


def test_invariants_explains_the_ones_that_are_named(paytwice: Commands) -> None:
    answer = paytwice("invariants", "s12", "S22")

    assert answer.status == 0
    assert answer.out.startswith("S12 what is not ours is inert\n")
    assert "positive ack" in answer.out
    assert "\nS22 reconciliation is inert\n" in answer.out
    assert "vacuous   when the merchant reads no bill" in answer.out


def test_invariants_as_json_is_the_list_or_the_named(paytwice: Commands) -> None:
    assert [one["name"] for one in paytwice("invariants", "--json").json] == list(promises())
    [one] = paytwice("invariants", "S4", "--json").json
    assert one["title"] == "no stranded money"


@pytest.mark.parametrize(
    ("name", "hint"), [("S99", "did you mean S9"), ("stock", "did you mean S14 (stock is held once)?")]
)
def test_an_unknown_promise_is_refused_with_what_may_be_meant(
    paytwice: Commands, name: str, hint: str
) -> None:
    refusal = paytwice("invariants", name).refusal

    assert refusal.startswith(f"there is no invariant {name!r}")
    assert hint in refusal


def test_a_trial_counts_its_variants_and_says_what_it_could_not_try(paytwice: Commands, folder: Path) -> None:
    write_scenario(folder, "paid", STORY)
    answer = paytwice("trial", "paid", "--only", "S16", "--only", "S17")
    head, repeats, order = answer.out.splitlines()

    assert answer.status == 0
    assert head == "paid on trial"
    assert repeats.startswith("S16 ")
    assert repeats.endswith("ok: 6 variants, 6 of them distinct")
    assert "vacuous: the news of 1 payment waited at the door" in order


def test_a_failed_trial_says_what_differs_and_how_to_see_it(paytwice: Commands, folder: Path) -> None:
    write_scenario(folder, "paid", STORY)
    answer = paytwice("trial", "paid", "--only", "S11", "--merchant", LEAVES_AN_ACK)
    [command] = [line.strip() for line in answer.out.splitlines() if "see it with: " in line]
    words = command.removeprefix("see it with: ").split()
    shown = paytwice(*words[1:])

    assert answer.status == 1
    assert "BROKEN, order P1, ¥99.00 at stake" in answer.out
    assert "the ack came before the commit" in answer.out
    assert words[:3] == ["paytwice", "trial", "paid"]
    assert shown.status == 0
    assert "killed at the ack of payment.notify P1-1" in shown.out


def test_the_command_of_a_failed_trial_can_be_pasted_as_it_stands(paytwice: Commands, folder: Path) -> None:
    write_scenario(folder, "paid", STORY)
    ships_twice = "tests.sim.merchants.broken_on_trial:ShipsEachDelivery"
    answer = paytwice("trial", "paid", "--only", "S16", "--merchant", ships_twice)
    [command] = [line.strip() for line in answer.out.splitlines() if "see it with: " in line]

    assert re.search(r"\(and \d+ other variants?\)", " ".join(answer.out.split()))
    assert "(" not in command, "a shell would not take it"
    assert paytwice(*command.removeprefix("see it with: ").split()[1:]).status == 0


def test_a_trial_as_json_is_one_object(paytwice: Commands) -> None:
    answer = paytwice("trial", SEED_STORY, "--only", "S17", "--json")
    [trial] = answer.json["trials"]

    assert answer.status == 0
    assert answer.json["scenario"] == SEED_STORY
    assert (trial["invariant"], trial["verdict"]) == ("S17", "ok")
    assert (trial["variants"], trial["distinct"]) == (2, 2)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "there is no scenario 'nowhere'"),
        ([SEED_STORY, "--only", "S1"], "there is no trial 'S1': did you mean S"),
        ([SEED_STORY, "--variant", "2"], "--variant shows one run as text: give it with one --only"),
        ([SEED_STORY, "--only", "S17", "--variant", "9"], "S17 has 2 variants in late_wechat_after_alipay"),
        ([SEED_STORY, "--set", "closing=NEVER"], "setting closing: 'NEVER'"),
        ([SEED_STORY, "--merchant", "nobody:Shop"], "merchant module nobody cannot be imported"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_tried_is_refused_in_a_line(
    paytwice: Commands, folder: Path, arguments: list[str], said: str
) -> None:
    assert said in paytwice("trial", *arguments).refusal
