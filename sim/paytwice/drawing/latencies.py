"""Draws which share of messages arrived within how long, on each link, and what was configured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from paytwice.drawing.sheet import SMALL, Margins, Sheet, sheet
from paytwice.history.history import History
from paytwice.history.latencies import Taken, configured, latencies
from paytwice.latency import Latency
from paytwice.pictures.titles import title_of
from paytwice.wording import span

SECOND: Final = 1_000
TICKS: Final = (1, 3, 10, 30, 100, 300, *(n * SECOND for n in (1, 3, 10, 30, 60, 180, 600, 1_800)))
LONG_TICKS: Final = tuple(n * 3_600 * SECOND for n in (1, 3, 10, 24, 72, 240))
MOST_TICKS: Final = 9
WIDE: Final = 20  # times: where the longest is so much longer than the shortest, the axis is logarithmic
BAND: Final = 6.0  # points that a configured distribution is wide
SIZE: Final = (9.0, 4.8)
MARKS: Final = {"wechat": "o", "alipay": "s", "unionpay": "D"}  # for print without colours
OTHERS: Final = "^"
EVERY: Final = 0.17  # of the axis between two marks


def draw(histories: Sequence[History], *, ax: Axes | None = None, theme: str = "light") -> Figure:
    """A curve for each link, over a broad one for each distribution that messages were drawn from."""
    found, drawn_from = latencies(histories), configured(histories)
    with sheet(
        "How long messages took",
        _story(histories),
        ax=ax,
        theme=theme,
        size=SIZE,
        margins=Margins(left=0.75, right=0.3, top=0.7, bottom=0.55),
    ) as page:
        ends = [ms for one in found if one.took for ms in (one.took[0], one.took[-1])]
        ends += [ms for one in drawn_from for ms in (one.cumulative()[1][0], one.cumulative()[-1][0])]
        _scale(page, max(min(ends, default=1), 1), max(*ends, 10) if ends else SECOND)
        if not found:
            page.note("no message was sent")
        for latency in drawn_from:
            _band(page, latency)
        colours = page.palette.of(dict.fromkeys(name for one in histories for name in one.channels))
        for taken in found:
            _curve(page, taken, colours)
        _legend(page)
    return page.figure


def _story(histories: Sequence[History]) -> str:
    titles = list(dict.fromkeys(one.title for one in histories if one.title))
    runs = f"{len(histories)} runs" if len(histories) > 1 else ""
    return ", ".join(filter(None, [*titles[:2], "…" if len(titles) > 2 else "", runs]))


def _scale(page: Sheet, least: int, most: int) -> None:
    """Set the axes: shares upwards, and to the right milliseconds, as wide apart as needed."""
    page.ax.set_ylim(0, 1.02)
    page.ax.set_yticks([0, 0.25, 0.5, 0.75, 0.9, 1], ["0 %", "25 %", "50 %", "75 %", "90 %", "100 %"])
    page.ax.set_ylabel("of all messages sent")
    page.ax.set_xlabel("arrived within")
    if most <= least * WIDE:
        page.ax.set_xlim(0, most * 1.08)
        page.ax.xaxis.set_major_formatter(lambda ms, _: span(round(ms)))
        return
    page.ax.set_xscale("log")
    page.ax.set_xlim(least * 0.8, most * 1.3)
    fitting = [ms for ms in (*TICKS, *LONG_TICKS) if least * 0.8 <= ms <= most * 1.3]
    fitting = fitting[:: 1 + (len(fitting) - 1) // MOST_TICKS]
    page.ax.set_xticks(fitting, [span(ms) for ms in fitting])
    page.ax.xaxis.set_minor_locator(NullLocator())


def _band(page: Sheet, latency: Latency) -> None:
    points = latency.cumulative()
    page.ax.plot(
        [max(ms, 0.5) for ms, _ in points],
        [share for _, share in points],
        color=page.palette.closed,
        linewidth=BAND,
        alpha=0.7,
        solid_capstyle="butt",
        label=f"configured: {latency.words or f'{latency.calm} ms'}",
        zorder=2,
    )


def _curve(page: Sheet, taken: Taken, colours: Mapping[str, str]) -> None:
    """The steps of one link, up to the share that ever arrived; its own line and mark tell it from others."""
    one, other = taken.ends
    channel = other if other in colours else one
    left, right = page.ax.get_xlim()
    xs, ys = [left], [0.0]
    for n, ms in enumerate(taken.took, 1):
        if n == len(taken.took) or taken.took[n] != ms:
            xs.append(max(ms, 0.5))
            ys.append(n / taken.sent)
    page.ax.plot(
        [*xs, 2 * right],
        [*ys, ys[-1]],
        drawstyle="steps-post",
        color=colours.get(channel, page.palette.ink),
        linewidth=1.5,
        linestyle="-" if "merchant" in taken.ends and one != "customer" else (0, (4, 1.6)),
        marker=MARKS.get(channel, OTHERS) if channel in colours else "",
        markevery=(EVERY / 2, EVERY),
        markersize=4.0,
        markerfacecolor=page.palette.paper if one == "customer" else None,
        label=_label(taken),
        zorder=4,
    )


def _label(taken: Taken) -> str:
    """Whose link it is, how many messages were sent on it, and what became of those that took longer."""
    told = [f"{title_of(taken.ends[0])} – {title_of(taken.ends[1])}, n = {taken.sent:,}"]
    told += [f"{taken.held:,} held"] if taken.held else []
    told += [f"{taken.lost:,} lost"] if taken.lost else []
    return ", ".join(told)


def _legend(page: Sheet) -> None:
    """Name the curves where none of them is: few messages are slow and few are missing."""
    handles, names = page.ax.get_legend_handles_labels()
    if handles:
        page.ax.legend(
            handles,
            names,
            loc="lower right",
            frameon=True,
            facecolor=page.palette.paper,
            edgecolor=page.palette.grid,
            framealpha=0.9,
            fontsize=SMALL,
            labelcolor=page.palette.ink,
            handlelength=2.6,
        )
