"""What is held and what is owed at each moment, against the ledgers and against what the story says."""

from __future__ import annotations

from itertools import pairwise

import pytest
from tests.library import WORLDS

from paytwice import seconds
from paytwice.history.history import of_journal, of_run
from paytwice.history.money import Book, money, movements
from paytwice.story.scenario import load


def test_a_double_payment_is_a_step_up_that_is_owed_and_comes_down_again() -> None:
    run = load("late_wechat_after_alipay").play().run
    steps = money(of_run(run))
    found = [(one.total, one.total_owed) for one in steps]
    assert found == [(0, 0), (99_00, 0), (198_00, 99_00), (198_00, 99_00), (99_00, 0)]
    # Until the merchant has said who won, what came later is too much; then what did not win.
    assert [one.owed["alipay"] for one in steps] == [0, 0, 99_00, 0, 0]
    assert [one.owed["wechat"] for one in steps] == [0, 0, 0, 99_00, 0]
    assert steps[-1].held == {"wechat": 0, "alipay": 99_00}


@pytest.mark.parametrize("world", WORLDS)
def test_what_is_held_at_the_end_is_what_the_ledgers_say(world: str) -> None:
    moved = 0
    for seed in range(5):
        run = load(world).play(seed=seed, changes={"profile": "rough"}).run
        steps = money(of_run(run))
        for name, held in steps[-1].held.items():
            assert held == run.kept(name)
        for before, after in pairwise(steps):
            assert before.at < after.at
            assert (before.held, before.owed) != (after.held, after.owed)
        assert all(0 <= one.owed[name] <= one.held[name] for one in steps for name in one.held)
        moved += len(steps)
    assert moved > 5


def test_what_came_and_went_adds_up() -> None:
    history = of_run(load("busy_shop").play(seed=3, changes={"profile": "rough"}).run)
    assert sum(one.amount for one in movements(history)) == money(history)[-1].total


def test_a_payment_of_a_closed_order_is_owed_in_full() -> None:
    steps = money(of_run(load("success_after_close").play().run))
    assert max(one.total_owed for one in steps) == max(one.total for one in steps) > 0
    assert steps[-1].total_owed == 0


def test_what_a_customer_asks_back_is_owed_while_its_refund_is_under_way() -> None:
    steps = money(of_run(load("partial_refunds_with_coupon").play().run))
    assert [(one.total, one.total_owed) for one in steps[1:]] == [
        (99_00, 0),
        *((99_00, 33_33), (65_67, 0)),
        *((65_67, 33_33), (32_34, 0)),
        *((32_34, 32_34), (0, 0)),
    ]


@pytest.mark.parametrize("says", [("", ""), ("OPEN", ""), ("PAID", ""), ("PAID", "wechat of another order")])
def test_before_a_winner_is_known_what_is_above_the_price_is_owed(says: tuple[str, str]) -> None:
    payments = {("wechat", "W1"): 60, ("alipay", "A1"): 60, ("unionpay", "U1"): 10}
    trades = dict(zip(payments, ("P1-1", "P1-2", "P1-3"), strict=True))
    book = Book(dict.fromkeys(trades.values(), "P1"), payments, trades, price={"P1": 100})
    book.standing["P1"] = says
    assert list(book.owed().values()) == [0, 20, 10]
    book.standing["P1"] = "PAID", "alipay A1"
    assert list(book.owed().values()) == [60, 0, 10]
    book.standing["P1"] = "CLOSED", ""
    assert list(book.owed().values()) == [60, 60, 10]


def test_a_kept_journal_tells_the_same_as_its_run() -> None:
    run = load("late_wechat_after_alipay").play(seed=1).run
    assert money(of_journal(run.journal, "kept")) == money(of_run(run))


def test_a_run_without_payments_has_one_step() -> None:
    run = load("nobody_pays").play().run
    assert [one.total for one in money(of_run(run))] == [0]
    assert run.ended_at > seconds(60)
