"""How much there is to do at each moment: messages on their way, notifications not acked, orders, refunds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Final

import attrs

from paytwice.history.history import History
from paytwice.history.ladders import Came, ladders
from paytwice.history.money import money
from paytwice.journal import What
from paytwice.report.fates import REPLY, fates

MERCHANT: Final = "merchant"
Change = tuple[int, str, int]  # when, whose, by how much


@attrs.frozen
class Level:
    """How much of something there is from `at` on (ms), by whom it belongs to: a channel, or the merchant."""

    at: int
    by: Mapping[str, int]

    @property
    def total(self) -> int:
        """All of it together."""
        return sum(self.by.values())


Curve = tuple[Level, ...]


@attrs.frozen
class Load:
    """What there was to do in a run. Each curve begins at 0 and has a level wherever it changes.

    `in_flight` are messages from and to each channel that have not arrived, those that a link holds included,
    and `held` these alone; `backlog` are notifications that a channel has sent and that are not acked, until
    it gives up; `requests` are requests that the merchant has taken and not answered; `open_orders` are those
    that it says are open; `owed` is what must go back to customers in minor units, `owing` the payments that
    it is of.
    """

    in_flight: Curve
    held: Curve
    backlog: Curve
    requests: Curve
    open_orders: Curve
    owed: Curve
    owing: Curve

    @property
    def moments(self) -> tuple[int, ...]:
        """Every time at which anything changed."""
        curves = (self.in_flight, self.held, self.backlog, self.requests, self.open_orders, self.owed)
        return tuple(sorted({level.at for curve in curves for level in curve}))


def load(history: History) -> Load:
    """The load of a run over time."""
    names = history.channels
    steps = money(history)
    return Load(
        in_flight=_curve(_in_flight(history), names),
        held=_curve(_held(history), names),
        backlog=_curve(_backlog(history), names),
        requests=_curve(_requests(history), (MERCHANT,)),
        open_orders=_curve(_open_orders(history), (MERCHANT,)),
        owed=tuple(Level(one.at, one.owed) for one in steps),
        owing=tuple(Level(one.at, one.owing) for one in steps),
    )


def peak(curve: Curve) -> Level:
    """The first of the highest levels."""
    return max(curve, key=lambda one: (one.total, -one.at))


def _curve(changes: Iterable[Change], names: Iterable[str]) -> Curve:
    """Add up changes; what comes and goes within one millisecond is no level."""
    level = dict.fromkeys(names, 0)
    found = [Level(0, dict(level))]
    for at, some in groupby(sorted(changes, key=lambda one: one[0]), key=lambda one: one[0]):
        for _, whose, by in some:
            level[whose] = level.get(whose, 0) + by
        if at == 0:
            found = [Level(0, dict(level))]
        elif level != found[-1].by:
            found.append(Level(at, dict(level)))
    return tuple(found)


def _in_flight(history: History) -> Iterator[Change]:
    for one in history.entries:
        if one.what in (What.SENT, What.COPIED):
            yield from ((one.at, name, 1) for name in _channels(history, one.who, one.whom))
        elif one.what in (What.ARRIVED, What.LOST):
            yield from ((one.at, name, -1) for name in _channels(history, one.who, one.whom))


def _held(history: History) -> Iterator[Change]:
    """From the moment that a link keeps a copy to the moment that it is there, or lost after all."""
    for fate in fates(history.journal).values():
        names, waiting, copies = _channels(history, fate.sent.who, fate.sent.whom), 0, 1
        for one in fate.entries:
            by = 0
            match one.what:
                case What.COPIED:
                    copies += 1
                case What.HELD:
                    by = int(waiting < copies)  # a copy may be held, let go and held again
                case What.ARRIVED | What.LOST:
                    copies -= 1
                    by = -int(waiting > 0)
            waiting += by
            yield from ((one.at, name, by) for name in names if by)


def _channels(history: History, *ends: str) -> list[str]:
    return [name for name in ends if name in history.channels]


def _backlog(history: History) -> Iterator[Change]:
    for ladder in ladders(history):
        last = ladder.sends[-1]
        yield ladder.sends[0].at, ladder.channel, 1
        if ladder.is_acked or (last.came is not Came.OPEN and len(ladder.sends) == len(ladder.due)):
            yield last.known_at, ladder.channel, -1


def _requests(history: History) -> Iterator[Change]:
    """A process that dies answers none of what it had taken."""
    taken: dict[tuple[str, str, str], int] = {}
    for one in history.entries:
        mine = one.who == MERCHANT
        about = one.whom, one.subject.removesuffix(REPLY), one.key
        match one.what:
            case What.ARRIVED if mine and not one.subject.endswith(REPLY):
                taken[about] = taken.get(about, 0) + 1
                yield one.at, MERCHANT, 1
            case What.UNHEARD if mine and taken.get(about):
                taken[about] -= 1
                yield one.at, MERCHANT, -1
            case What.SENT if mine and one.subject.endswith(REPLY) and taken.get(about):
                taken[about] -= 1
                yield one.at, MERCHANT, -1
            case What.CRASHED if mine:
                yield one.at, MERCHANT, -sum(taken.values())
                taken.clear()


def _open_orders(history: History) -> Iterator[Change]:
    known: set[str] = set()
    for one in history.entries:
        if one.what is What.VIEW and (one.subject == "OPEN") != (one.key in known):
            yield one.at, MERCHANT, 1 if one.subject == "OPEN" else -1
            known ^= {one.key}
