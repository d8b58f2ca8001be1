"""The desk's bills: all movements of a day, cut at midnight by the channel's own times, made once.

There are two. The bill of trades has payments and refunds, the fund bill all that moved the merchant's
balance, and both go by the same day and the same hour.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

import attrs

from paytwice.calendar import Calendar
from paytwice.channels.ledger import MOVES, Account, Ledger, Movement, MovementKind
from paytwice.channels.messages import Answer, Meaning
from paytwice.channels.phrases import Phrases
from paytwice.channels.profile import ChannelProfile
from paytwice.channels.requests import FetchBill, FetchFundBill
from paytwice.channels.statements import Bill, BillLine, FundBill, FundKind, FundLine, LineKind
from paytwice_core import Money

# A refund is in the bill of the day on which it was accepted, however it ends.
LINES: Final[Mapping[MovementKind, LineKind]] = {
    MovementKind.CAPTURED: LineKind.PAYMENT,
    MovementKind.SET_ASIDE: LineKind.REFUND,
}
# Every movement that touches the merchant's account; what the customer gets in the end is not among them.
FUND_LINES: Final[Mapping[MovementKind, FundKind]] = {
    MovementKind.CAPTURED: FundKind.PAYMENT,
    MovementKind.FEE: FundKind.FEE,
    MovementKind.SET_ASIDE: FundKind.REFUND,
    MovementKind.FEE_RETURNED: FundKind.FEE_RETURNED,
    MovementKind.RELEASED: FundKind.RELEASED,
}


def _line(movement: Movement) -> BillLine:
    amount = movement.amount
    return BillLine(
        LINES[movement.kind],
        movement.out_trade_no,
        movement.channel_number,
        amount,
        movement.at,
        movement.out_refund_no,
        Money(amount.minor - movement.coupon, amount.currency),
    )


def _fund_line(movement: Movement) -> FundLine:
    return FundLine(
        FUND_LINES[movement.kind],
        movement.out_trade_no,
        movement.channel_number,
        Money(_change(movement), movement.amount.currency),
        movement.at,
        movement.out_refund_no,
    )


def _change(movement: Movement) -> int:
    """What a movement adds to the merchant's account, or takes from it."""
    giver, taker = MOVES[movement.kind]
    minor = movement.amount.minor
    return minor * ((taker is Account.MERCHANT) - (giver is Account.MERCHANT))


@attrs.define(eq=False, kw_only=True)
class Bills:
    """The bills of one desk, by day."""

    profile: ChannelProfile
    phrases: Phrases
    calendar: Calendar
    ledger: Ledger
    _made: dict[FetchBill | FetchFundBill, Answer] = attrs.Factory(dict)

    def fetch(self, request: FetchBill | FetchFundBill, now: int) -> Answer:
        """The bill of a day, from the next day's morning on."""
        if request not in self._made:
            if now < self.ready_at(request.day):
                return self.phrases.bare(type(request), Meaning.NOT_READY)
            self._made[request] = self._make(request)
        return self._made[request]

    def ready_at(self, day: date) -> int:
        """When the bills of a day can be had."""
        next_day = day + timedelta(days=1)
        return self.calendar.ms_at(next_day, hour=self.profile.bill_hour, minute=self.profile.bill_minute)

    def newest_funds(self, now: int) -> tuple[int, FundBill]:
        """The end of the last day whose fund bill can be had by now, and that bill."""
        day = self.calendar.day_of(now) - timedelta(days=1)
        if self.ready_at(day) > now:
            day -= timedelta(days=1)
        return self.calendar.ms_at(day + timedelta(days=1)), self._fund_bill(day)

    def _make(self, request: FetchBill | FetchFundBill) -> Answer:
        if isinstance(request, FetchBill):
            return self.phrases.ok(FetchBill, bill=self._bill(request.day))
        return self.phrases.ok(FetchFundBill, fund_bill=self._fund_bill(request.day))

    def _bill(self, day: date) -> Bill:
        movements = self.ledger.movements[self._begin(day) : self._end(day)]
        return Bill(day, tuple(_line(one) for one in movements if one.kind in LINES))

    def _fund_bill(self, day: date) -> FundBill:
        movements, begin = self.ledger.movements[: self._end(day)], self._begin(day)
        lines = tuple(_fund_line(one) for one in movements[begin:] if one.kind in FUND_LINES)
        return FundBill(day, lines, Money(_sum(movements), self.ledger.currency))

    def _begin(self, day: date) -> int:
        return bisect_left(self.ledger.movements, self.calendar.ms_at(day), key=_moment)

    def _end(self, day: date) -> int:
        return self._begin(day + timedelta(days=1))


def _sum(movements: Sequence[Movement]) -> int:
    return sum(_change(movement) for movement in movements)


def _moment(movement: Movement) -> int:
    return movement.at
