"""How long a command takes from the shell: a new process, its imports, and what it does."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
HELP = ("--help",)
RUN = ("run", "late_wechat_after_alipay")


def seconds_of(arguments: tuple[str, ...], *, tries: int) -> float:
    """The best of several tries, in seconds of real time: it is what the user waits."""
    return min(_seconds_of(arguments) for _ in range(tries))


def _seconds_of(arguments: tuple[str, ...]) -> float:
    path = os.pathsep.join(str(ROOT / part) for part in ("core", "sim"))
    began = _clock()
    subprocess.run(
        [sys.executable, "-m", "paytwice", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path},
        check=True,
        capture_output=True,
    )
    return _clock() - began


def _clock() -> float:
    return time.perf_counter()  # noqa: TID251  # the user's own time is what is measured here
