"""What messages took on each link, of one run or of many, and what they were to take."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping

import attrs

from paytwice.history.history import History
from paytwice.journal import What
from paytwice.latency import Latency
from paytwice.network.envelope import Link, Way, link_of
from paytwice.report.fates import Fate, fates

Ends = tuple[str, str]  # of a link: the customer or the merchant first


@attrs.frozen
class Taken:
    """What the messages between two endpoints took, both ways.

    `took` are the milliseconds until the first copy of each arrived, in order. The other messages never
    arrived: `sent` is how many there were in all, and `lost` how many of them the network lost. `held` were
    kept on their way.
    """

    ends: Ends
    took: tuple[int, ...]
    sent: int
    lost: int = 0
    held: int = 0

    def within(self, ms: int) -> float:
        """The share of all messages sent that arrived within so many milliseconds."""
        return bisect_right(self.took, ms) / self.sent


@attrs.define
class _Count:
    took: list[int] = attrs.field(factory=list)
    sent: int = 0
    lost: int = 0
    held: int = 0

    def take(self, fate: Fate) -> None:
        kinds = {one.what for one in fate.entries}
        self.sent += 1
        self.held += What.HELD in kinds
        if fate.arrivals:
            self.took.append(fate.arrivals[0].at - fate.sent.at)
        else:
            self.lost += What.LOST in kinds


def latencies(histories: Iterable[History]) -> tuple[Taken, ...]:
    """What was measured on each link on which anything was sent, those of the merchant first."""
    counts: dict[Ends, _Count] = {}
    for history in histories:
        for fate in fates(history.journal).values():
            if fate.sent.what is What.SENT:
                counts.setdefault(ends_of(fate.sent.who, fate.sent.whom), _Count()).take(fate)
    return tuple(
        Taken(ends, tuple(sorted(one.took)), one.sent, one.lost, one.held)
        for ends, one in sorted(counts.items(), key=lambda pair: _rank(pair[0]))
    )


def configured(histories: Iterable[History]) -> tuple[Latency, ...]:
    """Every distribution that a message of these runs was to be drawn from; the most usual one first."""
    found: dict[Latency, int] = {}
    for history in histories:
        if history.links:
            for latency, n in _drawn_from(history, history.links).items():
                found[latency] = found.get(latency, 0) + n
    return tuple(sorted(found, key=lambda one: -found[one]))


def _drawn_from(history: History, links: Mapping[Way, Link]) -> dict[Latency, int]:
    ways: dict[Way, int] = {}
    for entry in history.entries:
        if entry.what is What.SENT:
            way = entry.who, entry.whom, entry.subject
            ways[way] = ways.get(way, 0) + 1
    found: dict[Latency, int] = {}
    for way, n in ways.items():
        latency = link_of(links, *way).latency
        found[latency] = found.get(latency, 0) + n
    return found


def ends_of(one: str, other: str) -> Ends:
    """The ends of a link in the order in which they are told, whoever sent."""
    first, second = sorted((one, other), key=lambda name: (name != "customer", name != "merchant", name))
    return first, second


def _rank(ends: Ends) -> tuple[bool, bool, Ends]:
    return "merchant" not in ends, ends[0] == "customer", ends
