"""Which values a choice can have at all.

What was recorded comes from a file that anybody may have written, or that has outlived the code it was made
with. A value that cannot be is no deviation: nothing comes of it, and it counts as unused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from paytwice.calendar import LONGEST
from paytwice.choices.deviation import Value

Fits = Callable[[Value], bool]
_NUMBER: Final = re.compile(r"[0-9]+")
_DIGITS: Final = len(str(LONGEST))


def is_time(value: Value) -> bool:
    """Whether it is a number of milliseconds within the longest run."""
    return isinstance(value, int) and 0 <= value <= LONGEST


def is_from(low: int, high: int) -> Fits:
    """Whether it is a whole number from low to high, both included."""
    return lambda value: isinstance(value, int) and low <= value <= high


def is_one_of(words: Sequence[str]) -> Fits:
    """Whether it is one of these words."""
    return lambda value: value in words


def reads(pattern: re.Pattern[str]) -> Fits:
    """Whether it is a text of this pattern, with no number in it that is longer than the longest run."""

    def fits(value: Value) -> bool:
        if not isinstance(value, str) or pattern.fullmatch(value) is None:
            return False
        return all(len(one) <= _DIGITS and int(one) <= LONGEST for one in _NUMBER.findall(value))

    return fits
