"""What can be set beside the settings: latencies of links, rates of faults, ladders, parameters of a story.

Each has a name that says where it belongs, and is kept as the text that somebody wrote, so that what was set
can be written down and read back, on another machine too:

- `latency` of every link, `latency.wechat` between the merchant and a channel, `latency.wechat.notify` of its
  notifications alone: `2s` has the usual spread (one in a hundred takes ten times as long as half of them),
  `2s/5s` is a median and a 99th percentile;
- `fault.loss`, or `loss` for short, and every other rate of a fault profile: `0.05` or `5%`;
- `ladder` of every channel, or `ladder.wechat`: every gap of it so many times as long, `2` or `0.5`;
- `story.patience`: a parameter that the story asks for, a duration or a whole number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

import attrs

from paytwice.arguments import one_of
from paytwice.calendar import LONGEST
from paytwice.channels.profile import ChannelProfile
from paytwice.durations import duration
from paytwice.faults import KINDS, ROUGH, FaultProfile
from paytwice.latency import Latency
from paytwice.network.network import Network
from paytwice.wording import nearest

Tuned = tuple[tuple[str, str], ...]

RATES: Final = tuple(rate for rates in KINDS.values() for rate in rates)
NOTIFICATIONS: Final = ("payment.notify", "refund.notify")
USUAL_SPREAD: Final = 10  # times the median is the 99th percentile, as on a link that nobody has changed
PARTS_PER_MILLION: Final = 1_000_000
MOST_STRETCHED: Final = 1_000
STORY: Final = "story."

# How long a fault lasts is rough's where a profile that knows no such fault is given a rate of it.
_SPANS: Final[Mapping[str, tuple[str, ...]]] = {
    "late": ("lateness",),
    "outage": ("outage_begins", "outage_lasts"),
    "down": ("down_begins", "down_lasts"),
    "clock": ("clock_is_off",),
    "crash": ("downtime",),
    "store_slow": ("store_slowness",),
    "forged": ("stranger_waits",),
    "foreign": ("stranger_waits",),
    "console_refund": ("console_delay",),
    "twice": ("twice_after",),
}


def name_of(key: str) -> str | None:
    """The full name of what a key sets, as `fault.loss` of `loss`; None where it can be nothing of this."""
    head, dot, rest = key.partition(".")
    if head in ("latency", "ladder") and bool(dot) == bool(rest):
        return key
    if head == "story" and rest.isidentifier():
        return key
    if head == "fault" and rest in RATES:
        return key
    return f"fault.{key}" if key in RATES else None


def near(key: str) -> Iterable[str]:
    """The names that may have been meant by one that there is not."""
    return [f"fault.{rate}" for rate in RATES] if key.startswith("fault.") else [*RATES, "latency", "ladder"]


def meant(key: str, first: Iterable[str]) -> str:
    """What to add to an error about a key that there is not: names of `first`, else what can be tuned."""
    first = list(first)
    return nearest(key, first, otherwise="") or nearest(key, dict.fromkeys([*first, *near(key)]))


def check(name: str, text: str) -> None:
    """Raise ValueError where a text is nothing that can be set under a full name."""
    _reader(name)(text)


@attrs.frozen
class Tuning:
    """What was set, by the rest of its name: latencies, rates per million, factors, numbers."""

    latencies: Mapping[str, Latency]
    rates: Mapping[str, int]
    ladders: Mapping[str, Fraction]
    parameters: Mapping[str, int]

    @classmethod
    def of(cls, tuned: Tuned) -> Tuning:
        """Read what was written."""
        found: dict[str, dict[str, Any]] = {"latency": {}, "fault": {}, "ladder": {}, "story": {}}
        for name, text in tuned:
            head, _, rest = name.partition(".")
            found[head][rest] = _reader(name)(text)
        return cls(found["latency"], found["fault"], found["ladder"], found["story"])

    def check_channels(self, channels: Iterable[str]) -> None:
        """Raise ValueError where something was set for a channel that there is not."""
        known = list(channels)
        for name in self.ladders:
            if name:
                one_of("channel", name, known)
        for name in self.latencies:
            whose, _, kind = name.partition(".")
            if name:
                one_of("channel", whose, known)
            if kind not in ("", "notify"):
                raise ValueError(f"there is no latency.{name}: did you mean latency.{whose}.notify?")

    def channels(self, channels: Mapping[str, ChannelProfile]) -> Mapping[str, ChannelProfile]:
        """The channels, with stretched ladders where they are to be stretched."""
        self.check_channels(channels)
        if not self.ladders:
            return channels
        every = self.ladders.get("", Fraction(1))
        return {name: _stretched(one, self.ladders.get(name, every)) for name, one in channels.items()}

    def faults(self, profile: FaultProfile) -> FaultProfile:
        """A fault profile with other rates, and a name that says so."""
        if not self.rates:
            return profile
        changes: dict[str, Any] = dict(self.rates)
        for rate, per_million in self.rates.items():
            spans = (*_SPANS.get(rate, ()), "lingers") if per_million else ()
            changes |= {one: getattr(ROUGH, one) for one in spans if not getattr(profile, one).points}
        said = ", ".join(f"{rate}={_share(per_million)}" for rate, per_million in self.rates.items())
        return attrs.evolve(profile, name=f"{profile.name} with {said}", **changes)

    def links(self, network: Network) -> None:
        """Give links their latency, those of single channels over those of all."""
        for name, latency in sorted(self.latencies.items()):
            channel, _, kind = name.partition(".")
            if not channel:
                network.link(latency=latency)
            elif not kind:
                network.link(channel, "merchant", latency=latency)
                network.link("merchant", channel, latency=latency)
            for one in NOTIFICATIONS if kind else ():
                network.link(channel, "merchant", one, latency=latency)


def _reader(name: str) -> Callable[[str], object]:
    return _READERS[name.partition(".")[0]]


@lru_cache(maxsize=256)
def _latency(text: str) -> Latency:
    median, slash, p99 = text.partition("/")
    half = duration(median)
    most = duration(p99) if slash else USUAL_SPREAD * half
    if not 0 <= half <= most <= LONGEST:
        raise ValueError(f"{text!r} is no latency: write 2s, or 2s/5s for a median and a 99th percentile")
    return Latency.lognormal(half, most) if half and half < most else Latency.constant(half)


_SHARE: Final = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,6})?)(%?)")


def _rate(text: str) -> int:
    found = _SHARE.fullmatch(text)
    rate = Decimal(found[1]) * PARTS_PER_MILLION / (100 if found[2] else 1) if found else Decimal(-1)
    if not 0 <= rate <= PARTS_PER_MILLION or rate != int(rate):
        raise ValueError(f"{text!r} is no rate: write 0.05 or 5%, from 0 to 1, in millionths at the least")
    return int(rate)


def _share(per_million: int) -> str:
    return f"{Decimal(per_million) / PARTS_PER_MILLION:f}"


def _factor(text: str) -> Fraction:
    found = re.fullmatch(r"[×x]?([0-9]{1,4}(?:\.[0-9]{1,6})?)", text)
    factor = Fraction(found[1]) if found else Fraction(0)
    if not 0 < factor <= MOST_STRETCHED:
        raise ValueError(f"{text!r} is no factor: write 2 or 0.5, more than 0 and at most {MOST_STRETCHED}")
    return factor


def _number(text: str) -> int:
    if re.fullmatch("-?[0-9]{1,15}", text):
        return int(text)
    try:
        return duration(text)
    except ValueError:
        raise ValueError(f"{text!r} is neither a duration such as 90s nor a whole number") from None


def _stretched(profile: ChannelProfile, factor: Fraction) -> ChannelProfile:
    return attrs.evolve(profile, gaps=tuple(round(gap * factor) for gap in profile.gaps))


_READERS: Final[Mapping[str, Callable[[str], object]]] = {
    "latency": _latency,
    "fault": _rate,
    "ladder": _factor,
    "story": _number,
}
