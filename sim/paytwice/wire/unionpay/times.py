"""Times as UnionPay writes them: in Peking's zone, whole seconds, and some of them without a year.

The clearing day ends at 23:00 (the demo's page on reversals: "一般前一日23点至当天23点为一个清算日"). The
desk cuts its bills at midnight, and so does the wire: a bill has to have what messages say is in it.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from hashlib import sha256
from typing import Final

from paytwice.calendar import Calendar
from paytwice.wire.moments import MILLISECOND

TXN_TIME: Final = re.compile(r"\d{14}", re.ASCII)
TRACE_TIME: Final = re.compile(r"\d{10}", re.ASCII)
SETTLE_DATE: Final = re.compile(r"\d{4}", re.ASCII)


def txn_time(calendar: Calendar, at: int) -> str:
    """Like 20260302140000."""
    return f"{calendar.moment(at):%Y%m%d%H%M%S}"


def at_txn_time(calendar: Calendar, text: str) -> int:
    """The virtual millisecond of such a time; ValueError for anything else."""
    if TXN_TIME.fullmatch(text) is None:
        raise ValueError(f"a time is written like 20260302140000, not {text!r}")
    moment = datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=calendar.begins.tzinfo)
    return (moment - calendar.begins) // MILLISECOND


def trace_time(calendar: Calendar, at: int) -> str:
    """Like 0302140000, without the year."""
    return f"{calendar.moment(at):%m%d%H%M%S}"


def at_trace_time(calendar: Calendar, text: str, near: int) -> int:
    """The virtual millisecond of such a time in the year that brings it nearest to another moment."""
    if TRACE_TIME.fullmatch(text) is None:
        raise ValueError(f"a trace time is written like 0302140000, not {text!r}")
    year = calendar.moment(near).year
    found = []
    for one in (year - 1, year, year + 1):
        try:
            found.append(at_txn_time(calendar, f"{one:04d}{text}"))
        except ValueError:  # the 29th of February, in another year
            continue
    return min(found, key=lambda at: abs(at - near))


def trace_number(query_id: str) -> str:
    """The six digits of a transaction beside its time; they follow from its number."""
    return f"{int(sha256(query_id.encode()).hexdigest(), 16) % 10**6:06d}"


def settle_date(calendar: Calendar, at: int) -> str:
    """The clearing day, like 0302."""
    return f"{calendar.day_of(at):%m%d}"


def last_settle_date(calendar: Calendar, text: str, now: int) -> date:
    """The last day that is written so, today at the latest; ValueError for no day."""
    if SETTLE_DATE.fullmatch(text) is None:
        raise ValueError(f"a day is written like 0302, not {text!r}")
    today = calendar.day_of(now)
    for year in range(today.year, today.year - 8, -1):  # a 29th of February may be that long ago
        try:
            day = date(year, int(text[:2]), int(text[2:]))
        except ValueError:
            continue
        if day <= today:
            return day
    raise ValueError(f"there is no day {text!r}")
