"""No scenario is decoration: each is what some merchant of the gallery fails, and the README says which."""

from __future__ import annotations

import pytest
from tests.library import NAMES, SCENARIOS

from paytwice.gallery.collection import gallery
from paytwice.story.loading import theme_of

THEMES = {
    "ack and crash",
    "authenticity",
    "close and expiry",
    "double success",
    "load",
    "reconciliation",
    "refund",
    "stale evidence",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_shows_at_least_one_exhibit(name: str) -> None:
    """That it breaks a promise there is what the tests of the exhibits prove."""
    assert [one.name for one in gallery().values() if one.showing.scenario == name]


def test_the_library_has_its_themes() -> None:
    assert {theme_of(path) for path in SCENARIOS} - {""} == THEMES
    assert len(NAMES) >= 35
