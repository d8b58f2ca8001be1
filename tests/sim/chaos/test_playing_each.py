"""Runs that share a trio program, as those of a chunk can, are those that are played alone."""

from __future__ import annotations

import pytest

from paytwice import Run, Simulation
from paytwice.choices import Mutated
from paytwice.story.plot import Plot
from paytwice.story.scenario import from_namespace

PLOT = Plot("late_wechat_after_alipay", {"profile": "rough"})


def test_seeds_and_mutations_side_by_side_are_the_runs_that_they_are_alone() -> None:
    stage = PLOT.loaded()
    base = stage.play(3).deviations
    alone = [stage.play(1), stage.mutate(base, 5), stage.play(2), stage.mutate(base, 6)]
    found: list[Run] = []

    stage.play_each([1, Mutated(base, 5), 2, Mutated(base, 6)], found.append)

    assert [run.digest for run in found] == [run.digest for run in alone]
    assert [run.deviations for run in found] == [run.deviations for run in alone]
    assert [run.seed for run in found] == [1, None, 2, None]
    assert [run.arguments for run in found] == [run.arguments for run in alone]


def test_what_each_raises_ends_it_and_the_rest_can_be_played_after_it() -> None:
    stage = PLOT.loaded()
    found: list[Run] = []

    def until_two(run: Run) -> None:
        found.append(run)
        if run.seed == 2:
            raise TimeoutError("too long")

    with pytest.raises(TimeoutError, match="too long"):
        stage.play_each([1, 2, 3], until_two)
    stage.play_each([3], until_two)

    assert [run.seed for run in found] == [1, 2, 3]
    assert found[-1].digest == stage.play(3).digest


def test_a_story_cannot_end_the_process_here_either() -> None:
    async def story(sim: Simulation) -> None:
        await sim.checkout("1.00 CNY")
        raise KeyboardInterrupt

    scenario = from_namespace({"story": story}, "ends_it_all")
    found: list[Run] = []

    stage = PLOT.loaded()
    type(stage)(PLOT, scenario, stage.factory).play_each([1, 2], found.append)

    assert [type(run.failure).__name__ for run in found] == ["StoryStopped"] * 2
