"""Simpler values for one deviation, from the calmest on.

A value is a delay, the delays of several copies, or words with times in them (`crash 73218`, `hold from
41377 ms for 812345 ms`). So every number in it can be tried as a rounder and smaller one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from paytwice.calendar import DAY, HOUR, MINUTE, SECOND
from paytwice.choices import AFTER, LAST, Value

# Milliseconds as people say them; what is tried is the smallest that will do.
ROUND: Final = (
    *(0, SECOND, 5 * SECOND, 10 * SECOND, 20 * SECOND, 30 * SECOND),
    *(MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE),
    *(HOUR, 2 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY),
)
NUMBER: Final = re.compile(r"\d+")
_MANY: Final = 8  # others that a wake-up lets go first: beyond that "last" will do


def simpler(value: Value) -> Iterator[Value]:
    """Every simpler value that is worth a try, one number changed at a time, small ones first."""
    match value:
        case int():
            yield from _rounder(value)
        case tuple():
            for index in range(len(value) if len(value) > 2 else 0):
                yield value[:index] + value[index + 1 :]
            for index, one in enumerate(value):
                for less in _rounder(one):
                    yield (*value[:index], less, *value[index + 1 :])
        case str() if value.startswith(AFTER):
            yield from _earlier(value.removeprefix(AFTER))
        case str():
            for found in NUMBER.finditer(value):
                for less in _rounder(int(found[0])):
                    yield f"{value[: found.start()]}{less}{value[found.end() :]}"
        case None:
            return


def _earlier(others: str) -> Iterator[Value]:
    """After all others, which says most with one word; else after fewer of them."""
    yield LAST
    if others.isdecimal():
        yield from (f"{AFTER}{fewer}" for fewer in range(1, min(int(others), 1 + _MANY)))


def _rounder(number: int) -> Iterator[int]:
    return (one for one in ROUND if one < number)
