"""The scenarios about refunds that go astray are shown merchants with the very mistakes they are about."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, cast

import attrs
import pytest
from tests.sim.merchants import mistaken_about_refunds as mistaken
from tests.sim.merchants.mistaken import NewNumberForEachRefundTry
from tests.sim.merchants.mistaken import with_channels as with_clocked_channels
from tests.sim.merchants.mistaken_about_money import Between, with_channels
from tests.sim.merchants.textbook import Textbook

from paytwice import MerchantFactory
from paytwice.merchant.port import ChannelClient, Surroundings
from paytwice.merchant.reference.merchant import ReferenceMerchant
from paytwice.scenario import load

SCENARIOS: Final = Path(__file__).parents[1] / "scenarios"


def both(merchant: type[ReferenceMerchant], between: type[Between]) -> MerchantFactory:
    """A merchant that makes a mistake itself, and another one about its channels."""

    def make(around: Surroundings) -> ReferenceMerchant:
        channels = {name: cast("ChannelClient", between(real)) for name, real in around.channels.items()}
        return merchant(attrs.evolve(around, channels=channels))

    make.__name__ = merchant.__name__
    return make


NEW_NUMBERS: Final = with_clocked_channels(NewNumberForEachRefundTry)
MISTAKES: Final[Mapping[str, tuple[MerchantFactory, ...]]] = {
    "alipay_refund_notice_looks_like_payment": (mistaken.ShipsForEachNotice,),
    "crash_after_refund_call": (NEW_NUMBERS,),
    "refund_abnormal_needs_a_person": (mistaken.AbnormalIsClosed, mistaken.AnyCardWillDo),
    "refund_notice_before_the_response": (both(mistaken.RowAfterTheCall, mistaken.NeverAsksAboutRefunds),),
    "refund_without_balance": (
        with_channels(mistaken.NotEnoughIsNo),
        NEW_NUMBERS,
        Textbook,  # it sends a refund that the channel has closed to a person, not once more
    ),
    "refunded_in_the_console": (both(mistaken.DeafToTheConsole, mistaken.SeesNoReturns),),
    "unionpay_pays_after_paytimeout": (mistaken.BelievesTheBrowser,),
}
CAUGHT: Final = [
    pytest.param(name, merchant, id=f"{name}-{getattr(merchant, '__name__', '?')}")
    for name, merchants in MISTAKES.items()
    for merchant in merchants
]


@pytest.mark.parametrize(("name", "merchant"), CAUGHT)
def test_a_scenario_catches_the_mistake_it_is_about(name: str, merchant: MerchantFactory) -> None:
    played = load(str(SCENARIOS / f"{name}.py")).play(merchant=merchant)

    assert not played.as_declared
    assert played.run.failure is None, "it is the money that is wrong, not the merchant that falls over"
    assert played.run.errors == ()


def test_a_person_who_is_called_is_no_broken_promise() -> None:
    """The textbook merchant knows of no other card: it calls a person at once."""
    run = load(str(SCENARIOS / "refund_abnormal_needs_a_person.py")).play(merchant=Textbook).run

    assert run.verdict.violations == (), run.explain()
    assert run.order.waits_for_a_person == 99_00


# Of one it is told that it does wrong, and of the other that a person has to come.
SOUND: Final = [
    name for name in MISTAKES if name not in ("refund_without_balance", "refund_abnormal_needs_a_person")
]


@pytest.mark.parametrize("name", SOUND)
def test_a_scenario_asks_of_a_sound_merchant_no_more_than_the_money(name: str) -> None:
    played = load(str(SCENARIOS / f"{name}.py")).play(merchant=Textbook)

    assert played.run.ok, played.run.explain()
