"""When Python looks for garbage that refers to itself, while a run is played.

A run makes many small values and next to no such garbage, so looking for it every 700 values costs a tenth
of the run and finds nothing. It is looked for less often, not never: a run of a million steps stays small.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

SELDOM: Final = 50_000  # new values that are still alive; a run of one order has some thousand


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Look for garbage seldom as long as the block lasts, and then as before."""
    often, *older = gc.get_threshold()
    if often:  # 0: somebody has switched it off
        gc.set_threshold(max(often, SELDOM), *older)
    try:
        yield
    finally:
        gc.set_threshold(often, *older)
