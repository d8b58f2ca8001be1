"""Virtual milliseconds as the wire writes them, and what makes one message unlike the next."""

from __future__ import annotations

import re
from base64 import b32encode
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
PLAIN_TIME: Final = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}(?::\d{2})?", re.ASCII)
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
        text = "".join(f"{len(word)} {word}\n" for word in words)  # so that no two lists are one text
        return cls(at, sha256(text.encode()).hexdigest()[:32].upper())

    def derived(self, purpose: str, length: int) -> str:
        """Another word for a purpose of this message, at most 52 letters and digits.

        Five bits a character: the 12 that AES-GCM has are unlike those of a million other messages.
        """
        return b32encode(sha256(f"{purpose}\n{self.nonce}".encode()).digest()).decode().lower()[:length]


@attrs.define(eq=False)
class Stamps:
    """Hands out stamps of which no two have the same nonce.

    As all names in a run, a nonce is made of a place, a key, and how many there were of that key: so a
    message keeps its bytes in a run that differs a little elsewhere.
    """

    place: str
    _given: dict[str, int] = attrs.Factory(dict)

    def next(self, at: int, key: str = "") -> Stamp:
        """The stamp of another message, about `key`."""
        self._given[key] = self._given.get(key, 0) + 1
        return Stamp.named(at, self.place, key, str(self._given[key]))


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


def plain_time(calendar: Calendar, at: int) -> str:
    """Like 2026-03-02 14:00:00: whole seconds, in the calendar's time zone, which is not said."""
    return f"{calendar.moment(at):%Y-%m-%d %H:%M:%S}"


def at_plain_time(calendar: Calendar, text: str) -> int:
    """The virtual millisecond of such a time, seconds or none; ValueError for anything else."""
    if PLAIN_TIME.fullmatch(text) is None:
        raise ValueError(f"a time is written like 2018-06-08 10:34:56, not {text!r}")
    moment = datetime.fromisoformat(text).replace(tzinfo=calendar.begins.tzinfo)
    return (moment - calendar.begins) // MILLISECOND


def http_date(calendar: Calendar, at: int) -> str:
    """As the Date header has it."""
    return format_datetime(calendar.moment(at).astimezone(UTC), usegmt=True)


def at_http_date(calendar: Calendar, text: str) -> int | None:
    """The virtual millisecond of a Date header, None for anything else."""
    try:
        return (parsedate_to_datetime(text) - calendar.begins) // MILLISECOND
    except (ValueError, TypeError, OverflowError):
        return None
