"""Once all is healed nothing goes wrong any more, whatever was recorded."""

from __future__ import annotations

import pytest

from paytwice import Deviation, Run, Settings, Simulation, seconds, simulate
from paytwice.calendar import MINUTE
from paytwice.choices import Mutated, Value

ROUGH = Settings(profile="rough")
NOTIFICATION = "wechat→merchant refund.notify P1-1"
ACCESS = "merchant refund.notify P1-1 store.commit"
SLOW_REFUND = Deviation("wechat AskRefund P1-R1 fate", 1, "SUCCESS 600000")


async def refunded_after_the_story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.pay("wechat")
    await sim.sleep(seconds(5))
    await order.ask_refund("40.00 CNY")


def played(*deviations: Deviation) -> Run:
    return simulate(refunded_after_the_story, settings=ROUGH, deviations=[SLOW_REFUND, *deviations])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (NOTIFICATION, "lost"),
        (NOTIFICATION, (40, 90_000)),
        (NOTIFICATION, 20 * MINUTE),
        (ACCESS, f"crash {15 * MINUTE}"),
        (ACCESS, "fail"),
    ],
)
def test_a_recorded_fault_happens_before_the_healing_and_not_after_it(name: str, value: Value) -> None:
    fault = Deviation(name, 1, value)
    calm, healed = played(), played(fault)
    before = played(Deviation("faults linger", 1, 20 * MINUTE), fault)

    assert calm.ok
    assert healed.digest == calm.digest, "nothing came of it"
    assert fault.key not in [one.key for one in healed.deviations]
    assert fault.key in [one.key for one in before.deviations]
    assert before.digest != played(Deviation("faults linger", 1, 20 * MINUTE)).digest


def test_a_latency_that_the_link_may_have_is_kept() -> None:
    late = Deviation(NOTIFICATION, 1, 45)

    assert late.key in [one.key for one in played(late).deviations]


def test_what_mutations_make_of_a_run_breaks_no_promise_of_a_merchant_that_does_it_right() -> None:
    base = simulate(refunded_after_the_story, settings=ROUGH, seed=3)
    mutants = [
        simulate(refunded_after_the_story, settings=ROUGH, source=Mutated(base.deviations, seed))
        for seed in range(150)
    ]

    assert not [run.explain() for run in mutants if run.verdict.violations]
    assert len({run.digest for run in mutants}) > 100
    again = simulate(refunded_after_the_story, settings=ROUGH, source=Mutated(base.deviations, 7))
    assert again.digest == mutants[7].digest, "a mutation is a number"
    replayed = simulate(refunded_after_the_story, settings=ROUGH, deviations=again.deviations)
    assert (replayed.digest, replayed.unused) == (again.digest, ())


@pytest.mark.parametrize("value", ["later", -5, "lost"])
def test_a_recorded_value_that_cannot_be_counts_as_unused(value: Value) -> None:
    """Else a replay would be told fixed where it is stale."""
    linger = Deviation("faults linger", 1, value)

    assert linger in played(linger).unused


def test_a_fault_that_came_too_late_to_happen_counts_as_unused() -> None:
    lost = Deviation(NOTIFICATION, 1, "lost")

    assert played(lost).unused == (lost,)
