"""What many seeds say of two merchants is what each of them says, added up."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.sim.comparing.rivals import AsksLater
from tests.sim.merchants.small import SmallMerchant

from paytwice.comparing.outside import Kind
from paytwice.comparing.outside.playing import Rivals
from paytwice.comparing.outside.tally import Tally
from paytwice.merchant.canary import Canary

RIVALS = Rivals.of("reference", Canary, "busy_shop", {"profile": "rough"})
SEEDS = range(24)
COMPARED = [*RIVALS.compare_seeds(SEEDS)]


def tally_of(rivals: Rivals, seeds: range) -> Tally:
    tally = Tally()
    for compared in rivals.compare_seeds(seeds):
        tally.take(compared)
    return tally


TALLY = tally_of(RIVALS, SEEDS)


def told(tally: Tally, rivals: Rivals = RIVALS) -> str:
    return "\n".join(line for line, _ in tally.lines(rivals.names, rivals.command))


def test_every_seed_is_counted_once() -> None:
    differ = [one for one in COMPARED if not one.same]

    assert (TALLY.seeds, TALLY.differ) == (len(SEEDS), len(differ))
    assert 0 < len(differ) < len(SEEDS), "else this would show nothing"
    assert TALLY.kinds == Counter(one.first.kind for one in differ if one.first is not None)
    assert TALLY.verdicts == Counter((one.a.verdict[0], one.b.verdict[0]) for one in COMPARED)
    assert sum(TALLY.verdicts.values()) == len(SEEDS)


def test_they_end_alike_where_nothing_is_said_of_how_they_end() -> None:
    for compared in (
        *COMPARED,
        *Rivals.of("reference", SmallMerchant, "impatient_pair", {}).compare_seeds(range(20)),
    ):
        alike = compared.a.ends == compared.b.ends and compared.a.verdict == compared.b.verdict
        assert compared.same_in_the_end is (compared.in_the_end == ()) is alike
        assert alike or not compared.same


def test_the_money_of_all_seeds_is_added_up_by_who_keeps_more() -> None:
    more = sum(
        one.b.run.captured(channel) - one.b.run.returned(channel) - one.a.run.kept(channel)
        for one in COMPARED
        for channel in one.a.run.ledgers
    )

    assert TALLY.kept["B", "CNY"] - TALLY.kept["A", "CNY"] == more > 0


def test_the_smallest_example_has_the_fewest_decisions_and_the_first_comes_first() -> None:
    seen = [one for one in COMPARED if one.first is not None and one.first.kind is Kind.VIEW]
    sizes = {one.a.run.seed: len(one.a.run.deviations) + len(one.b.run.deviations) for one in seen}

    assert TALLY.first[Kind.VIEW].seed == min(sizes, key=lambda seed: seed or 0)
    assert TALLY.smallest[Kind.VIEW].size == min(sizes.values())
    assert sizes[TALLY.smallest[Kind.VIEW].seed] == TALLY.smallest[Kind.VIEW].size


def test_the_verdicts_are_crossed_and_examples_come_with_their_command() -> None:
    text = told(TALLY)
    small = TALLY.smallest[Kind.VIEW]

    assert f"They differ in {TALLY.differ} of 24 seeds, in {TALLY.differ} of them in the end" in text
    assert f"{TALLY.verdicts['ok', 'violated']:>7}  A ok, B violated" in text
    assert f"{TALLY.verdicts['ok', 'ok']:>7}  both ok" in text
    assert f"seed {small.seed}: B keeps " in text
    assert f"compare reference Canary busy_shop --seed {small.seed} --set profile=rough" in text


def test_merchants_that_are_the_same_in_all_seeds_are_said_to_be() -> None:
    rivals = Rivals.of("reference", "reference", "impatient_pair", {})
    text = told(tally_of(rivals, range(5)), rivals)

    assert "Nobody outside can tell A from B in any of 5 seeds" in text
    assert "first differ" not in text
    assert f"{5:>7}  both ok" in text


def test_one_object_has_the_same_figures() -> None:
    found = TALLY.as_json(RIVALS.names, RIVALS.command)

    assert found["seeds"] == found["same"] + found["differ"] == len(SEEDS)
    assert found["same_in_the_end"] == found["same"]
    assert sum(one["seeds"] for one in found["kinds"]) == found["differ"]
    assert sum(one["seeds"] for one in found["verdicts"]) == len(SEEDS)
    assert found["kinds"][0]["first"].keys() == {"seed", "size", "at", "says", "command"}


def test_a_seed_that_differs_on_the_way_only_is_told_apart() -> None:
    found = tally_of(Rivals.of("reference", AsksLater, "busy_shop", {}), range(30, 40))

    assert found.seeds == 10
    assert found.differ - found.same_in_the_end == 1, "that is seed 34"
    assert not found.kept, "another payment is kept, and no more money"


@pytest.mark.parametrize("as_recorded", [False, True])
def test_the_command_says_how_it_was_played(as_recorded: bool) -> None:
    words = RIVALS.command(7, as_recorded=as_recorded)

    assert ("--as-recorded" in words) is as_recorded
    assert words[:8] == ("paytwice", "compare", "reference", "Canary", "busy_shop", "--seed", "7", "--set")
