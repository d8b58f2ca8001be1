"""Draws the states of orders, attempts and refunds over time, a row each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, Final

import attrs
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure

from paytwice.arguments import one_of
from paytwice.drawing.rows import Row, Rows, across, rows
from paytwice.drawing.sheet import SMALL, Sheet, sheet
from paytwice.drawing.strokes import Fill, Mark, Strokes
from paytwice.drawing.times import Times, times
from paytwice.history.history import History
from paytwice.history.states import Of, Spell, Tone, Track, states
from paytwice.oracle import INVARIANTS
from paytwice.pictures.metrics import width
from paytwice.pictures.palette import THEMES, Palette
from paytwice.pictures.titles import title_of

APART: Final = {16: 1.3, 32: 0.6}  # of the axis: up to so many moments, no pause is drawn shorter
LAST: Final = 1.6  # inches for the last state, which goes on
TINT: Final = 0.28  # the share of a channel's colour in a state that is no end
OPEN: Final = 0.55
HIGH: Final = 0.7  # of a row
THIN: Final = 0.16
ABOVE_BAR: Final = 0.42  # rows: where money is marked, so that no word is hidden
HATCH: Final = "////"
GAP: Final = 0.45  # rows between orders
ROOM: Final = 0.75  # rows more, where a broken promise is named above an order


def draw(
    history: History, *, orders: Iterable[str] | None = None, ax: Axes | None = None, theme: str = "light"
) -> Figure:
    """A row for each order, and below it one for each of its attempts and refunds."""
    tracks = _chosen(states(history), orders)
    palette = THEMES[one_of("theme", theme, THEMES)]
    colours = palette.of(history.channels)
    table = rows([_row(track, palette, colours, first=not n) for n, track in enumerate(tracks)])
    moments = [ms for track in tracks for ms in track.moments]
    axis = times(moments, apart=next((apart for n, apart in APART.items() if len(set(moments)) <= n), 0.0))
    with sheet(
        "What was in which state",
        history.title,
        ax=ax,
        theme=theme,
        size=table.size(),
        margins=table.margins(),
    ) as page:
        table.write(page)
        axis.label(page.ax, after=LAST)
        if not tracks:
            page.note("no order was placed in this run")
        painter = _Painter(page, axis, table, colours)
        for y, track in zip(table.y, tracks, strict=True):
            painter.track(track, y)
        painter.broken(tracks)
        painter.name()
        page.legend()
    return page.figure


def _chosen(tracks: tuple[Track, ...], orders: Iterable[str] | None) -> tuple[Track, ...]:
    if orders is None:
        return tracks
    wanted = [one_of("order", name, {track.order: None for track in tracks}) for name in orders]
    return tuple(track for track in tracks if track.order in wanted)


def _row(track: Track, palette: Palette, colours: Any, *, first: bool) -> Row:
    if track.of is Of.ORDER:
        room = ROOM if track.broken else 0.0
        return Row(track.name, palette.ink, bold=True, gap=room if first else GAP + room)
    colour = colours.get(track.channel, palette.ink)
    what = title_of(track.channel) if track.of is Of.ATTEMPT else "refund"
    return Row(f"{what} {track.name}", colour)


@attrs.define
class _Painter:
    """Draws rows; `met` are the marks that a legend must name."""

    page: Sheet
    axis: Times
    table: Rows
    colours: Any
    strokes: Strokes = attrs.field(factory=Strokes)
    met: dict[str, Mark] = attrs.field(factory=dict)

    def track(self, track: Track, y: float) -> None:
        """Draw the states of one row, and the money that came or went."""
        for spell in track.spells:
            self._spell(track, spell, y)
        palette = self.page.palette
        colour = self.colours.get(track.channel, palette.ink)
        for moved in track.moved:
            if moved.returned:
                name, mark = "money returned", Mark("^", palette.paper, palette.ink, on=7)
            else:
                name, mark = "money captured", Mark("v", colour, palette.ink, on=7)
            self._mark(name, moved.at, y - ABOVE_BAR, mark)

    def _mark(self, name: str, at: int, y: float, mark: Mark) -> None:
        self.strokes.mark(self.axis.x(at), y, mark)
        self.met.setdefault(name, mark)

    def _spell(self, track: Track, spell: Spell, y: float) -> None:
        palette, x = self.page.palette, self.axis.x
        right = self.page.ax.get_xlim()[1] if spell.lasts else x(spell.end)
        fill = self._fill(track, spell)
        high = THIN if spell.tone is Tone.OVER else HIGH
        self.strokes.bar(x(spell.begin), right, y, high, fill)
        terminal = spell.tone in (Tone.WON, Tone.OVER)
        if spell.tone is Tone.WON:
            self._mark("paid", spell.begin, y, Mark("o", palette.paper, palette.ink, 5.0))
        elif terminal:
            self._mark("closed or done", spell.begin, y, Mark("s", palette.faint, palette.ink, 5.0))
        back = {"facecolor": palette.paper, "edgecolor": "none", "pad": 0.8, "alpha": 0.9}
        self.table.text(
            self.page,
            x(spell.begin),
            y,
            spell.state,
            right - x(spell.begin),
            indent=0.1 if terminal else 0.0,
            color=self._ink(spell.tone),
            fontweight="bold" if spell.tone is Tone.WON else "normal",
            bbox=back if spell.tone in (Tone.RETURNS, Tone.OVER) else None,
        )

    def _fill(self, track: Track, spell: Spell) -> Fill:
        palette = self.page.palette
        colour = self.colours.get(spell.channel or track.channel, palette.faint)
        match spell.tone:
            case Tone.LIVE if track.of is Of.ORDER:
                return Fill(_tint(palette.open, palette, OPEN), colour)
            case Tone.LIVE:
                return Fill(_tint(colour, palette, TINT), colour)
            case Tone.WON:
                return Fill(colour, colour)
            case Tone.RETURNS:
                return Fill(palette.paper, colour, HATCH)
            case Tone.OVER:
                return Fill(palette.closed, width=0.0)

    def _ink(self, tone: Tone) -> str:
        palette = self.page.palette
        return {Tone.WON: palette.paper, Tone.OVER: palette.faint}.get(tone, palette.ink)

    def broken(self, tracks: Sequence[Track]) -> None:
        """Mark where the oracle saw promises break, over all rows of the order that they were made to."""
        ends = [*self.table.y[1:], self.table.bottom][: len(tracks)]
        for _, some in groupby(zip(self.table.y, ends, tracks, strict=True), key=lambda one: one[2].order):
            group = list(some)
            top, low = group[0][0] - 0.5, min(group[-1][1] - 0.5, group[-1][0] + 0.5)
            marks = [one for _, _, track in group for one in track.broken]
            for at, names in _named_together(marks):
                self._break(self.axis.x(at), top, low, names)

    def _break(self, x: float, top: float, low: float, names: str) -> None:
        alarm = self.page.palette.alarm
        self.page.ax.plot(
            [x, x], [top - 0.1, low], color=alarm, linewidth=1.4, linestyle=(0, (3, 1.5)), zorder=5
        )
        self.strokes.mark(x, top - 0.1, mark := Mark("X", alarm, self.page.palette.paper, 7.0, on=9))
        self.met.setdefault("promise broken", mark)
        left, end = self.page.ax.get_xlim()
        right = x > (left + end) / 2
        told = f"{names} {INVARIANTS[names].title}" if names in INVARIANTS else names
        if across(self.page, width(told, SMALL, bold=True) + 0.2) < (x - left if right else end - x):
            names = told
        self.page.ax.annotate(
            names,
            (x, top - 0.1),
            xytext=(-7 if right else 7, 0),
            textcoords="offset points",
            ha="right" if right else "left",
            va="center_baseline",
            fontsize=SMALL,
            fontweight="bold",
            color=alarm,
            zorder=9,
        )

    def name(self) -> None:
        """Name the marks for the legend, in an order that does not depend on the story."""
        self.strokes.draw(self.page.ax)
        for name in sorted(self.met):
            self.page.ax.plot([], [], label=name, **self.met[name].look)
        if any(fill.hatch for fill in self.strokes.bars):
            look: dict[str, Any] = {
                "facecolor": self.page.palette.paper,
                "edgecolor": self.page.palette.faint,
            }
            self.page.ax.fill_between([], [], [], hatch=HATCH, label="goes back", **look)


def _named_together(marks: Iterable[Any]) -> Iterator[tuple[int, str]]:
    found: dict[int, list[str]] = {}
    for one in marks:
        found.setdefault(one.at, []).append(one.invariant)
    for at, names in found.items():
        yield at, ", ".join(names)


def _tint(colour: str, palette: Palette, share: float) -> str:
    """A colour on its way to the paper."""
    mixed = [
        share * one + (1 - share) * other
        for one, other in zip(to_rgb(colour), to_rgb(palette.paper), strict=True)
    ]
    return to_hex((mixed[0], mixed[1], mixed[2]))
