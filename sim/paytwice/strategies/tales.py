"""Strategies for stories: customers who pay, lose patience, switch, pay twice, cancel, want money back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from paytwice.calendar import MINUTE, SECOND
from paytwice.channels import CHANNELS
from paytwice.story.acts import (
    Act,
    AskRefund,
    AtOnce,
    Cancel,
    Confirm,
    Look,
    Pay,
    Scan,
    ShopStory,
    Start,
    Visit,
    Wait,
)

PRICES: Final = ("1.00 CNY", "0.01 CNY", "99.00 CNY", "10000.00 CNY")
PARTS: Final = ("1.00 CNY", "0.01 CNY", "0.50 CNY", "99.00 CNY")  # of money that is wanted back
WAITS: Final = (SECOND, 3 * SECOND, 10 * SECOND, 40 * SECOND, 2 * MINUTE, 10 * MINUTE, 31 * MINUTE)


def stories(
    *, channels: Sequence[str] = tuple(CHANNELS), customers: int = 3, acts: int = 8
) -> SearchStrategy[ShopStory]:
    """Stories of up to so many customers, each of up to so many acts, at channels of these names.

    A story shrinks to one customer who does little. Customers confirm at a channel only when they have chosen
    it; whether there is anything to pay with there is up to the merchant. The prices are in yuan: where your
    channels take another currency, map your own stories.
    """
    if not channels or customers < 1 or acts < 1:
        raise ValueError(
            "a story needs a channel, a customer and an act or more, "
            f"not {list(channels)!r}, {customers!r} and {acts!r}"
        )
    visits = st.lists(_visits(channels, acts), min_size=1, max_size=customers)
    return visits.map(lambda found: ShopStory(tuple(found)))


def _visits(channels: Sequence[str], acts: int) -> SearchStrategy[Visit]:
    doings = st.lists(_acts(channels), min_size=1, max_size=acts).map(_in_order)
    after = st.just(0) | st.sampled_from(WAITS)
    return st.builds(Visit, st.sampled_from(PRICES), doings, after)


def _acts(channels: Sequence[str]) -> SearchStrategy[Act]:
    named = st.sampled_from(channels)
    alone: tuple[SearchStrategy[Act], ...] = (
        st.builds(Pay, named),
        st.builds(Start, named),
        st.builds(Confirm, named),
        st.builds(Wait, st.sampled_from(WAITS)),
        st.just(Cancel()),
        st.builds(AskRefund, st.sampled_from(PARTS)),
        st.just(Look()),
        st.builds(Scan, named),
    )
    single = st.one_of(*alone)
    return st.one_of(single, single, single, st.builds(AtOnce, single, single))


def _in_order(acts: Sequence[Act]) -> tuple[Act, ...]:
    """Let what is done with a channel that nobody has chosen yet begin with choosing it."""
    chosen: set[str] = set()
    found = []
    for act in acts:
        found.append(_possible(act, chosen))
        for one in (act.one, act.other) if isinstance(act, AtOnce) else (act,):
            if isinstance(one, Pay | Start | Confirm | Scan):
                chosen.add(one.channel)
    return tuple(found)


def _possible(act: Act, chosen: set[str]) -> Act:
    match act:
        case Confirm(channel) if channel not in chosen:
            return Pay(channel)
        case Scan(channel) if channel not in chosen:
            return Start(channel)
        case AtOnce(one, other):
            return AtOnce(_possible(one, chosen), _possible(other, chosen))
        case _:
            return act
