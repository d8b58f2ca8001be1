"""Strategies for fault plans: what goes wrong in a story at a stated moment, as a story by hand has it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from paytwice.calendar import DAY, HOUR, MINUTE, SECOND
from paytwice.channels import CHANNELS
from paytwice.channels.requests import KINDS
from paytwice.story.mishaps import (
    Crash,
    CrashBefore,
    Delay,
    Duplicate,
    FaultPlan,
    Hold,
    Lose,
    Mishap,
    Partition,
    RefundEnds,
    Unavailable,
)

MOMENTS: Final = (0, SECOND, 5 * SECOND, 20 * SECOND, MINUTE, 5 * MINUTE)
SPELLS: Final = (SECOND, 10 * SECOND, MINUTE, 3 * MINUTE, 30 * MINUTE, 2 * HOUR)
CALLS: Final = tuple(KINDS.values())
NEWS: Final = ("payment.notify", "refund.notify")
PLACES: Final = (
    "merchant payment.notify * answers",
    "merchant payment.notify * store.commit",
    "merchant refund.notify * answers",
    "merchant pay.start * answers",
    "merchant *",
    *(f"merchant * {call} *" for call in CALLS),
)


def fault_plans(*, channels: Sequence[str] = tuple(CHANNELS), mishaps: int = 4) -> SearchStrategy[FaultPlan]:
    """Plans of up to so many mishaps between the merchant and channels of these names; the simplest has none.

    `plan.under(story)` is the story with all that in it.
    """
    if not channels or mishaps < 0:
        raise ValueError(
            f"a plan needs a channel, and 0 mishaps or more, not {list(channels)!r}, {mishaps!r}"
        )
    return st.lists(_mishaps(channels), max_size=mishaps).map(lambda found: FaultPlan(tuple(found)))


def _mishaps(channels: Sequence[str]) -> SearchStrategy[Mishap]:
    channel, at, span = st.sampled_from(channels), st.sampled_from(MOMENTS), st.sampled_from(SPELLS)
    back = st.sampled_from((SECOND, MINUTE, 3 * HOUR, DAY))
    ends = st.sampled_from(("SUCCESS", "CLOSED", "ABNORMAL"))
    message = st.tuples(channel, _messages())
    found: tuple[SearchStrategy[Mishap], ...] = (
        st.builds(lambda way, times, at: Lose(*_way(*way), times, at), message, st.integers(1, 4), at),
        st.builds(lambda way, by, at: Delay(*_way(*way), by, at), message, span, at),
        st.builds(lambda way, after, at: Duplicate(*_way(*way), after, at), message, span, at),
        st.builds(Hold, st.just("merchant"), channel, span, at, st.booleans()),
        st.builds(Partition, st.just("merchant"), channel, span, at, st.booleans()),
        st.builds(Crash, span, at),
        st.builds(CrashBefore, st.sampled_from(PLACES), span, at),
        st.builds(Unavailable, channel, st.sampled_from((*CALLS, "*.query", "*")), span, at),
        st.builds(RefundEnds, channel, ends, back, at),
    )
    return st.one_of(*found)


def _messages() -> SearchStrategy[str]:
    """Kinds of messages, requests and their responses."""
    kinds = st.sampled_from((*NEWS, *CALLS))
    return st.builds(lambda kind, reply: kind + ".reply" * reply, kinds, st.booleans())


def _way(channel: str, kind: str) -> tuple[str, str, str]:
    """From whom to whom a message of a kind goes: channels tell news, and are asked all else."""
    from_channel = (kind.removesuffix(".reply") in NEWS) != kind.endswith(".reply")
    return (channel, "merchant", kind) if from_channel else ("merchant", channel, kind)
