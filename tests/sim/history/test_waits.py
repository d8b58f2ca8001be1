"""How long customers wait for money that is theirs, against stories whose times are known."""

from __future__ import annotations

import pytest
from tests.library import WORLDS

from paytwice import hours, minutes, seconds
from paytwice.history.history import of_run
from paytwice.history.waits import payments_of_orders, refund_waits, waits_until_known
from paytwice.journal import What
from paytwice.story.plot import Plot
from paytwice.story.scenario import load


def test_a_wait_begins_when_the_merchant_has_said_who_won_and_ends_with_the_return() -> None:
    run = load("late_wechat_after_alipay").play().run
    paid = next(one.at for one in run.journal if one.what is What.VIEW and one.subject == "PAID")
    back = next(one.at for one in run.journal if one.what is What.MONEY and one.subject == "RETURNED")
    assert list(refund_waits(of_run(run))) == [back - paid]
    assert minutes(5) < back - paid < minutes(8)


def test_an_order_is_known_paid_so_long_after_its_first_payment() -> None:
    (known,) = waits_until_known(of_run(load("late_wechat_after_alipay").play().run))
    assert seconds(40) < known < seconds(41)
    assert list(waits_until_known(of_run(load("nobody_pays").play().run))) == []


def test_a_longer_hang_is_a_longer_wait() -> None:
    scenario = load("late_wechat_after_alipay")
    (usual,) = refund_waits(of_run(scenario.play().run))
    (longer,) = refund_waits(of_run(scenario.play(changes={"hangs": "1h3m"}).run))
    assert longer - usual == hours(1)


def test_what_a_customer_asks_back_is_waited_for_from_when_the_channel_took_it_on() -> None:
    run = load("partial_refunds_with_coupon").play().run
    refunds = [one for one in run.journal if one.what is What.REFUND]
    taken = [one.at for one in refunds if one.subject == "PROCESSING"]
    back = [one.at for one in refunds if one.subject == "SUCCESS"]
    assert len(taken) == len(back) == 3
    waits = [end - begin for begin, end in zip(taken, back, strict=True)]
    assert list(refund_waits(of_run(run))) == waits


def test_of_an_order_that_is_called_paid_and_was_not_nobody_has_waited() -> None:
    plot = Plot("customer_turns_back_unpaid", {}, "paytwice.gallery.pages:TrustsTheBrowser").loaded()
    run = plot.scenario.play(merchant=plot.factory).run
    assert any(one.what is What.VIEW and one.subject == "PAID" for one in run.journal)
    assert list(waits_until_known(of_run(run))) == []


def test_payments_are_counted_by_order() -> None:
    assert payments_of_orders(of_run(load("three_channels_one_order").play().run)) == {"P1": 3}
    assert payments_of_orders(of_run(load("nobody_pays").play().run)) == {}


@pytest.mark.parametrize("world", WORLDS)
def test_there_is_a_wait_for_no_more_than_what_went_back(world: str) -> None:
    for seed in range(5):
        run = load(world).play(seed=seed, changes={"profile": "rough"}).run
        returns = [one for one in run.journal if one.what is What.MONEY and one.subject == "RETURNED"]
        waits = list(refund_waits(of_run(run)))
        assert len(waits) <= len(returns) + sum(
            one.what is What.MONEY and one.subject == "GAVE_BACK" for one in run.journal
        )
        assert all(0 <= wait <= run.ended_at for wait in waits)
