"""What a story passes is checked: the error repeats the value, and a plan that came to nothing is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from paytwice import Simulation, minutes, seconds, simulate
from paytwice.story.scenario import Scenario

Doing = Callable[[Any, Any], object]  # of a simulation and an order: wrong types are among what is tried


def at(sim: Simulation, channel: str) -> Any:
    """A channel without its types, for calls that no type checker would let pass."""
    return sim.channel(channel)


@pytest.mark.parametrize(
    ("doing", "said"),
    [
        (
            lambda sim, order: sim.sleep(1.5),
            "a sleep is in whole milliseconds, 0 or more, such as seconds(3), not 1.5",
        ),
        (lambda sim, order: sim.sleep(-1), "not -1"),
        (lambda sim, order: sim.checkout("-5.00 CNY"), "an amount is more than nothing, not -5.00 CNY"),
        (lambda sim, order: sim.checkout("0.00 CNY"), "not 0.00 CNY"),
        (
            lambda sim, order: sim.checkout("1.00 CNY", expires=0),
            "the time to pay is in whole",
        ),
        (lambda sim, order: order.start("wecaht"), "no channel 'wecaht': did you mean wechat?"),
        (lambda sim, order: order.confirm("alipy"), "no channel 'alipy': did you mean alipay?"),
        (lambda sim, order: order.ask_refund("-1.00 CNY"), "not -1.00 CNY"),
        (lambda sim, order: sim.channel("wecaht").desk, "did you mean wechat?"),
        (lambda sim, order: sim.choose("x", 0), "the number of options is a whole number, 1 or more, not 0"),
        (lambda sim, order: sim.crash_merchant(downtime=-1), "a downtime is in whole milliseconds"),
        (
            lambda sim, order: sim.network.delay("wechat", "merchant", "payment.notify", -5),
            "a delay is in whole milliseconds, 0 or more, such as seconds(3), not -5",
        ),
        (
            lambda sim, order: sim.network.lose("wechat", "merchant", "payment.notify", times=0),
            "times is a whole number, 1 or more, not 0",
        ),
        (lambda sim, order: sim.checkout(99), "an amount is a Money or text such as '99.00 CNY', not 99"),
        (lambda sim, order: sim.checkout("9.00 USD"), "no channel takes USD: they take CNY"),
        (lambda sim, order: sim.checkout("9.00 CNY", order_id="a b"), "text without spaces"),
        (lambda sim, order: sim.together(order.pay("wechat"), None), "together takes calls such as"),
        (lambda sim, order: order.start("wechat", tries=0), "tries is a whole number, 1 or more"),
        (lambda sim, order: order.ask_refund("1.00 USD"), "an amount must be in CNY here, not 1.00 USD"),
        (lambda sim, order: sim.network.hold("wechat", "merchant", lasting=0.5), "whole milliseconds"),
        (lambda sim, order: sim.network.hold("wechat", "wechat"), "between two endpoints, and 'wechat' is"),
        (lambda sim, order: sim.network.link("wecaht", loss=1), "there is no endpoint 'wecaht'"),
        (lambda sim, order: sim.network.link(loss=0.5), "a rate per million messages"),
        (lambda sim, order: sim.network.link(latency=40), "such as Latency.constant(40), not 40"),
        (lambda sim, order: at(sim, "wechat").at_the_console("x"), "one of CreateTrade, QueryTrade"),
        (lambda sim, order: at(sim, "wechat").is_busy(lasting=0), "a rate limit is in whole milliseconds, 1"),
        (lambda sim, order: at(sim, "wechat").unavailable(3, lasting=5), "3 is no call to a channel"),
        (lambda sim, order: at(sim, "wechat").top_up("9.00 CNY"), "money for every refund: let it run dry"),
        (lambda sim, order: at(sim, "wechat").runs_dry("9.00 USD"), "an amount must be in CNY here"),
        (lambda sim, order: at(sim, "wechat").edit_prices("9.00 USD"), "an amount must be in CNY here"),
        (
            lambda sim, order: at(sim, "alipay").next_abnormal_route_ends("SUCCESS"),
            "alipay has no other way for an ABNORMAL refund",
        ),
        (
            lambda sim, order: at(sim, "alipay").reroute_by_hand("USER_BANK_CARD"),
            "alipay has no other way for an ABNORMAL refund",
        ),
    ],
)
def test_a_wrong_argument_ends_the_run_and_says_what_is_allowed(doing: Doing, said: str) -> None:
    async def story(sim: Simulation) -> None:
        done = doing(sim, await sim.checkout("99.00 CNY"))
        if isinstance(done, Awaitable):
            await done

    run = simulate(story)

    assert isinstance(run.failure, ValueError)
    assert said in str(run.failure)


def played_with(plan: Callable[[Simulation], None]) -> str:
    async def story(sim: Simulation) -> None:
        plan(sim)
        order = await sim.checkout("99.00 CNY")
        await order.pay("wechat")

    return Scenario("mine", "", story).play().disappointment or ""


def test_a_misspelt_kind_of_message_does_not_pass_in_silence() -> None:
    said = played_with(lambda sim: sim.network.lose("wechat", "merchant", "payment.notfy"))

    assert said.startswith("the story planned to lose payment.notfy from wechat to merchant")


def test_a_crash_at_a_place_that_nobody_passes_does_not_pass_in_silence() -> None:
    said = played_with(lambda sim: sim.crash_merchant_before("merchant paymnt *", downtime=5))

    assert "crash before 'merchant paymnt *'" in said


def test_a_store_that_is_to_fail_where_nobody_passes_does_not_pass_in_silence() -> None:
    said = played_with(lambda sim: sim.store_fails_before("merchant paymnt *"))

    assert "let the store fail before 'merchant paymnt *'" in said


@pytest.mark.parametrize(
    ("plan", "unmet"),
    [
        (lambda sim: sim.channel("wechat").next_refund_ends("CLOSED"), "let wechat end a refund as CLOSED"),
        (
            lambda sim: sim.channel("wechat").next_abnormal_route_ends("SUCCESS"),
            "let wechat end an ABNORMAL refund's other way as SUCCESS",
        ),
        (lambda sim: sim.channel("alipay").is_busy(lasting=minutes(1)), "let alipay be busy"),
        (
            lambda sim: sim.channel("wechat").refund_by_hand("1.00 CNY", of="P7"),
            "let wechat send 1.00 CNY of P7 back by hand (RESOURCE_NOT_EXISTS)",
        ),
        (
            lambda sim: sim.channel("wechat").reroute_by_hand("USER_BANK_CARD"),
            "let wechat send an ABNORMAL refund another way by hand",
        ),
        (
            lambda sim: sim.channel("wechat").edit_prices("1.00 CNY"),
            "let wechat change the price of an unpaid trade",
        ),
        (
            lambda sim: sim.network.hold("alipay", "wechat", lasting=minutes(1)),
            "hold what goes between alipay and wechat",
        ),
        (
            lambda sim: sim.network.partition("customer", "alipay", one_way=True),
            "partition what goes from customer to alipay",
        ),
    ],
)
def test_what_was_arranged_and_came_to_nothing_is_told(
    plan: Callable[[Simulation], None], unmet: str
) -> None:
    assert played_with(plan) == f"the story planned to {unmet}, and nothing like it happened"


def test_a_payment_with_nothing_to_pay_with_is_told() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.confirm("wechat")

    said = Scenario("mine", "", story).play().disappointment or ""

    assert said.startswith("the story planned to let P1 be paid by wechat before `order.start('wechat')`")


def test_a_refund_that_comes_after_the_story_meets_the_end_that_was_arranged() -> None:
    async def story(sim: Simulation) -> None:
        sim.channel("wechat").next_refund_ends("SUCCESS", after=seconds(7))
        order = await sim.checkout("99.00 CNY")
        await order.start("wechat")
        await order.pay("alipay")
        sim.network.hold("merchant", "wechat", lasting=minutes(1))
        await order.confirm("wechat")

    played = Scenario("mine", "", story).play()

    assert played.run.refund_numbers("wechat")
    assert played.run.unmet == ()


def test_a_plan_that_came_true_is_not_mentioned() -> None:
    assert not played_with(lambda sim: sim.network.lose("wechat", "merchant", "payment.notify", times=9))
