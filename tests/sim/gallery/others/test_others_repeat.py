"""A run of a merchant in another style follows from its seed alone too, in any process."""

from __future__ import annotations

import os
import subprocess
import sys

DIGESTS = """
from paytwice.gallery.others.junior import junior
from paytwice.gallery.others.service import service
from paytwice.story.scenario import load
for merchant in (service, junior):
    for seed in range(7_000, 7_003):
        for world in ("busy_shop", "refund_desk"):
            run = load(world).play(seed=seed, changes={"profile": "hostile"}, merchant=merchant).run
            print(merchant.__name__, world, seed, run.digest)
"""


def digests(hash_seed: str) -> list[str]:
    """One line for each run, from a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", DIGESTS],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_a_seed_is_one_run_whatever_the_process_and_its_hash_seed() -> None:
    first, second = digests("1"), digests("2")

    assert first == second
    assert len({line.rpartition(" ")[2] for line in first}) == len(first) == 12
