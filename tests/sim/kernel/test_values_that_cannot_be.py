"""What a file says happened, and cannot happen, is told as unused: the run is as if it were not there."""

from __future__ import annotations

import pytest
from tests.sim.kernel.test_choices import contender

from paytwice import Deviation, Run, Settings, Simulation, seconds, simulate
from paytwice.calendar import LONGEST
from paytwice.choices import Choices, Value

MESSAGE = "merchant→wechat trade.create P1-1"
COMMIT = "merchant payment.notify P1-1 store.commit"
CALL = "merchant pay.start P1 wechat trade.create P1-1"
NEVER = LONGEST + 1
ENDLESS = 10**12

# A name, a value that it can have, and such as it cannot.
CASES: list[tuple[str, Value, tuple[Value, ...]]] = [
    (MESSAGE, 900, (-5, NEVER, ENDLESS, "late", "", None, (), (40, -1), (40, ENDLESS), (1,) * 1_000)),
    (MESSAGE, "lost", ("LOST",)),
    (MESSAGE, (40, 90), ()),
    ("faults linger", 5_000, (-5, NEVER, ENDLESS, "late", (1, 2))),
    (COMMIT, "crash 5", ("crash abc", "crash", "crash -5", f"crash {ENDLESS}", "crash " + "9" * 5_000)),
    (COMMIT, "fail", ("fails", "explode", 7, (1,))),
    (COMMIT, "slow 5", ("slow", "slow 5 ms", f"slow {NEVER}")),
    (CALL, "crash 5", ("fail", "slow 5", "crash abc")),  # a network call does not meet a failing store
    ("wechat CreateTrade P1-1 mishap", "BUSY", ("BORED", "SHORT", "busy", 3, None)),
    ("wechat AskRefund P1-R1 mishap", "SHORT", ("NOT SHORT",)),
    ("wechat QueryTrade P1-1 lag", 1_000, (-5, ENDLESS, "BEFORE", 60_000)),
    (
        "wechat AskRefund P1-R1 fate",
        "CLOSED 5",
        ("PROCESSING 5", "LOST 5", "CLOSED", "CLOSED soon", "CLOSED -5", f"CLOSED {ENDLESS}", 5),
    ),
    ("wechat Pay P1-1 coupon", 100, (-5, 9_901, ENDLESS, "100")),
    (
        "wechat Pay P1-1 price",
        "edited to 100",
        ("edited to 0", "edited to -1", "edited to " + "9" * 5_000),
    ),
    ("wechat console P1-1", "40 1000", ("101 1000", "40", "-1 5", f"40 {ENDLESS}", "all 5", 40)),
    (
        "merchant—wechat outage",
        "hold from 0 ms for 5 ms",
        ("hang from 0 ms for 5 ms", f"hold from {ENDLESS} ms for 5 ms", "hold", 5),
    ),
    ("wechat is down", "from 0 ms for 5 ms", ("from 0 ms for ever", f"from 0 ms for {ENDLESS} ms", 5)),
    ("merchant clock", "5 ms behind", ("5 ms beside", f"{ENDLESS} ms ahead", -5)),
    ("stranger→merchant wechat P1-1", "news forged after 5 ms", ("news true after 5 ms", "news", 5)),
    ("choose how she feels", 2, (-1, 3, ENDLESS, "2")),
]


async def paid_and_refunded(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    sim.choose("how she feels", 3)
    await order.start("wechat")
    await sim.sleep(seconds(60))  # and the merchant asks what has become of it
    await order.confirm("wechat")
    await sim.sleep(seconds(5))
    await order.ask_refund("40.00 CNY")
    await sim.sleep(seconds(60))


def played(*deviations: Deviation) -> Run:
    return simulate(paid_and_refunded, settings=Settings(profile="rough"), deviations=deviations)


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, value, _ in CASES])
def test_a_value_that_can_be_is_used(name: str, value: Value) -> None:
    found = Deviation(name, 1, value)

    assert played(found).unused == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, value) for name, _, wrong in CASES for value in wrong],
    ids=lambda it: repr(it)[:40],
)
def test_a_value_that_cannot_be_is_unused_and_changes_nothing(name: str, value: Value) -> None:
    absurd = Deviation(name, 1, value)
    run = played(absurd)

    assert run.failure is None
    assert run.unused == (absurd,)
    assert (run.digest, run.deviations) == (played().digest, ())


@pytest.mark.parametrize("value", ["sideways", "after", "after -1", "after " + "9" * 5_000, 3, (1, 2)])
def test_a_move_that_cannot_be_is_unused(value: Value) -> None:
    absurd = Deviation("b", 1, value)
    choices = Choices(script=[absurd])

    assert choices.choose([contender("a", 0), contender("b", 1)]) == 0
    assert (choices.unused, choices.taken) == ((absurd,), [])


@pytest.mark.parametrize("value", [-1, 2, ENDLESS, "last"])
def test_a_task_that_is_not_there_cannot_be_picked(value: Value) -> None:
    absurd = Deviation("batch one", 1, value)
    choices = Choices(script=[absurd])

    assert choices.pick(["one", "other"]) == 0
    assert (choices.unused, choices.taken) == ((absurd,), [])


def test_a_coin_of_the_swarm_is_no_deviation_and_none_that_is_recorded_is_heeded() -> None:
    absurd = Deviation("swarm crash", 1, "out")
    choices = Choices(script=[absurd])

    assert choices.toss("swarm crash", 500_000)
    assert choices.unused == (absurd,)
