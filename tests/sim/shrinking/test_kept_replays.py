"""Every violation that seeds have found in us is kept as a replay file, and stays fixed."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from paytwice.shrinking.replay import Outcome, read

FOUND: Final = sorted((Path(__file__).parent / "replays").glob("*.json"))


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.stem)
def test_what_was_found_stays_fixed(path: Path) -> None:
    replay = read(path)
    run = replay.plot.loaded().replay(replay.deviations)

    assert run.failure is None
    assert run.verdict.violations == ()
    assert replay.outcome(run) is Outcome.FIXED, [str(one) for one in run.unused]


def test_something_was_found() -> None:
    assert FOUND
