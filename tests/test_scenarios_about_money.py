"""The scenarios about sums and bills are shown merchants with the very mistakes they are about."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest
from tests.sim.merchants import mistaken_about_money as mistaken
from tests.sim.merchants.mistaken_about_money import with_channels

from paytwice import MerchantFactory
from paytwice.scenario import load

SCENARIOS: Final = Path(__file__).parents[1] / "scenarios"
MISTAKES: Final[Mapping[str, tuple[MerchantFactory, ...]]] = {
    "amount_does_not_match": (mistaken.TakesAnySum,),
    "bill_finds_what_nobody_told": (with_channels(mistaken.ReadsNoBill),),
    "customer_refund_meets_duplicate_refund": (mistaken.one_refund_for_an_order,),
    "midnight_bill": (mistaken.ReversesWhatTheBillLacks,),
    "partial_refunds_with_coupon": (
        mistaken.TakesTheCashForTheTotal,
        with_channels(mistaken.ReturnsTheCash),
    ),
}
CAUGHT: Final = [
    pytest.param(name, merchant, id=f"{name}-{getattr(merchant, '__name__', '?')}")
    for name, merchants in MISTAKES.items()
    for merchant in merchants
]


@pytest.mark.parametrize(("name", "merchant"), CAUGHT)
def test_a_scenario_catches_the_mistake_it_is_about(name: str, merchant: MerchantFactory) -> None:
    scenario = load(str(SCENARIOS / f"{name}.py"))
    seeds = [None, *range(1, scenario.interleavings + 1)]
    played = (scenario.play(seed=seed, merchant=merchant) for seed in seeds)
    caught = next((one for one in played if not one.as_declared), None)

    assert caught is not None, f"not in {len(seeds)} runs"
    assert caught.disappointment is not None, "expect itself says so, and not only the verdict"
    assert caught.run.failure is None, "it is the money that is wrong, not the merchant that falls over"
    assert caught.run.errors == ()
