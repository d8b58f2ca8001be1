"""Fault profiles as data: how often what goes wrong, in parts per million, and for how long.

A profile says what a seed may draw; what it drew is in the run's deviations.

Where everything can go wrong at once, hardly a run shows one thing going wrong often (Groce and others,
Swarm Testing, 2012). So a swarm profile lets each seed toss a coin for each kind of fault first, and what
loses does not exist in that run. The coins are no deviations. What a run is played again from is what did go
wrong, and a kind that was out has left no trace there, so a replay needs to know nothing of the swarm.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Final

import attrs

from paytwice.calendar import HOUR, MINUTE, SECOND
from paytwice.latency import Latency

_NONE: Final = Latency.constant(0)


# Without slots: beside them attrs makes a cached property of __getattr__, and every rate is looked up slowly.
@attrs.frozen(slots=False)
class FaultProfile:
    """Rates are per million chances; durations are distributions of milliseconds."""

    name: str
    # per message on its way
    loss: int = 0
    duplication: int = 0
    late: int = 0
    lateness: Latency = _NONE
    # per link of the merchant's and run: it hangs, or is cut both ways or one way
    outage: int = 0
    outage_begins: Latency = _NONE
    outage_lasts: Latency = _NONE
    # per channel and run: it serves nobody, and tells of nothing until it is back
    down: int = 0
    down_begins: Latency = _NONE
    down_lasts: Latency = _NONE
    # per run: the merchant's clock is so far ahead or behind
    clock: int = 0
    clock_is_off: Latency = _NONE
    # per access of the merchant to what is around it
    crash: int = 0
    downtime: Latency = _NONE
    store_failure: int = 0
    store_slow: int = 0
    store_slowness: Latency = _NONE
    # per request that reaches a channel
    error_before: int = 0  # SYSTEM_ERROR, and nothing was done
    error_after: int = 0  # SYSTEM_ERROR, though it was done
    busy: int = 0
    short: int = 0  # the merchant's account does not cover the refund that is asked for
    stale: int = 0
    # per refund that a channel accepts
    refund_slow: int = 0
    refund_closed: int = 0
    refund_abnormal: int = 0
    # per payment: what is luck to the customer is a trap to a merchant that compares the wrong sum
    coupon: int = 0  # a coupon pays a part of it
    price: int = 0  # somebody has edited its price under the customer's live code
    twice: int = 0  # the channel books it again so much later, under another channel number
    twice_after: Latency = _NONE
    # per credential that a customer gets: somebody else sends the merchant news of it, so much later
    forged: int = 0  # a success that no channel has signed
    foreign: int = 0  # properly signed, for another app or merchant
    stranger_waits: Latency = _NONE
    # per abnormal refund that goes another way
    route_fails: int = 0
    # per payment: somebody sends it back by hand, and so much later
    console_refund: int = 0
    console_delay: Latency = _NONE
    # faults go on for so long after the story has ended
    lingers: Latency = _NONE
    # of each kind of fault, so many seeds in a million have it; None: all have all
    swarm: int | None = None

    @cached_property
    def is_calm(self) -> bool:
        """Say whether nothing goes wrong."""
        return self is CALM or self == attrs.evolve(CALM, name=self.name)

    def drawn(self, toss: Callable[[str, int], bool]) -> FaultProfile:
        """The profile of one run: of a swarm, what `toss(name, per_million)` has left of it."""
        if self.swarm is None:
            return self
        there = {kind: toss(f"swarm {kind}", self.swarm) for kind in KINDS}
        out: dict[str, Any] = {rate: 0 for kind, rates in KINDS.items() if not there[kind] for rate in rates}
        return attrs.evolve(self, swarm=None, **out)


# What a swarm tosses one coin for: a kind of fault, and the rates that it consists of.
KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "loss": ("loss",),
    "duplication": ("duplication",),
    "lateness": ("late",),
    "link outage": ("outage",),
    "channel outage": ("down",),
    "clock": ("clock",),
    "crash": ("crash",),
    "failing store": ("store_failure",),
    "slow store": ("store_slow",),
    "error before": ("error_before",),
    "error after": ("error_after",),
    "rate limit": ("busy",),
    "short balance": ("short",),
    "stale answer": ("stale",),
    "slow refund": ("refund_slow",),
    "closed refund": ("refund_closed",),
    "abnormal refund": ("refund_abnormal", "route_fails"),
    "coupon": ("coupon",),
    "price": ("price",),
    "second booking": ("twice",),
    "console": ("console_refund",),
    "forgery": ("forged",),
    "foreign news": ("foreign",),
}

CALM: Final = FaultProfile("calm")

ROUGH: Final = FaultProfile(
    "rough",
    loss=60_000,
    duplication=40_000,
    late=60_000,
    lateness=Latency.lognormal(20 * SECOND, 20 * MINUTE),
    outage=150_000,
    outage_begins=Latency.uniform(0, 3 * MINUTE),
    outage_lasts=Latency.lognormal(2 * MINUTE, 2 * HOUR),
    down=30_000,
    down_begins=Latency.uniform(0, 5 * MINUTE),
    down_lasts=Latency.lognormal(3 * MINUTE, 2 * HOUR),
    clock=50_000,
    clock_is_off=Latency.uniform(SECOND, 2 * MINUTE),
    crash=8_000,
    downtime=Latency.lognormal(10 * SECOND, 30 * MINUTE),
    store_failure=4_000,
    store_slow=10_000,
    store_slowness=Latency.lognormal(200, 20 * SECOND),
    error_before=20_000,
    error_after=20_000,
    busy=10_000,
    short=20_000,
    stale=50_000,
    refund_slow=100_000,
    refund_closed=30_000,
    refund_abnormal=30_000,
    coupon=200_000,
    price=10_000,
    twice=40_000,
    twice_after=Latency.lognormal(30 * SECOND, 10 * MINUTE),
    forged=20_000,
    foreign=20_000,
    stranger_waits=Latency.exponential(MINUTE),
    route_fails=300_000,
    console_refund=30_000,
    console_delay=Latency.lognormal(5 * MINUTE, 6 * HOUR),
    lingers=Latency.exponential(20 * MINUTE),
)

# Everything more often, for longer, and with heavier tails: three times as much of it as on a rough day.
HOSTILE: Final = FaultProfile(
    "hostile",
    loss=120_000,
    duplication=120_000,
    late=150_000,
    lateness=Latency.pareto(10 * SECOND, 100),
    outage=400_000,
    outage_begins=Latency.uniform(0, 15 * MINUTE),
    outage_lasts=Latency.lognormal(10 * MINUTE, 4 * HOUR),
    down=200_000,
    down_begins=Latency.uniform(0, 15 * MINUTE),
    down_lasts=Latency.lognormal(10 * MINUTE, 4 * HOUR),
    clock=250_000,
    clock_is_off=Latency.lognormal(30 * SECOND, 10 * MINUTE),
    crash=12_000,
    downtime=Latency.lognormal(30 * SECOND, 30 * MINUTE),
    store_failure=20_000,
    store_slow=30_000,
    store_slowness=Latency.lognormal(SECOND, MINUTE),
    error_before=60_000,
    error_after=60_000,
    busy=60_000,
    short=60_000,
    stale=200_000,
    refund_slow=200_000,
    refund_closed=100_000,
    refund_abnormal=100_000,
    coupon=200_000,
    price=40_000,
    twice=80_000,
    twice_after=Latency.lognormal(MINUTE, HOUR),
    forged=80_000,
    foreign=80_000,
    stranger_waits=Latency.exponential(5 * MINUTE),
    route_fails=400_000,
    console_refund=100_000,
    console_delay=Latency.lognormal(5 * MINUTE, 12 * HOUR),
    lingers=Latency.exponential(HOUR),
)

# The night of a great sale: every link is slow, the channels limit their rates, fail and go down, refunds are
# put off, the database groans; the rest is as on any day. How much of it there is at a peak is in no source.
PEAK_NIGHT: Final = FaultProfile(
    "peak_night",
    loss=20_000,
    duplication=40_000,
    late=400_000,
    lateness=Latency.lognormal(3 * SECOND, 2 * MINUTE),
    outage=50_000,
    outage_begins=Latency.uniform(0, 5 * MINUTE),
    outage_lasts=Latency.lognormal(MINUTE, 30 * MINUTE),
    down=400_000,
    down_begins=Latency.uniform(0, 5 * MINUTE),
    down_lasts=Latency.lognormal(2 * MINUTE, HOUR),
    crash=3_000,
    downtime=Latency.lognormal(20 * SECOND, 10 * MINUTE),
    store_failure=5_000,
    store_slow=100_000,
    store_slowness=Latency.lognormal(500, 10 * SECOND),
    error_before=50_000,
    error_after=50_000,
    busy=150_000,
    short=50_000,
    stale=150_000,
    refund_slow=400_000,
    refund_closed=30_000,
    refund_abnormal=10_000,
    coupon=500_000,
    twice=20_000,
    twice_after=Latency.lognormal(MINUTE, 30 * MINUTE),
    route_fails=300_000,
    console_refund=10_000,
    console_delay=Latency.lognormal(30 * MINUTE, 12 * HOUR),
    lingers=Latency.exponential(30 * MINUTE),
)

SWARM: Final = attrs.evolve(HOSTILE, name="swarm", swarm=500_000)

PROFILES: Final[Mapping[str, FaultProfile]] = {
    profile.name: profile for profile in (CALM, ROUGH, HOSTILE, PEAK_NIGHT, SWARM)
}
