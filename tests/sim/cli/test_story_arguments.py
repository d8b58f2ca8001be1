"""What a story passes is checked: the error repeats the value, and a plan that came to nothing is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from paytwice import Simulation, simulate
from paytwice.story.scenario import Scenario
from paytwice.world.customer import Customer

Doing = Callable[[Simulation, Customer], object]


@pytest.mark.parametrize(
    ("doing", "said"),
    [
        (lambda sim, order: sim.sleep(1.5), "a sleep is a whole number, 0 or more, not 1.5"),
        (lambda sim, order: sim.sleep(-1), "not -1"),
        (lambda sim, order: sim.checkout("-5.00 CNY"), "an amount is more than nothing, not -5.00 CNY"),
        (lambda sim, order: sim.checkout("0.00 CNY"), "not 0.00 CNY"),
        (
            lambda sim, order: sim.checkout("1.00 CNY", expires=0),
            "the time to pay is a whole",
        ),
        (lambda sim, order: order.start("wecaht"), "no channel 'wecaht': did you mean wechat?"),
        (lambda sim, order: order.confirm("alipy"), "no channel 'alipy': did you mean alipay?"),
        (lambda sim, order: order.ask_refund("-1.00 CNY"), "not -1.00 CNY"),
        (lambda sim, order: sim.channel("wecaht").desk, "did you mean wechat?"),
        (lambda sim, order: sim.choose("x", 0), "the number of options is a whole number, 1 or more, not 0"),
        (lambda sim, order: sim.crash_merchant(downtime=-1), "a downtime is a whole number"),
        (
            lambda sim, order: sim.network.delay("wechat", "merchant", "payment.notify", -5),
            "a delay is a whole number, 0 or more, not -5",
        ),
        (
            lambda sim, order: sim.network.lose("wechat", "merchant", "payment.notify", times=0),
            "times is a whole number, 1 or more, not 0",
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


def test_a_plan_that_came_true_is_not_mentioned() -> None:
    assert not played_with(lambda sim: sim.network.lose("wechat", "merchant", "payment.notify", times=9))
