"""Fault profiles as data: how often what goes wrong, in parts per million, and for how long.

A profile says what a seed may draw; what it drew is in the run's deviations.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Final

import attrs

from paytwice.calendar import HOUR, MINUTE, SECOND
from paytwice.latency import Latency

_NONE: Final = Latency.constant(0)


@attrs.frozen
class FaultProfile:
    """Rates are per million chances; durations are distributions of milliseconds."""

    name: str
    # per message on its way
    loss: int = 0
    duplication: int = 0
    late: int = 0
    lateness: Latency = _NONE
    # per pair of endpoints and run
    outage: int = 0
    outage_begins: Latency = _NONE
    outage_lasts: Latency = _NONE
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
    # per abnormal refund that goes another way
    route_fails: int = 0
    # per payment: somebody sends it back by hand, and so much later
    console_refund: int = 0
    console_delay: Latency = _NONE
    # faults go on for so long after the story has ended
    lingers: Latency = _NONE

    @cached_property
    def is_calm(self) -> bool:
        """Say whether nothing goes wrong."""
        return self is CALM or self == attrs.evolve(CALM, name=self.name)


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
    route_fails=300_000,
    console_refund=30_000,
    console_delay=Latency.lognormal(5 * MINUTE, 6 * HOUR),
    lingers=Latency.exponential(20 * MINUTE),
)

PROFILES: Final[Mapping[str, FaultProfile]] = {profile.name: profile for profile in (CALM, ROUGH)}
