"""A payment that is booked twice is two payments of one trade: each has a number and a budget of its own."""

from __future__ import annotations

import attrs
import pytest
from tests.sim.channels.driving import PRICE, new_desk, paid, query, query_refund, refund, run_out, yuan

from paytwice import Simulation, minutes, seconds, simulate
from paytwice.calendar import DAY, MINUTE, SECOND, Calendar
from paytwice.channels import (
    ALIPAY,
    UNIONPAY,
    WECHAT,
    Ack,
    ChannelProfile,
    Desk,
    FetchBill,
    LineKind,
    Meaning,
)
from paytwice.story.scenario import from_namespace

PROFILES = pytest.mark.parametrize("profile", [WECHAT, ALIPAY, UNIONPAY], ids=lambda profile: profile.name)


def booked_twice(profile: ChannelProfile) -> tuple[Desk, str, str]:
    """A desk that took one payment at 0 and booked it again a second later; and the two numbers."""
    desk = paid(profile)
    desk.will_book_again("T1", SECOND)
    assert desk.owes, "a run must not end before it has come"
    assert desk.pending()
    run_out(desk, Ack.positive())
    return desk, f"{profile.prefix}0001", f"{profile.prefix}0002"


@PROFILES
def test_the_ledger_tells_the_two_apart(profile: ChannelProfile) -> None:
    desk, first, second = booked_twice(profile)
    refund(desk, MINUTE, channel_number=second)
    run_out(desk, Ack.positive())
    ledger = desk.ledger

    assert ledger.captured("T1") == 2 * PRICE
    assert (ledger.captured("T1", first), ledger.captured("T1", second)) == (PRICE, PRICE)
    assert (ledger.returned("T1", first), ledger.returned("T1", second)) == (0, PRICE)
    assert (ledger.kept("T1"), ledger.kept("T1", first), ledger.kept("T1", second)) == (PRICE, PRICE, 0)
    assert not desk.owes


@PROFILES
def test_a_refund_that_names_no_payment_is_of_the_first(profile: ChannelProfile) -> None:
    desk, first, _ = booked_twice(profile)
    refund(desk, MINUTE)
    run_out(desk, Ack.positive())

    assert desk.ledger.returned("T1", first) == PRICE


@PROFILES
def test_each_payment_has_a_budget_of_its_own(profile: ChannelProfile) -> None:
    desk, first, second = booked_twice(profile)

    assert refund(desk, MINUTE, PRICE, "R1", channel_number=first).meaning is Meaning.OK
    over = refund(desk, 3 * MINUTE, 1, "R2", channel_number=first)
    assert over.meaning is Meaning.OVER_BUDGET
    assert len(desk.over_budget) == 1
    assert refund(desk, 5 * MINUTE, PRICE, "R3", channel_number=second).meaning is Meaning.OK
    assert refund(desk, 7 * MINUTE, channel_number="another").meaning is Meaning.NO_SUCH_TRADE


@PROFILES
def test_a_refund_number_is_of_one_payment_only(profile: ChannelProfile) -> None:
    desk, first, second = booked_twice(profile)
    refund(desk, MINUTE, 1, "R1", channel_number=first)

    assert refund(desk, 3 * MINUTE, 1, "R1", channel_number=second).meaning is Meaning.NUMBER_USED
    assert query_refund(desk, 3 * MINUTE).refund is not None


@PROFILES
def test_a_query_tells_of_the_first_and_a_notification_of_the_second(profile: ChannelProfile) -> None:
    desk = paid(profile)
    desk.will_book_again("T1", SECOND)
    heard = run_out(desk, Ack.positive())
    told = query(desk, MINUTE).trade

    assert told is not None
    assert told.channel_number == f"{profile.prefix}0001"
    assert [(at, sent.trade.channel_number) for at, sent in heard] == [(SECOND, f"{profile.prefix}0002")]
    assert len(desk.ladders) == 2, "each payment has a ladder"


@PROFILES
def test_the_bill_has_both(profile: ChannelProfile) -> None:
    desk, first, second = booked_twice(profile)
    bill = desk.handle(FetchBill(Calendar().day_of(0)), 2 * DAY).bill

    assert bill is not None
    lines = [(line.kind, line.channel_number, line.amount) for line in bill.lines]
    assert lines == [(LineKind.PAYMENT, first, yuan(PRICE)), (LineKind.PAYMENT, second, yuan(PRICE))]


def test_nothing_is_booked_again_by_itself() -> None:
    desk = new_desk(WECHAT)

    assert not desk.owes
    assert desk.pending() == []


# -- arranged by a story ------------------------------------------------------------------------------------


async def _paid_once(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    sim.channel("wechat").books_twice(after=seconds(2))
    await order.start("wechat")
    await sim.sleep(minutes(1))


async def _paid_twice(sim: Simulation) -> None:
    await _paid_once(sim)
    order = await sim.checkout("10.00 CNY")
    await order.pay("wechat")


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_the_next_payment_is_booked_twice_and_no_other(seed: int | None) -> None:
    async def story(sim: Simulation) -> None:
        first = await sim.checkout("99.00 CNY")
        second = await sim.checkout("10.00 CNY")
        sim.channel("wechat").books_twice()
        await first.pay("wechat")
        await second.pay("wechat")

    run = simulate(story, seed=seed)

    assert run.ok, run.explain()
    assert [order.captured for order in run.orders] == [2 * 99_00, 10_00]
    assert [order.kept for order in run.orders] == [99_00, 10_00]


def test_a_run_does_not_end_before_the_second_booking() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        sim.channel("wechat").books_twice(after=minutes(90))
        await order.pay("wechat")

    run = simulate(story)

    assert run.ok, run.explain()
    assert run.captured("wechat") == 198_00
    assert run.kept("wechat") == 99_00


def test_a_second_booking_that_never_came_is_told() -> None:
    played = from_namespace({"story": _paid_once}, "unpaid").play()

    assert not played.as_declared
    assert "let wechat book a payment twice" in played.why
    assert from_namespace({"story": _paid_twice}, "paid").play().as_declared


def test_the_bill_finds_a_second_payment_that_no_notification_told() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        sim.channel("unionpay").books_twice(after=seconds(1))
        await order.start("unionpay")
        await order.confirm("unionpay")
        sim.network.partition("unionpay", "merchant", lasting=minutes(20))  # longer than the ladder
        await sim.sleep(minutes(30))

    run = simulate(story)

    assert run.ok, run.explain()
    assert run.captured("unionpay") == 198_00
    assert run.kept("unionpay") == 99_00
    assert len(run.refund_numbers("unionpay")) == 1


def test_each_payment_is_told_of_once_more_when_it_can_no_longer_be_refunded() -> None:
    desk, first, second = booked_twice(attrs.evolve(ALIPAY, finished_word="TRADE_FINISHED"))
    told = {id: one.trade.channel_number for id, one in desk.ladders.items() if "finished" in id}

    assert told == {"AL:T1:finished": first, "AL:T1:finished+1": second}
    assert {one.trade.status for id, one in desk.ladders.items() if id in told} == {"TRADE_FINISHED"}
