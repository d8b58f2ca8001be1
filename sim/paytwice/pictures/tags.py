"""How the tags on lanes look: the states of orders, money that moved, trouble, broken promises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from paytwice.pictures.model import Note, Span, Tone
from paytwice.pictures.palette import Palette

CLOSED_HATCH: Final = "/////"


class Tag(NamedTuple):
    """The colours of a tag: what fills it, its border, and what is written on it."""

    face: str
    edge: str
    ink: str


def state(name: str, channel: str, colour: Mapping[str, str], palette: Palette) -> tuple[str, str]:
    """The colour and the hatching of a state: who paid for an order gives it its colour."""
    match name:
        case "PAID":
            return colour.get(channel, palette.ink), ""
        case "CLOSED":
            return palette.closed, CLOSED_HATCH
        case _:
            return palette.open, ""


def tag(about: Note | Span, colour: Mapping[str, str], palette: Palette) -> Tag:
    """The tag of a note or a span; `colour` has that of each lane.

    Money that a channel takes fills its tag, and money that goes back to the customer leaves it empty. What
    went anywhere else is grey, so that nobody takes it for returned.
    """
    if isinstance(about, Span):
        return Tag(palette.trouble, palette.alarm, palette.alarm)
    own = colour[about.lane]
    match about.tone:
        case Tone.BROKEN:
            return Tag(palette.alarm, palette.alarm, palette.paper)
        case Tone.TROUBLE:
            return Tag(palette.trouble, palette.alarm, palette.alarm)
        case Tone.STATE:
            face, _ = state(about.state, about.channel, colour, palette)
            return Tag(face, palette.ink, _readable(face, palette, about.state))
        case Tone.CAPTURED:
            return Tag(own, own, palette.paper)
        case Tone.RETURNED:
            return Tag(palette.paper, own, own)
        case Tone.STRAYED:
            return Tag(palette.closed, own, palette.ink)
        case _:
            return Tag(palette.paper, palette.ink, palette.ink)


def _readable(face: str, palette: Palette, state: str) -> str:
    """The ink on a state: the paper's own on full colours, one of which yellow is on dark paper."""
    bright = state == "PAID" or (palette.name == "dark" and face == palette.open)
    return palette.paper if bright else palette.ink
