"""Every schedule finds what first come, first served never shows, and is played again from its deviations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import pytest
import trio
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sim.kernel.playing import late_wechat, play
from tests.sim.merchants.plots import both_at_once
from tests.sim.merchants.racing import SlowForUnionPay

from paytwice import Settings, simulate
from paytwice.choices import SCHEDULES, Choices, Deviation
from paytwice.choices.schedules import IN_TURN, is_race, task_of
from paytwice.kernel.kernel import Kernel
from paytwice.report.chance import kind

seeds = st.integers(0, 2**64 - 1)
words = st.sampled_from(SCHEDULES)


async def crowd(kernel: Kernel, _: trio.Nursery) -> str:
    """Five tasks of four steps each, some of which cancel others while they are ready."""
    written: list[str] = []
    scopes: dict[str, trio.CancelScope] = {letter: trio.CancelScope() for letter in "ABCDE"}

    async def write(letter: str) -> None:
        with scopes[letter]:
            for step in range(4):
                written.append(letter)
                if letter == "C" and step == 1:
                    scopes["E"].cancel()
                await kernel.step(f"{letter} writes P1 again")

    async with trio.open_nursery() as nursery:
        for letter in "ABCDE":
            kernel.spawn(nursery, f"{letter} begins P1", write, letter)
    return "".join(written)


async def late_reader(kernel: Kernel, _: trio.Nursery) -> bool:
    """A reader needs one step before it looks, and a writer ten before it has written."""
    written: list[str] = []
    found: list[str] = []

    async def writes() -> None:
        for _ in range(10):
            await kernel.step("writer writes P1")
        written.append("written")

    async def reads() -> None:
        await kernel.step("reader reads P1")
        found.extend(written)

    async with trio.open_nursery() as nursery:
        kernel.spawn(nursery, "reader reads P1", reads)
        kernel.spawn(nursery, "writer writes P1", writes)
    return bool(found)


def recorded(seed: int | None, word: str, script: Sequence[Deviation] | None = None) -> tuple[str, Choices]:
    choices = Choices(seed=seed, script=script, schedule=word)
    return play(crowd, choices=choices), choices


@given(seeds, words)
@settings(max_examples=120, deadline=None)
def test_any_order_is_played_again_from_its_deviations(seed: int, word: str) -> None:
    order, choices = recorded(seed, word)
    again, replayed = recorded(None, word, choices.taken)

    assert again == order
    assert replayed.taken == choices.taken
    assert replayed.unused == ()


@given(st.integers(0, 5_000), words, st.sampled_from(["calm", "rough"]))
@settings(max_examples=25, deadline=None)
def test_any_run_is_played_again_from_its_deviations(seed: int, word: str, profile: str) -> None:
    under = Settings(profile=profile, schedule=word)
    run = simulate(late_wechat, seed=seed, settings=under)
    again = simulate(late_wechat, deviations=run.deviations, settings=under)

    assert again.digest == run.digest
    assert again.deviations == run.deviations
    assert again.unused == ()


@pytest.mark.parametrize("word", SCHEDULES)
def test_a_schedule_finds_the_race_that_first_come_first_served_never_shows(word: str) -> None:
    """One handler has to be held back between its look and its act until the other has caught up."""

    def breaks(seed: int | None) -> bool:
        run = simulate(both_at_once, seed=seed, settings=Settings(schedule=word), merchant=SlowForUnionPay)
        return bool(run.verdict.violations)

    assert not breaks(None)
    assert any(breaks(seed) for seed in range(100))


@pytest.mark.parametrize("word", ["pct", "delay"])
def test_a_step_is_held_back_for_as_long_as_another_task_has_something_to_do(word: str) -> None:
    """The reader must lose ten competitions in a row: with first and last that is 1 in 4, of FIFO none."""
    found = [play(late_reader, choices=Choices(seed=seed, schedule=word)) for seed in range(100)]

    assert not play(late_reader)
    assert 3 < sum(found) < 97


def test_pos_lets_each_of_those_that_race_go_first_as_often_as_the_others() -> None:
    firsts: Counter[str] = Counter()
    for seed in range(500):
        order, _ = recorded(seed, "pos")
        firsts[order[0]] += 1

    assert set(firsts) == set("ABCDE")
    assert all(60 < count < 140 for count in firsts.values()), firsts


def test_pct_runs_one_task_until_it_is_done_or_drops() -> None:
    for seed in range(100):
        order, _ = recorded(seed, "pct")
        changes = sum(one != other for one, other in pairwise(order))

        assert changes <= 4 + 2 * 3, "each of three drops takes one away, and lets it back in"


def test_a_delay_bounded_order_has_three_delays_at_most() -> None:
    counts = Counter(_moved(seed) for seed in range(200))

    assert max(counts) <= 3
    assert counts[1] > 10
    assert counts[2] > 10


def _moved(seed: int) -> int:
    return sum(str(one.value).startswith("after ") for one in recorded(seed, "delay")[1].taken)


def test_the_seed_alone_says_which_schedule_of_a_portfolio_it_uses() -> None:
    used = [Choices(seed=seed, schedule="portfolio").schedule for seed in range(2_000)]

    assert used == [Choices(seed=seed, schedule="portfolio").schedule for seed in range(2_000)]
    assert set(used[:25]) == set(IN_TURN), "a chunk has them all"
    assert all(400 < used.count(word) < 600 for word in IN_TURN)


def test_a_seed_in_a_portfolio_is_the_run_that_its_schedule_gives_alone() -> None:
    for seed in range(12):
        run = simulate(late_wechat, seed=seed, settings=Settings(schedule="portfolio"))
        alone = simulate(late_wechat, seed=seed, settings=Settings(schedule=run.schedule))

        assert run.digest == alone.digest
        assert run.schedule == alone.schedule
        assert run.settings == {"schedule": "portfolio"}


def test_runs_without_a_seed_have_no_schedule() -> None:
    under = Settings(schedule="pct")

    assert simulate(late_wechat, settings=under).schedule == ""
    assert simulate(late_wechat, settings=under).digest == simulate(late_wechat).digest
    assert simulate(late_wechat, deviations=[], settings=under).schedule == ""
    assert simulate(late_wechat, seed=1).schedule == "uniform"


def test_under_delay_a_message_takes_its_usual_time() -> None:
    steady = simulate(late_wechat, seed=3, settings=Settings(schedule="delay"))
    drawn = simulate(late_wechat, seed=3, settings=Settings(schedule="pct"))

    assert not [one for one in steady.deviations if "→" in one.name]
    assert [one for one in drawn.deviations if "→" in one.name]


def test_an_unknown_schedule_is_refused_with_what_is_near() -> None:
    with pytest.raises(ValueError, match=r"no schedule 'pctt'.*pct"):
        Settings().changed({"schedule": "pctt"})


def test_an_order_reads_as_a_sentence_and_is_counted_as_one() -> None:
    moved = Deviation("merchant ship P1", 2, "after 3")

    assert str(moved) == "merchant ship P1 #2: goes after 3 of those that are ready at once"
    assert kind(moved) == "order of what happens at once"


@pytest.mark.parametrize(
    ("place", "task"),
    [
        ("merchant payment.notify P1-1 store.get orders P1", "merchant payment.notify P1-1"),
        ("merchant workers", "merchant workers"),
        ("wechat gets trade.close P1-1", "wechat gets trade.close"),
        ("story side 1", "story side 1"),
    ],
)
def test_a_task_is_known_by_the_first_words_of_a_place(place: str, task: str) -> None:
    assert task_of(place) == task


def test_what_races_belongs_to_one_actor_and_may_be_about_one_order() -> None:
    assert is_race("merchant ship P1 store.commit", "merchant payment.notify P1-2 answers")
    assert is_race("merchant ship P1", "merchant workers")
    assert is_race("merchant ship P1", "lock orders P1")
    assert not is_race("merchant ship P1", "merchant ship P2")
    assert not is_race("merchant ship P1", "wechat gets trade.close P1-1")
