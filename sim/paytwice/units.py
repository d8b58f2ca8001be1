"""Durations as a story writes them: all are whole milliseconds."""

from __future__ import annotations

from paytwice.calendar import DAY, HOUR, MINUTE, SECOND


def milliseconds(n: float) -> int:
    """So many milliseconds."""
    return round(n)


def seconds(n: float) -> int:
    """So many seconds, in milliseconds."""
    return round(n * SECOND)


def minutes(n: float) -> int:
    """So many minutes, in milliseconds."""
    return round(n * MINUTE)


def hours(n: float) -> int:
    """So many hours, in milliseconds."""
    return round(n * HOUR)


def days(n: float) -> int:
    """So many days, in milliseconds."""
    return round(n * DAY)
