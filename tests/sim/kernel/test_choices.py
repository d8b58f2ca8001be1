"""Choices have names and calm values; what deviated can be replayed, dropped one by one, and is counted."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sim.kernel.playing import rough

from paytwice.choices import Bits, Choices, Deviation, Value
from paytwice.kernel.wakes import Wake

names = st.text(min_size=1, max_size=30)
seeds = st.integers(0, 2**64 - 1)


def anything(_value: Value) -> bool:
    return True


def a_number(bits: Bits) -> Value:
    return bits.below(1_000_000)


def contender(place: str, order: int) -> Wake:
    wake = Wake(place)
    wake.n, wake.order, wake.rank = 1, order, None
    return wake


# -- draws --------------------------------------------------------------------------------------------------


def test_the_bits_are_those_of_splitmix64() -> None:
    """The first outputs of the reference implementation for the state 1234567."""
    bits = Bits(1234567)

    assert [bits.next() for _ in range(5)] == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


def test_draws_are_the_same_on_every_machine_and_version() -> None:
    choices = Choices(seed=7)
    drawn = [choices.draw(name, 0, a_number, anything) for name in ("a→b k P1", "a→b k P1", "a→b k P2", "")]

    assert drawn == GOLDEN_DRAWS


GOLDEN_DRAWS = [585728, 925325, 740484, 866368]


@given(seeds, st.lists(names, max_size=20))
def test_a_stream_is_independent_of_all_others(seed: int, others: list[str]) -> None:
    alone, among_others = Choices(seed=seed), Choices(seed=seed)
    wanted = [alone.draw("mine", 0, a_number, anything) for _ in range(3)]
    found: list[Value] = []
    for other in [*others, "x", "y", "z"]:
        if other != "mine":
            among_others.draw(other, 0, a_number, anything)
        if len(found) < 3:
            found.append(among_others.draw("mine", 0, a_number, anything))

    assert found[:3] == wanted[: len(found)]


@given(seeds, names)
@settings(max_examples=50)
def test_the_draws_of_one_name_do_not_overlap(seed: int, name: str) -> None:
    """The second number of one draw must not be the first of the next: loss would follow from latency."""
    choices = Choices(seed=seed)
    numbers: list[int] = []

    def many(bits: Bits) -> Value:
        numbers.extend(bits.next() for _ in range(6))
        return None

    for _ in range(20):
        choices.draw(name, None, many, anything)

    assert len(set(numbers)) == len(numbers)


@given(st.integers(0, 2**64 - 1), st.integers(1, 10**9))
def test_below_is_below(state: int, n: int) -> None:
    assert 0 <= Bits(state).below(n) < n


@given(st.integers(0, 2**64 - 1), st.integers(-1000, 1000), st.integers(0, 1000))
def test_between_is_between(state: int, low: int, width: int) -> None:
    assert low <= Bits(state).between(low, low + width) <= low + width


def test_rates_are_kept() -> None:
    choices = Choices(seed=1)
    happened = sum(
        choices.draw(f"m{i}", 0, lambda bits: int(bits.happens(60_000)), anything) == 1 for i in range(20_000)
    )

    assert 1_000 < happened < 1_400


# -- names and counters -------------------------------------------------------------------------------------


def test_a_name_counts_for_itself() -> None:
    choices = Choices(seed=1)
    for name in ("a", "b", "a", "a"):
        choices.draw(name, None, a_number, anything)

    assert [deviation.key for deviation in choices.taken] == [("a", 1), ("b", 1), ("a", 2), ("a", 3)]


def test_a_calm_source_takes_the_calm_value_and_counts_nothing() -> None:
    choices = Choices()

    assert choices.source is None
    assert choices.draw("a", 5, a_number, anything) == 5
    assert choices.option("way", 3) == 0
    assert (choices.counts, choices.taken, choices.unused) == ({}, [], ())


def test_what_is_calm_is_no_deviation() -> None:
    choices = Choices(seed=1)

    assert choices.draw("a", 5, lambda bits: 5, anything) == 5
    assert choices.taken == []


def test_what_can_only_be_calm_is_counted_and_not_drawn() -> None:
    choices = Choices(seed=1)
    assert choices.draw("a", None, None, anything) is None
    assert choices.count("a") == 2

    recorded = Choices(script=[Deviation("a", 1, "crash 5")])
    assert recorded.draw("a", None, None, anything) == "crash 5", "what was recorded happens all the same"


def test_a_deviation_says_when_it_was_made_and_reads_as_a_sentence() -> None:
    choices = Choices(seed=1, now=lambda: 1_234)
    choices.draw("wechat→merchant payment.notify P1-1", 40, lambda bits: "lost", anything)
    (deviation,) = choices.taken

    assert deviation == Deviation("wechat→merchant payment.notify P1-1", 1, "lost", 1_234)
    assert str(deviation) == "wechat→merchant payment.notify P1-1 #1: lost"
    assert str(Deviation("m", 2, (10, 20))) == "m #2: delivered more than once, after 10 ms and 20 ms"


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_a_seed_out_of_range_is_refused(seed: int) -> None:
    with pytest.raises(ValueError, match=f"not {seed}"):
        Choices(seed=seed)


def test_a_seed_and_a_script_are_refused() -> None:
    with pytest.raises(ValueError, match="not from several"):
        Choices(seed=1, script=[])


# -- replay -------------------------------------------------------------------------------------------------


def test_recorded_deviations_are_found_by_name_and_number() -> None:
    choices = Choices(script=[Deviation("a", 2, 99), Deviation("never", 1, "lost", at=17)])

    assert [choices.draw("a", 1, a_number, anything) for _ in range(3)] == [1, 99, 1]
    assert choices.taken == [Deviation("a", 2, 99)]
    assert choices.unused == (Deviation("never", 1, "lost", at=17),)


def test_a_recorded_value_that_is_calm_by_now_counts_as_used() -> None:
    choices = Choices(script=[Deviation("a", 1, 40)])

    assert choices.draw("a", 40, a_number, anything) == 40
    assert (choices.taken, choices.unused) == ([], ())


def test_a_recorded_rank_moves_a_wake_up() -> None:
    recorded = {"b": "after 2", "c": "last", "d": "?", "f": "first", "g": "after all"}
    choices = Choices(script=[Deviation(place, 1, value) for place, value in recorded.items()])
    left = [contender(place, order) for order, place in enumerate("abcdefg")]
    gone = [left.pop(choices.choose(left)).place for _ in "abcdefg"]

    assert "".join(gone) == "fabdegc", "b lets two others go first"
    assert [one.name for one in choices.taken] == ["b", "c", "f"]
    assert [one.name for one in choices.unused] == ["d", "g"]


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_the_deviations_of_a_run_play_that_run_again(seed: int) -> None:
    run = rough(seed)
    again = rough(None, deviations=list(run.deviations))

    assert again.digest == run.digest
    assert again.deviations == run.deviations
    assert again.unused == ()


@given(st.integers(0, 10_000), st.data())
@settings(max_examples=25, deadline=None)
def test_dropping_one_deviation_makes_no_other_hit_something_else(seed: int, data: st.DataObject) -> None:
    """What is consumed has the name, number and value it was recorded with; the rest is reported."""
    recorded = list(rough(seed).deviations)
    dropped = data.draw(st.sampled_from(recorded))
    kept = [deviation for deviation in recorded if deviation is not dropped]
    run = rough(None, deviations=kept)

    values = {deviation.key: deviation.value for deviation in kept}
    assert all(values[deviation.key] == deviation.value for deviation in run.deviations)
    assert {d.key for d in run.deviations} | {d.key for d in run.unused} <= set(values)
    assert dropped.key not in {deviation.key for deviation in run.deviations}
