"""Draws notification ladders: a row for each notification, with every send and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import attrs
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from paytwice.arguments import one_of
from paytwice.channels.profile import ChannelProfile
from paytwice.drawing.rows import READABLE, Row, Rows, across, rows
from paytwice.drawing.sheet import Sheet, sheet
from paytwice.drawing.strokes import Mark, Point, Strokes
from paytwice.drawing.times import Times, times
from paytwice.history.history import History
from paytwice.history.ladders import Came, Ladder, Send, ladders
from paytwice.pictures.palette import THEMES
from paytwice.pictures.titles import title_of
from paytwice.wording import span

MOST: Final = 60  # rows
FEW: Final = 30  # moments
APART: Final = 0.35
TICK: Final = 0.16  # rows, up and down: no higher than the words that may stand there
TIGHT: Final = 0.12  # inches between two numbers
LAST: Final = 2.0  # inches for what came of the last one
COLUMNS: Final = 6  # of the legend
LETTERS: Final = 34  # of a name

# How a send is marked: filled where the channel has an answer, hollow where it waited in vain.
MARKS: Final[dict[Came, str]] = {
    Came.ACKED: "o",
    Came.REFUSED: "s",
    Came.LOST: "x",
    Came.HELD: "d",
    Came.SLOW: ">",
    Came.UNHEARD: "v",
    Came.ACK_LOST: "X",
    Came.ACK_LATE: "<",
    Came.NO_ACK: "o",
    Came.OPEN: "|",
}
ANSWERED: Final = (Came.ACKED, Came.REFUSED)


def draw(
    history: History,
    *,
    profiles: Iterable[ChannelProfile],
    ax: Axes | None = None,
    theme: str = "light",
) -> Figure:
    """A row for each notification; of too many, those that took the most sends."""
    found = ladders(history, profiles)
    shown = _shown(found)
    palette = THEMES[one_of("theme", theme, THEMES)]
    colours = palette.of(history.channels)
    table = rows([Row(_name(one), colours.get(one.channel, palette.ink), gap=0.25) for one in shown])
    moments = [ms for one in shown for send in one.sends for ms in (send.at, send.known_at)]
    axis = times(moments, apart=APART if len(set(moments)) <= FEW else 0.0)
    lines = 1 + len({send.came for one in shown for send in one.sends}) // COLUMNS
    with sheet(
        "Which notifications were acked, at which send",
        _story(history, len(found) - len(shown)),
        ax=ax,
        theme=theme,
        size=table.size(lines),
        margins=table.margins(lines),
    ) as page:
        table.write(page)
        axis.label(page.ax, after=LAST)
        if not shown:
            page.note("no channel sent a notification in this run")
        painter = _Painter(page, axis, table)
        for y, one in zip(table.y, shown, strict=True):
            painter.ladder(one, y, colours.get(one.channel, palette.ink))
        painter.draw()
        painter.name()
        page.legend(columns=COLUMNS)
    return page.figure


def _shown(found: tuple[Ladder, ...]) -> tuple[Ladder, ...]:
    """All of them, or those that took more than one send, or of these the longest."""
    if len(found) <= MOST:
        return found
    longest = sorted((one for one in found if len(one.sends) > 1 or not one.is_acked), key=_length)[:MOST]
    return tuple(one for one in found if one in longest)


def _length(ladder: Ladder) -> int:
    return -len(ladder.sends)


def _story(history: History, left_out: int) -> str:
    return history.title + (f"; {left_out} more, most acked at once, are left out" if left_out else "")


def _name(ladder: Ladder) -> str:
    """What is told, by whom: `WeChat Pay P1-1 paid ¥99.00`, `WeChat Pay refund P1-R1`."""
    words = ladder.news.split()
    told = f"{ladder.trade} {ladder.news}"
    if "refund" in words[:-1]:
        told = " ".join(words[words.index("refund") :][:2])
    name = f"{title_of(ladder.channel)} {told}".strip()
    return name if len(name) <= LETTERS else f"{name[: LETTERS - 2]} …"


def _outcome(ladder: Ladder) -> str:
    """What came of a notification in the end, and how long that took."""
    last = ladder.sends[-1]
    if last.came is Came.ACKED:
        return f"acked after {span(last.known_at - ladder.sends[0].at)}"
    if last.came is not Came.OPEN and len(ladder.sends) == len(ladder.due):
        return f"given up after {span(last.known_at - ladder.sends[0].at)}"
    return "not acked"


@attrs.define
class _Painter:
    """Draws rows; `met` are the fates that a legend must name."""

    page: Sheet
    axis: Times
    table: Rows
    met: set[Came] = attrs.field(factory=set)
    strokes: Strokes = attrs.field(factory=Strokes)
    waits: dict[tuple[str, bool], list[list[Point]]] = attrs.field(factory=dict)  # by colour, and if answered
    ticks: list[list[Point]] = attrs.field(factory=list)

    def ladder(self, ladder: Ladder, y: float, colour: str) -> None:
        """Draw the sends of one row, from each to the moment when its channel knew what came of it."""
        self._configured(ladder, y)
        x = self.axis.x
        first, last = ladder.sends[0], ladder.sends[-1]
        self.waits.setdefault((self.page.palette.grid, False), []).append([(x(first.at), y), (x(last.at), y)])
        written = float("inf")
        for send in reversed(ladder.sends):
            self._send(send, y, colour)
            if written - x(send.at) >= across(self.page, TIGHT) and self._number(send, y):
                written = x(send.at)
        end, told = x(last.known_at), _outcome(ladder)
        colour = colour if ladder.is_acked else self.page.palette.alarm
        room = self.page.ax.get_xlim()[1] - end
        back = {"facecolor": self.page.palette.paper, "edgecolor": "none", "pad": 0.8}
        self.table.text(self.page, end, y, told, room, indent=0.06, color=colour, bbox=back)

    def _send(self, send: Send, y: float, colour: str) -> None:
        x = self.axis.x
        self.met.add(send.came)
        wait = [(x(send.at), y), (x(send.known_at), y)]
        self.waits.setdefault((colour, send.came in ANSWERED), []).append(wait)
        self.strokes.mark(x(send.at), y, self._mark(send.came, colour))

    def _mark(self, came: Came, colour: str) -> Mark:
        face = colour if came in ANSWERED else self.page.palette.paper
        return Mark(MARKS[came], face, colour, width=1.6 if came in (Came.LOST, Came.OPEN) else 1.1)

    def _number(self, send: Send, y: float) -> bool:
        points = self.table.points(self.page) * 0.8
        if points < READABLE * 0.9:
            return False
        self.page.ax.annotate(
            str(send.number),
            (self.axis.x(send.at), y),
            xytext=(0, 4.2),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=points,
            color=self.page.palette.ink,
            zorder=6,
        )
        return True

    def _configured(self, ladder: Ladder, y: float) -> None:
        """Tick the sends that the channel's ladder has, as far as the axis goes."""
        known = [ms for ms in ladder.due if ms <= self.axis.moments[-1]]
        self.ticks += [[(self.axis.x(ms), y - TICK), (self.axis.x(ms), y + TICK)] for ms in known]

    def draw(self) -> None:
        """Draw what was gathered."""
        ax, palette = self.page.ax, self.page.palette
        faint: dict[str, Any] = {"colors": palette.faint, "linewidths": 0.9, "alpha": 0.8, "zorder": 1}
        ax.add_collection(LineCollection(self.ticks, **faint), autolim=False)
        for (colour, answered), lines in self.waits.items():
            whole = answered or colour == palette.grid
            look: dict[str, Any] = {"linestyles": "-" if whole else (0, (2, 1.2))}
            look |= {"linewidths": 2.6 if answered else 1.1, "zorder": 2 if colour == palette.grid else 3}
            ax.add_collection(LineCollection(lines, colors=colour, **look), autolim=False)
        self.strokes.draw(ax)

    def name(self) -> None:
        """Name what is drawn, in an order that does not depend on the story."""
        for came in Came:
            if came in self.met:
                self.page.ax.plot([], [], label=came.value, **self._mark(came, self.page.palette.ink).look)
        if self.ticks:
            tick: dict[str, Any] = {"marker": "|", "linestyle": "none", "markersize": 6, "alpha": 0.8}
            self.page.ax.plot([], [], color=self.page.palette.faint, label="configured send", **tick)
