"""A customer with several things to pay with: old ones, re-issued ones, and ones of several channels."""

from __future__ import annotations

import pytest
from tests.sim.merchants.small import SmallMerchant
from tests.sim.oracle.told import CLOSED, HOUR, MINUTE, Told, broken, open_order

from paytwice import Settings, Simulation, hours, minutes, simulate
from paytwice.channels import Credential
from paytwice.merchant.port import Said
from paytwice_core import Attempts, Money

ONE_AT_A_TIME = Settings(attempts=Attempts.ONE_AT_A_TIME)
SEEDS = pytest.mark.parametrize("seed", [None, 1, 2])


@SEEDS
@pytest.mark.parametrize(("which", "takes"), [(0, False), (1, False), (2, True), (-1, True), (3, None)])
def test_an_old_code_is_dead_when_the_one_that_replaced_it_lives(
    which: int, takes: bool | None, seed: int | None
) -> None:
    """WeChat's code lives two hours; the small merchant asks for it again under the same number."""
    accepted: list[bool | None] = []

    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY", expires=hours(5))
        await order.start("wechat")
        await sim.sleep(minutes(90))
        await order.start("wechat")  # the first one lives: the same again
        await sim.sleep(minutes(40))
        await order.start("wechat")
        payment = await order.confirm("wechat", which=which)
        accepted.append(None if payment is None else payment.accepted)

    run = simulate(story, seed=seed, merchant=SmallMerchant)

    assert accepted == [takes]
    assert run.ok, run.explain()
    assert run.captured("wechat") == (99_00 if takes else 0)
    assert run.order.is_paid is bool(takes)
    assert len(run.trade_numbers("wechat")) == 1


@SEEDS
def test_what_the_customer_turned_away_from_cannot_be_paid_any_more(seed: int | None) -> None:
    accepted: list[bool] = []

    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.start("wechat")
        await order.start("alipay")  # not while WeChat may be paid: that is closed first
        await sim.sleep(minutes(1))
        await order.start("alipay")
        for channel in ("wechat", "alipay"):
            payment = await order.confirm(channel)
            accepted.append(payment is not None and payment.accepted)

    run = simulate(story, seed=seed, settings=ONE_AT_A_TIME)

    assert accepted == [False, True]
    assert run.ok, run.explain()
    assert (run.captured("wechat"), run.kept("alipay")) == (0, 99_00)


@SEEDS
@pytest.mark.parametrize("settings", [Settings(), ONE_AT_A_TIME], ids=["parallel", "one at a time"])
def test_a_customer_who_uses_everything_pays_no_more_than_once(settings: Settings, seed: int | None) -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        for channel in ("wechat", "alipay", "wechat", "unionpay"):
            await order.start(channel)
            await sim.sleep(minutes(1))
        for channel in ("wechat", "alipay", "unionpay"):
            for which in (1, 0):
                await order.confirm(channel, which=which)

    run = simulate(story, seed=seed, settings=settings)

    assert run.ok, run.explain()
    # One at a time, who turns to UnionPay has WeChat's code closed, and has to ask once more.
    assert run.order.is_paid is (settings is not ONE_AT_A_TIME)
    assert run.order.kept == (99_00 if run.order.is_paid else 0)


# -- as the oracle sees it ----------------------------------------------------------------------------------


def issued_again() -> Told:
    """WeChat's code was issued again, and lives for another hour."""
    told = Told(payable=lambda credential, at: at <= credential.dead_at)
    told.hand("wechat", "W1")
    told.oracle.handed("o1", Credential("wechat", "W1", Money(99_00, "CNY"), HOUR), told.at, told.entry)
    told.wait(20 * MINUTE)  # the first one is dead
    return told


def test_s15_a_code_that_was_issued_again_is_still_in_the_customers_hand() -> None:
    told = issued_again()
    told.view(CLOSED)

    assert ("S15", "o1") in broken(told.judge())


def test_s25_who_holds_a_code_that_was_issued_again_must_not_be_told_to_pay_again() -> None:
    told = issued_again()
    told.tell(Said.PAY_AGAIN)

    assert ("S25", "o1") in broken(told.judge())


@pytest.mark.parametrize(("closed", "left"), [(("W1", "A1"), False), (("W1",), True), (("A1",), True)])
def test_s15_every_channel_of_which_the_customer_holds_something_has_to_be_closed(
    closed: tuple[str, ...], left: bool
) -> None:
    told = open_order()
    told.hand("alipay", "A1")
    for trade in closed:
        told.close("wechat" if trade == "W1" else "alipay", trade)
    told.view(CLOSED)
    told.shop("release")

    assert (("S15", "o1") in broken(told.judge())) is left
