"""The desk's bills: all movements of a day, cut at midnight by the channel's own times, made once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import date, timedelta

import attrs

from paytwice.calendar import Calendar
from paytwice.channels.ledger import Ledger, Movement, MovementKind
from paytwice.channels.messages import Answer, Bill, BillLine, FetchBill, LineKind, Meaning
from paytwice.channels.phrases import Phrases
from paytwice.channels.profile import ChannelProfile

# A refund is in the bill of the day on which it was accepted, however it ends.
LINES: dict[MovementKind, LineKind] = {
    MovementKind.CAPTURED: LineKind.PAYMENT,
    MovementKind.SET_ASIDE: LineKind.REFUND,
}


def _line(movement: Movement) -> BillLine:
    return BillLine(
        LINES[movement.kind],
        movement.out_trade_no,
        movement.channel_number,
        movement.amount,
        movement.at,
        movement.out_refund_no,
    )


@attrs.define(eq=False, kw_only=True)
class Bills:
    """The bills of one desk, by day."""

    profile: ChannelProfile
    phrases: Phrases
    calendar: Calendar
    ledger: Ledger
    _made: dict[date, Answer] = attrs.Factory(dict)

    def fetch(self, request: FetchBill, now: int) -> Answer:
        """The bill of a day, from the next day's morning on."""
        if request.day not in self._made:
            if now < self.ready_at(request.day):
                return self.phrases.bare(FetchBill, Meaning.NOT_READY)
            bill = Bill(request.day, tuple(self._lines(request.day)))
            self._made[request.day] = self.phrases.ok(FetchBill, bill=bill)
        return self._made[request.day]

    def ready_at(self, day: date) -> int:
        """When the bill of a day can be had."""
        next_day = day + timedelta(days=1)
        return self.calendar.ms_at(next_day, hour=self.profile.bill_hour, minute=self.profile.bill_minute)

    def _lines(self, day: date) -> Iterator[BillLine]:
        movements = self.ledger.movements
        begin = bisect_left(movements, self.calendar.ms_at(day), key=_moment)
        end = bisect_left(movements, self.calendar.ms_at(day + timedelta(days=1)), key=_moment)
        return (_line(movement) for movement in movements[begin:end] if movement.kind in LINES)


def _moment(movement: Movement) -> int:
    return movement.at
