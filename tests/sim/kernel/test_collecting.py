"""A run looks for garbage less often, and leaves no trace of it."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from tests.sim.kernel.playing import late_wechat

from paytwice import Simulation, simulate
from paytwice.kernel.collecting import SELDOM

BEFORE = (701, 11, 12)


@pytest.fixture(autouse=True)
def thresholds() -> Iterator[None]:
    saved = gc.get_threshold()
    gc.set_threshold(*BEFORE)
    yield
    gc.set_threshold(*saved)


def test_thresholds_are_raised_in_a_run_and_restored_after_it() -> None:
    seen: list[int] = []

    async def story(sim: Simulation) -> None:
        seen.append(gc.get_threshold()[0])
        await late_wechat(sim)

    simulate(story)

    assert seen == [SELDOM]
    assert gc.get_threshold() == BEFORE


def test_thresholds_are_restored_when_a_run_fails() -> None:
    async def story(_sim: Simulation) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(story)
    assert gc.get_threshold() == BEFORE


def test_who_has_switched_it_off_finds_it_off() -> None:
    gc.set_threshold(0)
    seen: list[int] = []

    async def story(_sim: Simulation) -> None:
        seen.append(gc.get_threshold()[0])

    simulate(story)
    assert seen == [0]
