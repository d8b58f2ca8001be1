"""A run follows from its story and its seed, whatever ran before it, in whatever process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.sim.kernel.playing import ROUGH, late_wechat, rough

from paytwice import Run, Simulation
from paytwice.story.player import simulate_seeds

ROOT = Path(__file__).parents[3]
SEEDS = range(12)

PRINT_DIGESTS = """
import sys
from tests.sim.kernel.playing import rough
for seed in map(int, sys.argv[1:]):
    print(rough(seed).digest)
"""


def test_seed_k_alone_is_seed_k_after_others_and_in_reversed_order() -> None:
    alone = {seed: rough(seed) for seed in SEEDS}
    backwards = {seed: rough(seed) for seed in reversed(SEEDS)}

    for seed in SEEDS:
        assert alone[seed].digest == backwards[seed].digest, seed
        assert alone[seed].journal.rows == backwards[seed].journal.rows, seed
        assert alone[seed].deviations == backwards[seed].deviations, seed
    assert len({run.digest for run in alone.values()}) == len(SEEDS)


def test_the_same_seed_again_and_again_is_the_same() -> None:
    assert len({rough(7).digest for _ in range(10)}) == 1


def test_runs_that_share_a_trio_program_are_those_that_have_their_own() -> None:
    alone = {seed: rough(seed) for seed in SEEDS}
    together: list[Run] = []
    simulate_seeds(late_wechat, [*SEEDS, *reversed(SEEDS)], together.append, settings=ROUGH)

    assert [run.seed for run in together] == [*SEEDS, *reversed(SEEDS)]
    for run in together:
        assert run.seed is not None
        assert run.journal.rows == alone[run.seed].journal.rows
        assert run.deviations == alone[run.seed].deviations
        assert run.verdict == alone[run.seed].verdict
        assert (run.ended_at, run.steps) == (alone[run.seed].ended_at, alone[run.seed].steps)


def test_a_run_that_fails_leaves_nothing_to_the_next() -> None:
    async def fails_at_odd_seeds(sim: Simulation) -> None:
        await late_wechat(sim)
        if next(seeds) % 2:
            raise LookupError("the story's own")

    seeds = iter(range(8))
    together: list[Run] = []
    simulate_seeds(fails_at_odd_seeds, range(8), together.append, settings=ROUGH)

    assert [isinstance(run.failure, LookupError) for run in together] == [False, True] * 4
    assert [run.digest for run in together[::2]] == [rough(seed).digest for seed in range(0, 8, 2)]


def test_what_is_done_with_a_run_may_end_them_all() -> None:
    played: list[int | None] = []

    def stop_at_two(run: Run) -> None:
        played.append(run.seed)
        if run.seed == 2:
            raise LookupError("enough")

    with pytest.raises(LookupError, match="enough"):
        simulate_seeds(late_wechat, range(5), stop_at_two)
    assert played == [0, 1, 2]


def test_digests_do_not_depend_on_the_hash_seed_of_the_process() -> None:
    outputs = [_digests_under(hash_seed) for hash_seed in ("1", "4242")]

    assert outputs[0] == outputs[1]
    assert outputs[0] == [rough(seed).digest for seed in SEEDS]


def _digests_under(hash_seed: str) -> list[str]:
    path = os.pathsep.join(str(ROOT / part) for part in ("core", "sim", "."))
    return subprocess.run(
        [sys.executable, "-c", PRINT_DIGESTS, *map(str, SEEDS)],
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": path},
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
