"""The shop from the sample code works in the sandbox, and chaos finds all that its author confesses."""

from __future__ import annotations

import re
from typing import Final

import pytest
from tests.library import WORLDS

from paytwice.gallery.others.junior import JuniorShop, junior
from paytwice.merchant.process import StoreError
from paytwice.oracle.invariants import INVARIANTS
from paytwice.story.scenario import load

SEEDS: Final = range(7_000, 7_012)  # of each world, on rough days
SANDBOX: Final = ("nobody_pays", "same_notification_twice", "all_notifications_lost")


def confessed() -> set[str]:
    """The promises that its docstring names."""
    assert JuniorShop.__doc__ is not None
    return set(re.findall(r"\b[SLC][0-9]+\b", JuniorShop.__doc__))


@pytest.mark.parametrize("name", SANDBOX)
def test_it_works_in_the_sandbox(name: str) -> None:
    played = load(name).play(merchant=junior)

    assert played.as_declared, f"{played.why}\n{played.run.explain()}"
    assert played.run.errors == ()


def test_chaos_finds_within_a_dozen_seeds_of_each_world_whatever_it_confesses() -> None:
    found: set[str] = set()
    for path in WORLDS:
        world = load(str(path))
        for seed in SEEDS:
            run = world.play(seed=seed, changes={"profile": "rough"}, merchant=junior).run
            found.update(violation.invariant for violation in run.verdict.violations)
            assert [error for error in run.errors if not isinstance(error, StoreError)] == []

    assert confessed() <= found, f"not found: {sorted(confessed() - found)}"
    assert len(confessed()) > len(INVARIANTS) / 2
