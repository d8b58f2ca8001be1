"""The two judges agree on whatever is seen, also on what no merchant of ours has ever done."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final, cast

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.sim.oracle import naive
from tests.sim.oracle.history import History
from tests.sim.oracle.recorded import Recorder
from tests.sim.oracle.sights import SIGHTS, Sight, Telling
from tests.sim.oracle.told import OPEN, PAID, PRICE

from paytwice.oracle import INVARIANTS, Rules

RULES: Final = st.builds(
    Rules,
    channel_first=st.booleans(),
    reopens=st.booleans(),
    mismatch_to_person=st.booleans(),
    app_id=st.just("app"),
)
# No desk of ours goes wrong here, so that nothing is wrong with its books.
NOT_SEEN: Final = {"S18", "C5"}
Findings = set[tuple[str, str]]


def judged_twice(rules: Rules, payments: int, sights: list[Sight]) -> tuple[Findings, Findings]:
    """Tell it all to an oracle, and ask both what is broken; it begins with nothing, a payment, or two."""
    told = Telling(rules)
    recorder = Recorder(told.oracle)
    recorder.take_down("ordered", {"order_id": "o1", "amount": PRICE, "expires_at": 0, "at": 0, "entry": 1})
    told.oracle = cast("Any", recorder)
    _begin(told, payments)
    for method, arguments in sights:
        getattr(told, method)(*arguments)
    verdict = told.judge()
    history = History(tuple(recorder.seen), rules, told.at, tuple(recorder.calls), told.billed)
    quick = {(one.invariant, one.order) for one in verdict.violations}
    return quick, naive.broken(history, told.ledgers)


def _begin(told: Telling, payments: int) -> None:
    if payments:
        told.shop("reserve")
        told.view(OPEN)
        told.hand("wechat", "W1")
        told.capture("wechat", "W1", "4200")
        told.view(PAID, ("wechat", "4200"))
        told.shop("ship")
    if payments > 1:
        told.hand("alipay", "A1")
        told.capture("alipay", "A1", "2026")
        told.view(PAID, knows=("2026",))


SEEN: Final = {"rules": RULES, "payments": st.integers(0, 2), "sights": st.lists(SIGHTS, max_size=25)}


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(**SEEN)
def test_the_judges_agree_on_whatever_is_seen(rules: Rules, payments: int, sights: list[Sight]) -> None:
    quick, slow = judged_twice(rules, payments, sights)

    assert quick == slow


@pytest.mark.slow
def test_the_judges_agree_on_much_that_breaks_every_promise() -> None:
    found: Counter[str] = Counter()

    @settings(
        max_examples=20_000,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(**SEEN)
    def compare(rules: Rules, payments: int, sights: list[Sight]) -> None:
        quick, slow = judged_twice(rules, payments, sights)
        assert quick == slow
        found.update(name for name, _ in quick)

    compare()
    print(*(f"{name}: {found[name]}" for name in INVARIANTS), sep="\n")
    assert set(found) == set(INVARIANTS) - NOT_SEEN
