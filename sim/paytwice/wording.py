"""How messages are worded: near names, durations, one line where one line is wanted."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(word: str, words: Iterable[str], *, otherwise: str | None = None) -> str:
    """What to add to an error about an unknown name: the names it may have meant, or all there are."""
    known = list(words)
    close = difflib.get_close_matches(word, known, n=3, cutoff=0.5)
    if not close and len(word) >= 3:
        close = [one for one in known if word in one][:3]
    if close:
        return f": did you mean {' or '.join(close)}?"
    if otherwise is not None:
        return otherwise
    return f": there are {', '.join(known)}" if known else ": there are none"


def one_line(said: object) -> str:
    """Anything somebody else said, on one line and not without end."""
    text = " ".join(str(said).split())
    return text if len(text) <= 300 else text[:297] + "..."


def span(ms: int) -> str:
    """A duration as people write it: 250ms, 41s, 3m15s, 2h05m, 7d02h."""
    if ms < 1_000:
        return f"{ms}ms"
    seconds, minutes, hours = ms // 1_000, ms // 60_000, ms // 3_600_000
    if minutes == 0:
        return f"{ms / 1000:.3g}s"
    if hours == 0:
        return f"{minutes}m{seconds % 60:02}s"
    if hours < 24:
        return f"{hours}h{minutes % 60:02}m"
    return f"{hours // 24}d{hours % 24:02}h"


def off(ms: int) -> str:
    """How wrong a clock is: 1m30s ahead, 5s behind, set right."""
    return f"{span(abs(ms))} {'ahead' if ms > 0 else 'behind'}" if ms else "set right"
