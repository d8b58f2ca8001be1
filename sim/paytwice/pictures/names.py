"""What a picture's file may be called: its ending says what is drawn into it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from paytwice.errors import PaytwiceError

CHARTS: Final = (".svg", ".png")
MATPLOTLIB_MISSING: Final = "charts need matplotlib, which is not installed: pip install 'paytwice[charts]'"
DIAGRAMS: Final = (".mmd", ".mermaid")
TRACES: Final = (".json",)


class ChartError(PaytwiceError):
    """A chart cannot be drawn here; the message says what to do about it."""


def ending_of(path: Path, allowed: tuple[str, ...]) -> str:
    """The ending in small letters; ValueError where it is none of those allowed."""
    ending = path.suffix.lower()
    if ending not in allowed:
        raise ValueError(f"{path} must end in {' or '.join(allowed)}, which says what to write")
    return ending
