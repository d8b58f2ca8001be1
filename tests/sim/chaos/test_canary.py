"""A campaign that cannot catch a merchant known to be broken cannot be believed."""

from __future__ import annotations

import pytest
from tests.sim.chaos.test_campaigns import Here

from paytwice.chaos import canary
from paytwice.chaos.campaign import Crew
from paytwice.chaos.canary import Canary, play_canary
from paytwice.chaos.census import Census
from paytwice.chaos.result import Result
from paytwice.chaos.telling import as_json, told
from paytwice.faults import PROFILES


@pytest.mark.parametrize("profile", PROFILES)
def test_the_canary_is_caught_under_every_profile(profile: str) -> None:
    found = play_canary(Crew(Here, 1), {"profile": profile})

    assert found.is_caught
    assert found.seeds <= 50


def test_a_merchant_that_is_sound_would_not_pass_for_the_canary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canary, "MERCHANT", None)

    assert not play_canary(Crew(Here, 1), {"profile": "rough"}, budget=25).is_caught


def test_a_campaign_whose_canary_lives_is_not_believed() -> None:
    census = Census()
    census.take("shop", [Result((1,), "ok", "1")])
    assert census.is_believable
    census.canary = Canary(200, None)

    assert not census.is_believable
    assert "NOT caught in 200 seeds" in "\n".join(line for line, _ in told(census, 1.0, ()))
    assert as_json(census, 1.0)["canary"] == {"caught": False, "seed": None, "seeds": 200}
