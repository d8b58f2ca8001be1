"""Virtual milliseconds and the dates they fall on."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

import attrs

# no daylight saving since 1991, so a fixed offset is exact
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

LONGEST = 40 * DAY  # for any duration that can be set, and for a story and what comes after it


@attrs.frozen
class Calendar:
    """Says on which day of the channels' time zone a millisecond of the run falls."""

    begins: datetime = datetime(2026, 3, 2, 14, 0, tzinfo=SHANGHAI)

    def __attrs_post_init__(self) -> None:
        if self.begins.tzinfo is None:
            raise ValueError(f"a run must begin at a date with a time zone, not at {self.begins.isoformat()}")

    def moment(self, ms: int) -> datetime:
        """The date and time of a millisecond since the run began."""
        return self.begins + timedelta(milliseconds=ms)

    def day_of(self, ms: int) -> date:
        """The day on which a millisecond falls."""
        return self.moment(ms).date()

    def ms_at(self, day: date, *, hour: int = 0, minute: int = 0) -> int:
        """The millisecond at which a time of a day comes; negative when it was before the run began."""
        wanted = datetime.combine(day, time(hour, minute), tzinfo=self.begins.tzinfo)
        return (wanted - self.begins) // timedelta(milliseconds=1)
