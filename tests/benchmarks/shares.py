"""Which part of a run takes how much of its time, by looking at what is being done once a millisecond.

A profiler that hears of every call makes small functions look large. This one stops the program now and then
and sees in whose code it stands; what Python's own library does is done for whoever called it.
"""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Final

import trio

import paytwice
import paytwice_core

EVERY: Final = 0.001  # seconds of CPU time
REST: Final = "story and world"
_OURS: Final = Path(paytwice.__file__).parent
PARTS: Final = {
    str(path): part
    for path, part in (
        (Path(trio.__file__).parent, "trio"),
        (_OURS / "kernel", "kernel"),
        (_OURS / "choices", "choices"),
        (_OURS / "latency.py", "choices"),
        (_OURS / "faults.py", "choices"),
        (_OURS / "network", "network"),
        (_OURS / "merchant", "merchant"),
        (Path(paytwice_core.__file__).parent, "merchant"),
        (_OURS / "channels", "desks"),
        (_OURS / "oracle", "oracle"),
        (_OURS / "world" / "watch.py", "oracle"),
        (_OURS / "journal.py", "journal"),
        (_OURS, REST),
    )
}


def shares_of(play: Callable[[], object]) -> dict[str, float]:
    """Play, and say which share of the CPU time each part took; empty where nobody can be stopped."""
    if not hasattr(signal, "setitimer"):
        return {}
    found: Counter[str] = Counter()

    def look(_number: int, frame: FrameType | None) -> None:
        found[_part(frame)] += 1

    before = signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)
    try:
        play()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    total = sum(found.values())
    return {part: found[part] / total for part in dict.fromkeys(PARTS.values())} if total else {}


def _part(frame: FrameType | None) -> str:
    while frame is not None:
        file = frame.f_code.co_filename
        for path, part in PARTS.items():
            if file.startswith(path):
                return part
        frame = frame.f_back
    return REST
