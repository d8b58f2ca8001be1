"""The gallery's rooms, in the order in which one walks through them, and all that hangs there."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from paytwice.errors import PaytwiceError
from paytwice.gallery import (
    acks,
    authenticity,
    closing,
    crashes,
    pages,
    reconciliation,
    refund_news,
    refunds,
    shelf,
    stale,
    winner,
)
from paytwice.gallery.exhibit import Exhibit, exhibit_of, is_exhibit
from paytwice.story.loading import first_sentence
from paytwice.wording import nearest

ROOMS: Final = (
    winner,
    acks,
    crashes,
    pages,
    authenticity,
    closing,
    shelf,
    stale,
    refunds,
    refund_news,
    reconciliation,
)


@cache
def gallery() -> Mapping[str, Exhibit]:
    """All exhibits by name, room by room, as they stand in the source."""
    found = [
        exhibit_of(thing)
        for room in ROOMS
        for thing in vars(room).values()
        if is_exhibit(thing) and thing.__module__ == room.__name__
    ]
    return {one.name: one for one in found}


def titles() -> Mapping[str, str]:
    """What is written over the door of each room."""
    return {room.__name__.rpartition(".")[2]: first_sentence(room.__doc__) for room in ROOMS}


def exhibit(name: str) -> Exhibit:
    """Find an exhibit; PaytwiceError names the nearest if there is none of that name."""
    known = gallery()
    if name not in known:
        told = nearest(name, known, otherwise=": `paytwice gallery` lists what hangs there")
        raise PaytwiceError(f"the gallery has no {name!r}{told}")
    return known[name]
