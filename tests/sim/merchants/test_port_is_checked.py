"""A merchant that does not keep to the port is told what it did, by name; nothing is swallowed."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import attrs
import pytest

from paytwice import CHANNELS, Run, Settings, Simulation, simulate
from paytwice.channels import Notification
from paytwice.journal import What
from paytwice.merchant.port import Surroundings
from paytwice.merchant.reference.merchant import ReferenceMerchant


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.pay("wechat")
    await order.status()
    await order.ask_refund("1.00 CNY")


def made_with(**methods: Any) -> Run:
    odd = type("Odd", (ReferenceMerchant,), methods)
    return simulate(story, merchant=odd)


def returning(value: object) -> Any:
    async def method(_self: object, *_arguments: object) -> object:
        return value

    return method


@pytest.mark.parametrize(
    ("method", "value", "said"),
    [
        ("open_order", "hello", "open_order returned a str ('hello'); it must return Refusal or None"),
        (
            "start_attempt",
            "weixin://pay",
            "returned a str ('weixin://pay'); it must return Credential or Refusal",
        ),
        ("start_attempt", None, "start_attempt returned a NoneType (None)"),
        ("status", "PAID", "status returned a str ('PAID'); it must return CustomerAnswer"),
        ("ask_refund", None, "ask_refund returned a NoneType (None); it must return CustomerAnswer"),
        ("notified", 200, "notified returned a int (200); it must return Ack"),
    ],
)
def test_an_answer_of_the_wrong_kind_is_named(method: str, value: object, said: str) -> None:
    run = made_with(**{method: returning(value)})

    assert any(said in str(error) for error in run.errors), run.errors


def test_a_view_of_the_wrong_kind_is_named() -> None:
    run = made_with(view=lambda _self, _order: "PAID")

    assert any("view returned a str ('PAID'); it must return OrderView" in str(error) for error in run.errors)
    assert "PAID" not in [order.state for order in run.orders], "and it is no claim"


def test_a_plain_function_where_an_async_one_belongs_ends_the_run_at_once() -> None:
    def notified(_self: object, _notification: Notification) -> None: ...

    run = made_with(notified=notified)

    assert isinstance(run.failure, TypeError)
    assert "Odd.notified must be `async def`" in str(run.failure)


def test_an_async_view_ends_the_run_at_once() -> None:
    async def view(_self: object, _order: str) -> None: ...

    run = made_with(view=view)

    assert "Odd.view must be a plain `def`" in str(run.failure)


def test_a_factory_that_takes_no_surroundings_is_told_so() -> None:
    run = simulate(story, merchant=lambda: None)  # type: ignore[misc,arg-type]  # wrong on purpose

    assert "must take one argument, the Surroundings" in str(run.failure)


def test_an_error_of_the_factorys_own_is_not_taken_for_one_of_its_arguments() -> None:
    def make(around: Surroundings) -> ReferenceMerchant:
        raise TypeError("my own")

    assert str(simulate(story, merchant=make).failure) == "my own"


def test_a_method_that_is_missing_ends_the_run_at_once() -> None:
    class Nothing:
        def __init__(self, around: Surroundings) -> None: ...

    run = simulate(story, merchant=Nothing)  # type: ignore[arg-type]  # wrong on purpose

    assert isinstance(run.failure, TypeError)
    assert "made a Nothing, which has no open_order, start_attempt" in str(run.failure)


def test_work_that_raises_is_begun_again_less_and_less_often() -> None:
    async def work(_self: object) -> None:
        raise RuntimeError("no such queue")

    run = made_with(work=work)
    raised = [entry.at for entry in run.journal if entry.what is What.RAISED]
    pauses = [later - earlier for earlier, later in pairwise(raised)]

    assert pauses[:4] == [1_000, 2_000, 4_000, 8_000]
    assert len(raised) < 100, "25 hours of it do not drown the report"


@pytest.mark.parametrize("name", ["merchant", "customer", "story"])
def test_a_channel_cannot_take_somebody_elses_name(name: str) -> None:
    with pytest.raises(ValueError, match=f"cannot be called '{name}'"):
        simulate(story, channels={name: attrs.evolve(CHANNELS["wechat"], name=name)})


def test_a_channel_goes_by_its_profiles_name() -> None:
    with pytest.raises(ValueError, match="'wechat', not 'weixin'"):
        simulate(story, channels={"weixin": CHANNELS["wechat"]})


def test_a_currency_that_no_channel_takes_is_named() -> None:
    async def in_dollars(sim: Simulation) -> None:
        await sim.checkout("12.50 USD")

    assert "no channel takes USD: they take CNY" in str(simulate(in_dollars).failure)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (
            {"closing": "LOCAL_FIRST"},
            "closing must be Closing.LOCAL_FIRST or Closing.CHANNEL_FIRST, not 'LOCAL_FIRST'",
        ),
        ({"bill": 1}, "bill must be True or False, not 1"),
        ({"expires": 1.5}, "expires must be whole milliseconds, as minutes(15) gives them, not 1.5"),
        ({"skew": True}, "skew must be whole milliseconds, as minutes(15) gives them, not True"),
        ({"stock": 1.0}, "stock must be a whole number, not 1.0"),
    ],
)
def test_a_setting_of_the_wrong_kind_is_refused_in_words(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(says)}$"):
        Settings(**wrong)


def test_the_day_of_a_bill_is_the_one_that_is_over() -> None:
    days: list[date] = []

    class Watching(ReferenceMerchant):
        def __init__(self, around: Surroundings) -> None:
            super().__init__(around)
            days.append(around.clock.day(0))

    run = simulate(story, merchant=Watching, settings=Settings(bill=True))
    fetched = [
        entry.key for entry in run.journal if entry.subject == "bill.fetch" and entry.what is What.SENT
    ]

    assert fetched == [days[0].isoformat()]
    assert run.ended_at >= timedelta(hours=20) // timedelta(milliseconds=1), "at 10:00; it began at 14:00"
