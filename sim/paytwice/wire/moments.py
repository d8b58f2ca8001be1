"""Virtual milliseconds as the wire writes them, and what makes one message unlike the next."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from typing import Final

import attrs

from paytwice.calendar import Calendar

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
RFC3339: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?:Z|[+-]\d{2}:\d{2})", re.ASCII
)
MILLISECOND: Final = timedelta(milliseconds=1)


@attrs.frozen
class Stamp:
    """The moment at which a message is made, and a word that no other message has.

    `at` is virtual time. `nonce` is 32 letters and digits; it comes from outside, because who invents it here
    would either draw at random or count, and a run does neither behind the back of its choices. Two
    notifications with one nonce would also share the nonce of their encryption.
    """

    at: int
    nonce: str

    @classmethod
    def named(cls, at: int, *words: str) -> Stamp:
        """A stamp whose nonce is made of words which together are said once in a run."""
        return cls(at, sha256("\n".join(words).encode()).hexdigest()[:32].upper())

    def derived(self, purpose: str, length: int) -> str:
        """Another word for a purpose of this message, as unlike all others as the nonce is."""
        return sha256(f"{purpose}\n{self.nonce}".encode()).hexdigest()[:length]


def unix_seconds(calendar: Calendar, at: int) -> int:
    """Whole seconds since 1970."""
    return (calendar.moment(at) - EPOCH) // timedelta(seconds=1)


def at_unix_seconds(calendar: Calendar, seconds: int) -> int:
    """The virtual millisecond at which a second since 1970 begins."""
    return (EPOCH - calendar.begins) // MILLISECOND + seconds * 1_000


def rfc3339(calendar: Calendar, at: int) -> str:
    """Like 2026-03-02T14:00:00+08:00: whole seconds, in the calendar's time zone."""
    return calendar.moment(at).isoformat(timespec="seconds")


def at_rfc3339(calendar: Calendar, text: str) -> int:
    """The virtual millisecond of such a time; ValueError for anything else."""
    if RFC3339.fullmatch(text) is None:
        raise ValueError(f"a time is written like 2018-06-08T10:34:56+08:00, not {text!r}")
    return (datetime.fromisoformat(text) - calendar.begins) // MILLISECOND


def http_date(calendar: Calendar, at: int) -> str:
    """As the Date header has it."""
    return format_datetime(calendar.moment(at).astimezone(UTC), usegmt=True)


def at_http_date(calendar: Calendar, text: str) -> int | None:
    """The virtual millisecond of a Date header, None for anything else."""
    try:
        return (parsedate_to_datetime(text) - calendar.begins) // MILLISECOND
    except (ValueError, TypeError, OverflowError):
        return None
