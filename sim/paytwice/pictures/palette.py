"""One visual language: a channel has the same colour in every picture, on light and on dark paper.

The colours are Okabe and Ito's, which the colour-blind tell apart; in grey, marks and lines tell the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import attrs

from paytwice.pictures.model import Lane, Role


@attrs.frozen
class Palette:
    """The colours of a page. `others` are for channels that are not named; labels in them can be read."""

    name: str
    paper: str
    ink: str
    faint: str
    grid: str
    open: str
    closed: str
    trouble: str
    edge: str  # of hatching in trouble
    alarm: str
    channels: Mapping[str, str]
    others: tuple[str, ...]

    def of(self, names: Iterable[str]) -> Mapping[str, str]:
        """A colour for each channel; a known one has its own, wherever it stands."""
        spare = iter(self.others)
        return {name: self.channels.get(name) or next(spare, self.ink) for name in names}


LIGHT: Final = Palette(
    name="light",
    paper="#FFFFFF",
    ink="#222222",
    faint="#6E6E6E",
    grid="#E4E4E4",
    open="#F0E442",
    closed="#BBBBBB",
    trouble="#FBE3D6",
    edge="#C08A70",
    alarm="#B03A00",
    channels={"wechat": "#009E73", "alipay": "#0072B2", "unionpay": "#D55E00"},
    others=("#A8487E", "#946200", "#2F7F9E", "#555555"),
)
DARK: Final = Palette(
    name="dark",
    paper="#14181E",
    ink="#E6E6E6",
    faint="#9AA3AD",
    grid="#2C333C",
    open="#B5A92A",
    closed="#5A626B",
    trouble="#3D2118",
    edge="#8A5A44",
    alarm="#FF8A5C",
    channels={"wechat": "#2CC79A", "alipay": "#56B4E9", "unionpay": "#F28C38"},
    others=("#DD8FB8", "#D6A545", "#7CC4DE", "#B5B5B5"),
)
THEMES: Final = {one.name: one for one in (LIGHT, DARK)}


def colours(lanes: Iterable[Lane], palette: Palette) -> Mapping[str, str]:
    """A colour for each lane."""
    known = list(lanes)
    own = palette.of(lane.name for lane in known if lane.role is Role.CHANNEL)
    return {lane.name: own.get(lane.name, palette.ink) for lane in known}
