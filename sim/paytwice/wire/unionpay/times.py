"""Times as UnionPay writes them: in Peking's zone, whole seconds, and some of them without a year.

The clearing day ends at 23:00 (the demo's page on reversals: "一般前一日23点至当天23点为一个清算日").
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from paytwice.calendar import HOUR, Calendar
from paytwice.wire.moments import MILLISECOND

TXN_TIME: Final = re.compile(r"\d{14}", re.ASCII)
TRACE_TIME: Final = re.compile(r"\d{10}", re.ASCII)
AFTER_THE_CUT: Final = 1 * HOUR  # what of a day belongs to the next clearing day


def txn_time(calendar: Calendar, at: int) -> str:
    """Like 20260302140000."""
    return f"{calendar.moment(at):%Y%m%d%H%M%S}"


def at_txn_time(calendar: Calendar, text: str) -> int:
    """The virtual millisecond of such a time; ValueError for anything else."""
    if TXN_TIME.fullmatch(text) is None:
        raise ValueError(f"a time is written like 20260302140000, not {text!r}")
    return _at(calendar, text)


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
            found.append(_at(calendar, f"{one:04d}{text}"))
        except ValueError:  # the 29th of February, in another year
            continue
    return min(found, key=lambda at: abs(at - near))


def settle_date(calendar: Calendar, at: int) -> str:
    """The clearing day, like 0302."""
    return f"{calendar.day_of(at + AFTER_THE_CUT):%m%d}"


def is_one_clearing_day(calendar: Calendar, one: int, other: int) -> bool:
    """Whether a payment of one moment can still be voided at the other."""
    return calendar.day_of(one + AFTER_THE_CUT) == calendar.day_of(other + AFTER_THE_CUT)


def _at(calendar: Calendar, text: str) -> int:
    moment = datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=calendar.begins.tzinfo)
    return (moment - calendar.begins) // MILLISECOND
