"""Two runs part where the first thing differs, and both ways of telling where are right."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paytwice import Deviation, Run, Settings, Simulation, minutes, seconds, simulate
from paytwice.comparing.ending import ending
from paytwice.comparing.in_words import entry_in_words, parting_in_words
from paytwice.comparing.parting import Parting, part
from paytwice.comparing.side import Side, chance_of
from paytwice.comparing.telling import Comparison, as_json, told
from paytwice.gallery.winner import SwallowsTheSecond
from paytwice.journal import Journal, What
from paytwice.story.scenario import load

SEED_STORY = load("late_wechat_after_alipay").story
BUSY = load("busy_shop").story
ROUGH = Settings(profile="rough")
LOST = Deviation("alipay→merchant payment.notify P1-2", 1, "lost")
SLOW = Deviation("customer→merchant order.open P1", 1, 90)
CALM = simulate(SEED_STORY)


def parted(a: Run, b: Run) -> Parting:
    found = part(a.journal, b.journal)
    assert found is not None
    return found


def words(a: Run, b: Run) -> str:
    return "\n".join(line for line, _ in told(Comparison.of(Side.of("a", a), Side.of("b", b))))


def test_a_run_is_the_same_as_itself_played_again() -> None:
    assert part(CALM.journal, simulate(SEED_STORY).journal) is None


def test_a_lost_message_parts_the_runs_where_it_is_lost() -> None:
    found = parted(CALM, simulate(SEED_STORY, deviations=[LOST]))

    assert found.a.entry is not None
    assert found.b.entry is not None
    assert (found.b.entry.what, found.b.entry.key) == (What.LOST, "P1-2")
    assert (
        CALM.journal.rows[: found.entry]
        == simulate(SEED_STORY, deviations=[LOST]).journal.rows[: found.entry]
    )
    assert not found.in_time_only
    assert found.a.before == found.b.before
    assert found.a.after[0].text == "→ merchant: payment.notify P1-2   acked"
    assert found.b.after[0].text == "→ merchant: payment.notify P1-2   LOST"


def test_a_latency_parts_the_clocks_first_and_the_stories_where_something_else_happens() -> None:
    found = parted(CALM, simulate(SEED_STORY, deviations=[SLOW, LOST]))

    assert found.in_time_only
    assert [one.happening for one in found.a.before] == [one.happening for one in found.b.before]
    assert found.a.before != found.b.before, "at other times"
    assert found.b.after[0].text.endswith("LOST")


def test_runs_that_differ_in_times_alone_part_at_the_first_line_at_another_time() -> None:
    async def waits(sim: Simulation, wait: int) -> None:
        order = await sim.checkout("99.00 CNY")
        await sim.sleep(wait)
        await order.pay("wechat")

    a, b = (simulate(lambda sim, ms=ms: waits(sim, ms)) for ms in (seconds(1), seconds(2)))  # type: ignore[misc]
    found = parted(a, b)

    assert found.in_time_only
    assert [one.happening for one in found.a.after] == [one.happening for one in found.b.after]
    assert found.a.after[0].at != found.b.after[0].at
    assert found.a.before == found.b.before


def test_a_run_that_is_over_parts_from_one_that_goes_on() -> None:
    cut = Journal()
    cut.rows = CALM.journal.rows[:50]
    found = part(cut, CALM.journal)

    assert found is not None
    assert (found.entry, found.a.entry) == (50, None)
    assert found.b.entry == CALM.journal[50]
    assert entry_in_words(found.a.entry, "CNY") == "is over"


@given(st.integers(0, 60), st.integers(0, 60))
@settings(max_examples=25, deadline=None)
def test_where_any_two_seeds_part_follows_from_their_rows(one: int, other: int) -> None:
    a, b = (simulate(SEED_STORY, seed=seed, settings=ROUGH) for seed in (one, other))
    found, mirrored = part(a.journal, b.journal), part(b.journal, a.journal)

    if found is None or mirrored is None:
        assert a.digest == b.digest
        assert found is mirrored
        return
    assert a.journal.rows[: found.entry] == b.journal.rows[: found.entry]
    assert a.journal.rows[found.entry : found.entry + 1] != b.journal.rows[found.entry : found.entry + 1]
    assert (mirrored.a, mirrored.b) == (found.b, found.a)
    assert [line for line, _ in parting_in_words(found)]


def test_side_by_side_leaves_nothing_out_and_puts_the_same_beside_each_other() -> None:
    found = parted(CALM, simulate(SEED_STORY, deviations=[LOST]))
    rows = found.side_by_side(10)

    assert [left for left, _ in rows if left is not None] == list(found.a.after[:10])
    assert [right for _, right in rows if right is not None] == list(found.b.after[:10])
    assert any(a is not None and b is not None and a.happening == b.happening for a, b in rows)


@pytest.mark.parametrize("what", What)
def test_every_kind_of_entry_has_words(what: What) -> None:
    journal = Journal()
    journal.note(5, -1, what, "merchant", "wechat", "hold", "P1", 3)

    said = entry_in_words(journal[0], "CNY")

    assert said.startswith("+0.01s  ")
    assert len(said.split()) > 2
    assert "{" not in said


@pytest.mark.parametrize("seed", range(12))
def test_an_ending_read_from_the_journal_is_that_of_the_run(seed: int) -> None:
    run = simulate(BUSY, seed=seed, settings=ROUGH)
    end = ending(run.journal)

    assert (end.at <= run.ended_at, end.entries, end.digest) == (True, len(run.journal), run.digest)
    assert [one.id for one in end.orders] == [one.id for one in run.orders]
    for mine, its in zip(end.orders, run.orders, strict=True):
        assert (mine.captured, mine.returned) == (its.captured, its.returned)
        winner = None if its.view is None else its.view.winner
        assert mine.paid_by == ("" if winner is None else f"{winner.channel} {winner.number}")


def test_what_chance_did_in_one_only_and_differently_in_both_is_told() -> None:
    early = Deviation("customer→merchant order.open P1", 1, 50)
    a = simulate(SEED_STORY, deviations=[early, LOST])
    b = simulate(SEED_STORY, deviations=[attrs.evolve(early, value=60)])
    chance = chance_of(Side.of("a", a), Side.of("b", b))

    assert chance is not None
    assert [one.key for one in chance.only_a] == [LOST.key]
    assert chance.only_b == ()
    assert [(one.value, other.value) for one, other in chance.changed] == [(50, 60)]
    said = words(a, b)
    assert "Only A has 1 deviation from calm: lost ×1" in said
    assert "customer→merchant order.open P1 #1: 50 ms   (B 60 ms)" in said


def test_a_journal_tells_no_chance_and_no_verdict() -> None:
    other = simulate(SEED_STORY, deviations=[LOST])
    compared = Comparison.of(Side("file", CALM.journal), Side.of("b", other))

    assert compared.chance is None
    assert as_json(compared)["a"]["verdict"] is None
    assert as_json(compared)["b"]["verdict"] == "ok"


def test_a_merchant_that_breaks_a_promise_is_told_with_what_is_at_stake() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.start("wechat")
        await order.pay("alipay")
        await order.confirm("wechat")
        await sim.sleep(minutes(1))

    said = words(simulate(story), simulate(story, merchant=SwallowsTheSecond))

    assert "A ends ok, after" in said
    assert "B ends violated: " in said
    assert "¥99.00 at stake, after" in said
    assert "PAID by alipay AL0001        captured   ¥198.00, returned    ¥99.00" in said


def test_a_run_that_ended_early_is_told_so() -> None:
    async def story(sim: Simulation) -> None:
        await sim.checkout("99.00 CNY")
        raise RuntimeError("no more")

    assert "B ends ended early: RuntimeError: no more" not in words(CALM, simulate(story))
    assert "B ended early: RuntimeError: no more, after" in words(CALM, simulate(story))


def test_of_many_deviations_those_that_say_most_are_told_unless_all_are_asked_for() -> None:
    a, b = (simulate(BUSY, seed=seed, settings=ROUGH) for seed in (1, 2))
    compared = Comparison.of(Side.of("a", a), Side.of("b", b))
    brief, full = ([line for line, _ in told(compared, verbose=all_)] for all_ in (False, True))

    chance = compared.chance
    assert chance is not None
    count = len(chance.only_a) + len(chance.only_b) + len(chance.changed)
    assert len(full) > count > len(brief)
    assert any("more, with --verbose" in line for line in brief)
    assert not any("with --verbose" in line for line in full)
