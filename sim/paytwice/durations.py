"""Durations as text: how they are written on a command line, and read back."""

from __future__ import annotations

import re
from typing import Final

from paytwice.calendar import DAY, HOUR, MINUTE, SECOND

_UNITS: Final = {"d": DAY, "h": HOUR, "m": MINUTE, "s": SECOND, "ms": 1}
_DURATION: Final = re.compile(r"(-?)((?:[0-9]{1,15}(?:ms|[smhd]))+)")


def duration(text: str) -> int:
    """Milliseconds from `90s`, `15m`, `2h30m`, `1d`, `250ms`."""
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no duration: write 250ms, 90s, 15m, 2h30m or 1d")
    parts = re.findall(r"([0-9]+)(ms|[smhd])", found[2])
    ms = sum(int(number) * _UNITS[unit] for number, unit in parts)
    return -ms if found[1] else ms


def duration_text(ms: int) -> str:
    """A number of milliseconds, so that `duration` reads it back."""
    left, text = abs(ms), ""
    for unit, size in _UNITS.items():
        number, left = divmod(left, size)
        text += f"{number}{unit}" if number else ""
    return ("-" if ms < 0 else "") + (text or "0s")
