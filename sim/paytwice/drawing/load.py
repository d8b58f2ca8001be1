"""Draws how much there is to do over time: panels below each other that share one axis of virtual time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, NullLocator

from paytwice.drawing.labels import Labels
from paytwice.drawing.sheet import SMALL, Margins, Sheet, dress, sheet
from paytwice.drawing.times import Times, times
from paytwice.history.history import History
from paytwice.history.load import Curve, Load, load, peak
from paytwice.pictures.model import Fault, Moment, Span
from paytwice.pictures.spans import spans
from paytwice.pictures.titles import title_of
from paytwice.wording import span
from paytwice_core import Money

WIDE: Final = 9.0  # inches of a page
HIGH: Final = 1.05  # inches of a panel, with its name
LINE: Final = 0.19  # inches of a line of trouble
SHARE: Final = 0.68  # of the height of a panel; above it stands its name
HEADROOM: Final = 1.35
MARGINS: Final = Margins(left=1.3, right=0.25, top=0.85, bottom=0.55)
HATCH: Final = "////"
CROSSED: Final = "xxxx"
MOST: Final = 6  # lines of trouble that are named


@attrs.frozen
class Panel:
    """One curve: its name, what of it is hatched, and how an amount of it, and its peak, are written."""

    name: str
    curve: Curve
    amount: Callable[[int], str] = str
    hatched: Curve = ()
    highest: Callable[[int], str] = str


def draw(history: History, *, ax: Axes | None = None, theme: str = "light") -> Figure:
    """A panel for each thing that piles up, by channel where a channel has it; above them what went wrong."""
    found, trouble = load(history), _lines(history)
    moments = [*found.moments, *(ms for line in trouble for one in line for ms in (one.begin.at, one.end.at))]
    panels = _panels(found, history)
    high = HIGH * len(panels) + LINE * len(trouble) + MARGINS.top + MARGINS.bottom
    with sheet(
        "How much there was to do", history.title, ax=ax, theme=theme, size=(WIDE, high), margins=MARGINS
    ) as page:
        page.ax.set_axis_off()
        painter = _Painter(page, times(moments), page.palette.of(history.channels))
        strip = LINE * len(trouble) / (LINE * len(trouble) + HIGH * len(panels))
        each = (1 - strip) / len(panels)
        for n, panel in enumerate(panels):
            low = 1 - strip - each * (n + 1)
            painter.panel(panel, low, each * SHARE, last=n + 1 == len(panels))
        painter.trouble(trouble, strip)
        painter.name(history, hatched=bool(peak(found.held).total))
        page.legend()
    return page.figure


def _lines(history: History) -> tuple[tuple[Span, ...], ...]:
    """The trouble of a run, a line for each kind that a lane or a link had; of many, the longest."""
    lines: dict[tuple[str, str, Fault], list[Span]] = {}
    for one in spans(history.journal, Moment(history.ended_at, len(history.journal))):
        lines.setdefault((one.lane, one.other, one.fault), []).append(one)
    most = sorted(lines.values(), key=lambda line: -sum(one.end.at - one.begin.at for one in line))[:MOST]
    return tuple(tuple(line) for line in lines.values() if line in most)


def _suffers(one: Span) -> str:
    """What lasted, in a few words: `merchant down`, `Alipay down`, `WeChat Pay hangs`."""
    words = {Fault.DOWN: "down", Fault.HANGS: "hangs", Fault.CUT: "cut off"}
    return f"{title_of(one.other or one.lane)} {words[one.fault]}"


def _panels(found: Load, history: History) -> tuple[Panel, ...]:
    def money(minor: int) -> str:
        return Money(minor, history.currency).display

    def payments(minor: int) -> str:
        at = peak(found.owed).at
        n = next(one.total for one in reversed(found.owing) if one.at <= at)
        return f"{money(minor)} of {n} payment{'s' if n != 1 else ''}"

    return (
        Panel("messages on their way from or to channels", found.in_flight, hatched=found.held),
        Panel("back-log: notifications that are not acked", found.backlog),
        Panel("requests that the merchant is at", found.requests),
        Panel("open orders", found.open_orders),
        Panel("owed to customers", found.owed, amount=money, highest=payments),
    )


@attrs.define
class _Painter:
    """Draws panels on a page, and says what their colours mean."""

    page: Sheet
    axis: Times
    colours: Mapping[str, str]
    panels: list[Axes] = attrs.field(factory=list)
    met: set[str] = attrs.field(factory=set)

    def panel(self, panel: Panel, low: float, high: float, *, last: bool) -> None:
        """Draw one panel, at this part of the page's height."""
        ax = self.page.ax.inset_axes((0.0, low, 1.0, high))
        dress(ax, self.page.palette)
        self.panels.append(ax)
        highest = peak(panel.curve)
        ax.set_ylim(0, HEADROOM * highest.total or 1)
        ax.yaxis.set_major_locator(MaxNLocator(3, integer=True) if highest.total else NullLocator())
        ax.yaxis.set_major_formatter(lambda y, _: panel.amount(round(y)))
        self.axis.label(ax)
        if not last:
            ax.set_xlabel("")
            ax.tick_params(axis="x", labelbottom=False)
        self._stack(ax, panel)
        nothing = "" if highest.total else ": none"
        ax.set_title(
            panel.name + nothing,
            loc="left",
            fontsize=SMALL,
            color=self.page.palette.ink,
            fontweight="bold",
            pad=3,
        )
        if highest.total:
            when = f" at +{span(highest.at)}" if highest.at else ""
            text = f"peak {panel.highest(highest.total)}{when}"
            Labels(Sheet(ax, self.page.palette)).write(
                self.axis.x(highest.at), highest.total, text, self.page.palette.ink
            )

    def _stack(self, ax: Axes, panel: Panel) -> None:
        xs = [*(self.axis.x(one.at) for one in panel.curve), self.axis.right]
        low = [0] * len(panel.curve)
        for name in panel.curve[0].by:
            own = [one.by.get(name, 0) for one in panel.curve]
            if any(own):
                self.met.add(name)
                high = [below + one for below, one in zip(low, own, strict=True)]
                self._fill(ax, xs, low, high, facecolor=self._colour(panel, name), zorder=3)
                low = high
        if any(one.total for one in panel.hatched):
            self._hatch(ax, panel)
        ax.plot(
            xs, [*low, low[-1]], drawstyle="steps-post", color=self.page.palette.ink, linewidth=0.7, zorder=5
        )

    def _colour(self, panel: Panel, name: str) -> str:
        plain = self.page.palette.open if panel.name == "open orders" else self.page.palette.closed
        return self.colours.get(name, plain)

    def _hatch(self, ax: Axes, panel: Panel) -> None:
        """Hatch the part of all that is held, from below."""
        xs = [*(self.axis.x(one.at) for one in panel.hatched), self.axis.right]
        held = [one.total for one in panel.hatched]
        look: dict[str, Any] = {"facecolor": "none", "edgecolor": self.page.palette.paper, "hatch": HATCH}
        self._fill(ax, xs, [0] * len(held), held, zorder=4, **look)

    def _fill(self, ax: Axes, xs: list[float], low: list[int], high: list[int], **look: Any) -> None:
        ax.fill_between(xs, [*low, low[-1]], [*high, high[-1]], step="post", lw=0, **look)

    def trouble(self, lines: tuple[tuple[Span, ...], ...], strip: float) -> None:
        """Draw what went wrong above the panels, a line each, and let it shine through all of them."""
        if not lines:
            return
        palette = self.page.palette
        ax = self.page.ax.inset_axes((0.0, 1 - strip, 1.0, strip))
        dress(ax, palette)
        ax.grid(visible=False)
        ax.spines[:].set_visible(False)
        ax.set_xlim(self.panels[0].get_xlim())
        ax.set_ylim(len(lines), 0)
        ax.set_xticks([])
        ax.set_yticks([n + 0.5 for n, _ in enumerate(lines)], [_suffers(line[0]) for line in lines])
        ax.tick_params(axis="y", length=0, labelcolor=palette.alarm)
        look: dict[str, Any] = {"facecolor": palette.trouble, "edgecolor": palette.edge, "linewidth": 0.6}
        for n, line in enumerate(lines):
            lasting = [self._place(one) for one in line]
            ax.broken_barh(lasting, (n + 0.12, 0.76), hatch=CROSSED, **look)
            for panel in self.panels:
                through = panel.get_xaxis_transform()
                panel.broken_barh(lasting, (0, 1), transform=through, color=palette.trouble, lw=0, zorder=0.5)

    def _place(self, one: Span) -> tuple[float, float]:
        """Where trouble begins on the axis, and how far it goes."""
        left = self.axis.x(one.begin.at)
        return left, self.axis.x(one.end.at) - left

    def name(self, history: History, *, hatched: bool) -> None:
        """Say which colour is whose, for the legend."""
        for name in history.channels:
            if name in self.met:
                self.page.ax.fill_between([], [], [], facecolor=self.colours[name], label=title_of(name))
        if hatched:
            look: dict[str, Any] = {
                "facecolor": self.page.palette.closed,
                "edgecolor": self.page.palette.paper,
            }
            self.page.ax.fill_between([], [], [], lw=0, hatch=HATCH, label="held by a link", **look)
