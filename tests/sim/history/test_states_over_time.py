"""Who was in which state when, against what the merchant says and what the oracle saw."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import attrs
import pytest
from tests.library import WORLDS

from paytwice import Run
from paytwice.gallery.winner import LastWriterWins
from paytwice.history.history import History, of_journal, of_run
from paytwice.history.money import movements
from paytwice.history.states import AGAIN, Of, Tone, Track, states
from paytwice.journal import Journal
from paytwice.story.scenario import load


def rough(world: Path, seed: int, profile: str = "rough") -> Run:
    return load(str(world)).play(seed=seed, changes={"profile": profile}).run


def told(track: Track) -> list[tuple[str, str]]:
    return [(spell.state, spell.tone.value) for spell in track.spells]


def test_the_seed_story_has_an_order_two_attempts_and_a_refund() -> None:
    order, wechat, alipay, refund = states(of_run(load("late_wechat_after_alipay").play().run))
    assert [one.of for one in (order, wechat, alipay, refund)] == [
        Of.ORDER,
        Of.ATTEMPT,
        Of.ATTEMPT,
        Of.REFUND,
    ]
    assert told(order) == [("OPEN", "live"), ("PAID", "won")]
    assert order.spells[-1].channel == "alipay"
    assert told(wechat)[-2:] == [("CLOSING", "live"), ("SUCCEEDED DUPLICATE", "returns")]
    assert told(alipay)[-1] == ("SUCCEEDED WINNER", "won")
    assert told(refund) == [("PENDING", "returns"), ("DONE", "over")]
    assert [(one.channel, one.order) for one in (wechat, alipay, refund)] == [
        ("wechat", "P1"),
        ("alipay", "P1"),
        ("wechat", "P1"),
    ]


def test_money_is_captured_long_before_the_merchant_hears_of_it() -> None:
    _, wechat, _, refund = states(of_run(load("late_wechat_after_alipay").play().run))
    (captured,) = wechat.moved
    heard = next(spell for spell in wechat.spells if spell.tone is Tone.RETURNS)
    assert (captured.at, captured.amount, heard.begin) == (280, 99_00, 180_280)
    (back,) = refund.moved
    assert back.returned
    assert (back.at, back.amount) == (480_320, 99_00)


@pytest.mark.parametrize("world", WORLDS)
def test_each_row_ends_with_the_merchants_last_word_and_has_no_gap(world: Path) -> None:
    rows = 0
    for seed in range(4):
        run = rough(world, seed)
        tracks = states(of_run(run))
        last = {(one.of, one.name, one.order): one.spells[-1].state for one in tracks if one.spells}
        for order in run.orders:
            assert order.view is not None
            assert last[Of.ORDER, order.id, order.id] == order.view.standing.value
            for attempt in order.view.attempts or ():
                names = (attempt.out_trade_no, attempt.out_trade_no + AGAIN)
                assert attempt.state in [last.get((Of.ATTEMPT, name, order.id)) for name in names]
            for refund in order.view.refunds or ():
                assert last[Of.REFUND, refund.out_refund_no, order.id] == refund.standing.value
        for one in tracks:
            assert all(before.end == after.begin for before, after in pairwise(one.spells))
            assert all(before.end > before.begin for before in one.spells[:-1])
            assert [spell.lasts for spell in one.spells][-1:] in ([True], [])
        rows += len(tracks)
    assert rows > 15


@pytest.mark.parametrize("world", WORLDS)
def test_all_money_that_customers_paid_and_got_back_stands_in_some_row(world: Path) -> None:
    paid = 0
    for seed in range(4):
        history = of_run(rough(world, seed))
        moved = [one for track in states(history) for one in track.moved]
        for returned in (False, True):
            known = [one.amount for one in movements(history) if (one.amount < 0) is returned]
            assert sum(one.amount for one in moved if one.returned is returned) == abs(sum(known))
            paid += len(known)
    assert paid


def test_a_refund_at_the_console_has_its_channels_states() -> None:
    rows = {one.name: one for one in states(of_run(load("console_refund_stands_in_the_bill").play().run))}
    assert told(rows["HAND-1"]) == [("PROCESSING", "returns"), ("SUCCESS", "over")]


def test_an_order_that_is_paid_by_something_else_after_all_begins_a_new_state() -> None:
    run = load("late_wechat_after_alipay").play(merchant=LastWriterWins).run
    order, *others = states(of_run(run))
    assert [one.name for one in others] == ["P1-1", "P1-2"], "each was paid once, and is one row"
    assert not any(one.broken for one in others), "an order breaks a promise, and its attempts do not"
    assert [(spell.state, spell.channel) for spell in order.spells] == [
        ("OPEN", ""),
        ("PAID", "alipay"),
        ("PAID", "wechat"),
    ]
    assert {(one.at, one.invariant) for one in order.broken} == {
        (one.at, one.invariant) for one in run.verdict.violations
    }
    assert ("S1", 180_280) in {(one.invariant, one.at) for one in order.broken}


def test_the_moments_of_a_row_are_all_that_happened_and_not_the_end_of_what_lasts() -> None:
    _, wechat, _, refund = states(of_run(load("late_wechat_after_alipay").play().run))
    assert set(wechat.moments) == {*(one.begin for one in wechat.spells), 280}
    assert set(refund.moments) == {*(one.begin for one in refund.spells), 480_320}
    ended = attrs.evolve(refund, spells=(attrs.evolve(refund.spells[-1], lasts=False),), moved=())
    assert ended.moments == (refund.spells[-1].begin, refund.spells[-1].end)


def test_an_attempt_that_was_paid_twice_has_a_row_for_each_payment() -> None:
    rows = {one.name: one for one in states(of_run(load("second_number_under_one_trade").play().run))}
    assert told(rows["P1-1"])[-1] == ("SUCCEEDED WINNER", "won")
    assert told(rows["P1-1 again"])[-1] == ("SUCCEEDED DUPLICATE", "returns")


def test_a_kept_journal_tells_the_same_states() -> None:
    run = load("late_wechat_after_alipay").play(seed=1).run
    kept, known = states(of_journal(run.journal, "kept")), states(of_run(run))
    assert [(one.name, told(one), one.moved) for one in kept] == [
        (one.name, told(one), one.moved) for one in known
    ]


def test_an_empty_journal_has_no_states() -> None:
    assert states(History("nothing", Journal())) == ()
