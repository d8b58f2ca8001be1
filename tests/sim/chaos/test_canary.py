"""A campaign that cannot catch a merchant known to be broken cannot be believed."""

from __future__ import annotations

import pytest
from tests.sim.chaos.test_campaigns import Here

from paytwice.chaos import canary
from paytwice.chaos.campaign import Crew
from paytwice.chaos.canary import play_canary
from paytwice.faults import PROFILES


@pytest.mark.parametrize("profile", PROFILES)
def test_the_canary_is_caught_under_every_profile(profile: str) -> None:
    found = play_canary(Crew(Here, 1), {"profile": profile})

    assert found.is_caught
    assert found.seeds <= 50


def test_a_merchant_that_is_sound_would_not_pass_for_the_canary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canary, "MERCHANT", None)

    assert not play_canary(Crew(Here, 1), {"profile": "rough"}, budget=25).is_caught
