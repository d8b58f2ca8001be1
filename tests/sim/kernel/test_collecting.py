"""A run looks for garbage less often, and leaves no trace of it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from weakref import ref

import pytest
from scenarios.worlds import busy_shop
from tests.sim.kernel.playing import late_wechat

from paytwice import Run, Settings, Simulation, simulate
from paytwice.channels.ledger import Ledger
from paytwice.kernel.collecting import SELDOM
from paytwice.story.player import simulate_seeds

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


def test_a_run_is_gone_when_it_is_let_go_of_and_waits_for_no_search_for_garbage() -> None:
    """The desks lead to everything else, and the ledger is what of a desk a run keeps."""
    gc.disable()
    try:
        ledgers: list[ref[Ledger]] = []

        def keep_nothing(run: Run) -> None:
            ledgers.extend(map(ref, run.ledgers.values()))

        simulate_seeds(late_wechat, [None, 1, 2], keep_nothing)
        simulate(late_wechat, seed=3)

        assert len(ledgers) == 9
        assert [one() for one in ledgers] == [None] * 9
    finally:
        gc.enable()


def test_runs_with_crashes_and_errors_leave_no_garbage_either() -> None:
    """A merchant's errors have tracebacks, whose frames lead to the merchant; a desk may still have plans."""
    found: list[int] = []
    errors = 0

    def look(run: Run) -> None:
        nonlocal errors
        errors += len(run.errors)
        found.append(gc.collect())

    gc.disable()
    try:
        simulate_seeds(busy_shop.story, range(20), look, settings=Settings(profile="rough"))
    finally:
        gc.enable()

    assert errors
    assert found[1:] == [0] * 19  # the first finds what was left by those who imported us
