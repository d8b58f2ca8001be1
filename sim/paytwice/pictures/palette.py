"""Colours that the colour-blind tell apart (Okabe and Ito); in grey print marks and lines tell the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import attrs

from paytwice.pictures.model import Lane, Role

CHANNELS: Final = {"wechat": "#009E73", "alipay": "#0072B2", "unionpay": "#D55E00"}
OTHERS: Final = ("#A8487E", "#946200", "#2F7F9E", "#555555")  # darker than theirs, so that labels can be read


@attrs.frozen
class Palette:
    """The colours of a page."""

    paper: str = "#FFFFFF"
    ink: str = "#222222"
    faint: str = "#6E6E6E"
    open: str = "#F0E442"
    closed: str = "#BBBBBB"
    trouble: str = "#FBE3D6"
    edge: str = "#C08A70"  # of hatching in trouble
    alarm: str = "#B03A00"


LIGHT: Final = Palette()


def colours(lanes: Iterable[Lane], palette: Palette) -> Mapping[str, str]:
    """A colour for each lane; a known channel has the same one in every picture."""
    spare = iter(OTHERS)
    return {
        lane.name: palette.ink
        if lane.role is not Role.CHANNEL
        else CHANNELS.get(lane.name) or next(spare, palette.ink)
        for lane in lanes
    }
