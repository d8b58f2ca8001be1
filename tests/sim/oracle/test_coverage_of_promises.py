"""The shipped scenarios put every promise to the test that they can: a verdict "ok" is about something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest
from tests.library import SCENARIOS

from paytwice.oracle import INVARIANTS
from paytwice.story.scenario import load


def checked(seeds: Sequence[int | None], **changes: str) -> Counter[str]:
    """In how many runs of all scenarios each promise had something to check."""
    found: Counter[str] = Counter()
    for path in SCENARIOS:
        scenario = load(str(path))
        for seed in seeds:
            found.update(scenario.play(seed=seed, changes=changes).run.verdict.checked)
    return found


def test_every_promise_is_put_to_the_test_by_some_calm_scenario() -> None:
    assert set(INVARIANTS) - set(checked([None])) == set()


@pytest.mark.slow
def test_every_promise_is_put_to_the_test_by_rough_runs() -> None:
    found = checked(range(20), profile="rough")
    print(*(f"{name}: {found[name]} of {20 * len(SCENARIOS)}" for name in INVARIANTS), sep="\n")

    assert set(INVARIANTS) - set(found) == set()
