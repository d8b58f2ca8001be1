"""A run follows from its story and its seed, whatever ran before it, in whatever process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.sim.kernel.playing import rough

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
