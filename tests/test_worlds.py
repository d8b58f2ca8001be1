"""Every world, roamed a little: calm it goes well, faults break no promise, and all of it can be told."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from tests.library import SCENARIOS, WORLDS

from paytwice.bench.task import BROADEST
from paytwice.chaos.worker import Chunk, play_chunk
from paytwice.faults import PROFILES
from paytwice.gallery.collection import gallery
from paytwice.pictures.mermaid import MOST, TOO_LONG, mermaid
from paytwice.pictures.reading import picture
from paytwice.pictures.view import View
from paytwice.report.text import report
from paytwice.story.plot import Plot
from paytwice.story.scenario import load

ROUGH: Final = {"profile": "rough", "schedule": "portfolio"}
FAULTY: Final = [name for name in PROFILES if name != "calm"]
SEEDS: Final = range(5_000, 5_006)
MANY_SEEDS: Final = range(6_000, 6_300)

each_world = pytest.mark.parametrize("path", WORLDS, ids=lambda path: path.stem)


@each_world
def test_a_world_is_sound_while_nothing_goes_wrong(path: Path) -> None:
    played = load(str(path)).play()

    assert played.as_declared, f"{played.why}\n{played.run.explain()}"
    assert played.run.errors == ()


@each_world
def test_a_world_without_faults_is_another_one_with_each_seed(path: Path) -> None:
    runs = [load(str(path)).play(seed=seed).run for seed in range(30)]

    assert not [run.explain() for run in runs if run.failure is not None or run.verdict.violations]
    assert len({run.digest for run in runs}) == len(runs)


@pytest.mark.parametrize("profile", FAULTY)
@each_world
def test_faults_break_no_promise_in_a_world(path: Path, profile: str) -> None:
    for seed in SEEDS:
        run = load(str(path)).play(seed=seed, changes={"profile": profile}).run
        assert run.failure is None
        assert not run.verdict.violations, run.explain()


@pytest.mark.parametrize("profile", FAULTY)
@each_world
def test_what_happened_in_a_world_can_be_told_and_drawn(path: Path, profile: str) -> None:
    run = load(str(path)).play(seed=1, changes={"profile": profile}).run

    assert list(report(run))
    text = mermaid(picture(run))
    assert (len(text) >= MOST) == (TOO_LONG in text)
    for order in run.orders:
        assert len(mermaid(View(orders=(order.id,)).of(picture(run), run))) < MOST


@pytest.mark.parametrize("profile", ["hostile", "peak_night", "swarm"])
def test_faults_break_no_promise_in_a_scenario(profile: str) -> None:
    for number, path in enumerate(SCENARIOS):
        for seed in (number, 1_000 + number):
            run = load(str(path)).play(seed=seed, changes={"profile": profile}).run
            assert run.failure is None, path.stem
            assert not run.verdict.violations, run.explain()


@pytest.mark.slow
@pytest.mark.parametrize("profile", FAULTY)
@each_world
def test_many_faults_break_no_promise_in_a_world(path: Path, profile: str) -> None:
    for seed in MANY_SEEDS:
        run = load(str(path)).play(seed=seed, changes={"profile": profile}).run
        assert run.failure is None
        assert not run.verdict.violations, run.explain()


@pytest.mark.slow
def test_ten_seeds_of_the_broadest_world_catch_most_mistakes_of_the_gallery() -> None:
    exhibits = [one for one in gallery().values() if one.showing.trial is None]
    caught = [one.name for one in exhibits if _is_caught(Plot(BROADEST, ROUGH, one.merchant), one.invariant)]

    assert len(caught) > 0.75 * len(exhibits), "the README says: about four of five"


def _is_caught(plot: Plot, invariant: str) -> bool:
    results = (play_chunk(Chunk(plot, ((seed,),), memory=0)) for seed in range(10))
    return any(one.invariant == invariant for (result,) in results for one in result.broken)
