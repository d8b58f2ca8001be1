"""Draws a sweep: a map over two settings with figures in its cells, or a line over one with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, LogNorm, Normalize, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from paytwice.calendar import DAY, HOUR, MINUTE, SECOND
from paytwice.drawing.sheet import SMALL, TEXT, Margins, Sheet, sheet
from paytwice.pictures.metrics import width
from paytwice.pictures.palette import Palette
from paytwice.sweep.cells import Cell
from paytwice.sweep.figures import Shown
from paytwice.sweep.layout import Layout

# One hue from little to much, told apart by the colour-blind and in grey print: on light paper (ColorBrewer's
# Blues, Brewer and Harrower, 2003) much is dark, on dark paper it is bright.
RAMPS: Final = {
    "light": ("#EDF3FA", "#9ECAE1", "#4292C6", "#08306B"),
    "dark": ("#222C37", "#2A5D86", "#5AA9DD", "#E3F3FF"),
}
DECADES: Final = 20.0  # where the largest wait is so many times the smallest, colours go by logarithms
COLUMN: Final = 1.05  # inches of a cell on a page of its own
ROW: Final = 0.5
LEAST_WIDE: Final = 6.0
MOST_WIDE: Final = 14.0
FITS: Final = 0.92  # of a cell's width may be text
NONE: Final = "–"
HEADROOM: Final = 1.12
MOST_TICKS: Final = 6
STEPS: Final = (
    *(10, 50, 100, 500, SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 30 * SECOND),
    *(MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 6 * HOUR),
    *(12 * HOUR, DAY, 2 * DAY, 5 * DAY, 10 * DAY),
)


def draw(grid: Layout, shown: Shown, story: str, *, ax: Axes | None = None, theme: str = "light") -> Figure:
    """A map where there are two settings, else a line."""
    said = f"{story} ({grid.fixed})" if grid.fixed and story else story or grid.fixed
    title = f"{shown.title[0].upper()}{shown.title[1:]}"
    if not grid.y:
        with sheet(title, said, ax=ax, theme=theme, size=(7.0, 3.8)) as page:
            _line(page, grid, shown)
        return page.figure
    longest = max(width(name, SMALL) for name in grid.ys)
    margins = Margins(left=max(0.75, longest + 0.5), top=0.75)
    inner = min(max(COLUMN * len(grid.xs), LEAST_WIDE - margins.left), MOST_WIDE)
    size = inner + margins.left + margins.right, max(ROW * len(grid.ys), 1.2) + margins.top + margins.bottom
    with sheet(title, said, ax=ax, theme=theme, size=size, margins=margins) as page:
        _map(page, grid, shown)
    return page.figure


def _map(page: Sheet, grid: Layout, shown: Shown) -> None:
    ax = page.ax
    ax.set_xlim(0, len(grid.xs))
    ax.set_ylim(0, len(grid.ys))
    _names(page, grid)
    ax.set_yticks([n + 0.5 for n in range(len(grid.ys))], list(grid.ys))
    ax.set_ylabel(grid.y)
    ax.grid(visible=False)
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
    values = {place: shown.read(cell).value for place, cell in grid.cells.items()}
    texts = {
        place: NONE if value is None else shown.write(value, grid.cells[place].currency)
        for place, value in values.items()
    }
    size = _size(page, grid, texts.values())
    colour = _colours(page.palette, [value for value in values.values() if value is not None], shown)
    for place, value in values.items():
        column, row = grid.xs.index(place[0]), grid.ys.index(place[1])
        _cell(page, column, row, None if value is None else colour(value), texts[place], size)


def _names(page: Sheet, grid: Layout) -> None:
    page.ax.set_xticks([n + 0.5 for n in range(len(grid.xs))], list(grid.xs))
    page.ax.set_xlabel(grid.x)


def _cell(page: Sheet, column: int, row: int, colour: Any, text: str, size: float) -> None:
    paper = page.palette.paper
    look: dict[str, Any] = {"facecolor": colour, "edgecolor": paper, "linewidth": 1.5}
    if colour is None:  # hatched: nothing of the kind happened
        look = {"facecolor": paper, "edgecolor": page.palette.grid, "hatch": "////", "linewidth": 0}
    page.ax.add_patch(Rectangle((column, row), 1, 1, zorder=2, **look))
    ink = page.palette.faint if colour is None else _ink(colour)
    page.ax.text(
        column + 0.5, row + 0.5, text, ha="center", va="center", color=ink, fontsize=size, zorder=3
    ).set_parse_math(False)


def _size(page: Sheet, grid: Layout, texts: Any) -> float:
    """The size of letters at which the longest text fits into a cell."""
    room = FITS * page.inches[0] / len(grid.xs)
    longest = max((width(text, TEXT) for text in texts), default=0.0)
    return TEXT * min(1.0, room / longest) if longest else TEXT


def _colours(palette: Palette, values: Sequence[float], shown: Shown) -> Any:
    """What makes a colour of a value: from none to the most there is, or by logarithms for waits."""
    ramp = LinearSegmentedColormap.from_list("much", RAMPS[palette.name])
    top = max(values, default=1.0) or 1.0
    least = min(values, default=0.0)
    scale = Normalize(0, top)
    if shown.is_time and least > 0 and top > DECADES * least:
        scale = LogNorm(least, top)
    return lambda value: ramp(float(scale(value)))


def _ink(colour: Any) -> str:
    """Black or white, whichever is easier to read on a colour (WCAG's relative luminance)."""
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    light = 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
    return "#000000" if (light + 0.05) ** 2 > 1.05 * 0.05 else "#FFFFFF"


def _line(page: Sheet, grid: Layout, shown: Shown) -> None:
    """The values with a band where there is an interval, each with its figure."""
    ax, colour = page.ax, page.palette.others[2]
    known = [(n + 0.5, cell, shown.read(cell)) for n, (_, cell) in enumerate(_in_order(grid))]
    points = [(x, cell, one) for x, cell, one in known if one.value is not None]
    currency = next((cell.currency for _, cell, _ in points), "CNY")
    ax.set_xlim(0, len(grid.xs))
    _names(page, grid)
    top = max((one.high or one.value or 0.0 for _, _, one in points), default=0.0)
    ax.set_ylim(0, HEADROOM * (shown.most or top) or 1)
    ax.yaxis.set_major_formatter(lambda value, _: shown.write(value, currency))
    if shown.most is not None:
        ax.set_yticks([part * shown.most / 4 for part in range(5)])
    elif shown.is_time and top:
        step = next((one for one in STEPS if MOST_TICKS * one >= top), top / MOST_TICKS)
        ax.set_yticks([n * step for n in range(int(HEADROOM * top / step) + 1)])
    if not points:
        page.note("nothing of the kind happened in any run")
        ax.set_yticks([])
        return
    xs = [x for x, _, _ in points]
    banded = [(x, one.low, one.high) for x, _, one in points if one.low is not None and one.high is not None]
    if banded:
        lows, highs = [low for _, low, _ in banded], [high for _, _, high in banded]
        ax.fill_between(
            [x for x, _, _ in banded], lows, highs, color=colour, alpha=0.22, lw=0, label="95 % interval"
        )
    ax.plot(xs, [one.value or 0.0 for _, _, one in points], color=colour, marker="o", ms=5, lw=1.8, zorder=4)
    for x, cell, one in points:
        ax.annotate(
            shown.write(one.value or 0.0, cell.currency),
            (x, one.value or 0.0),
            xytext=(0, 7),
            textcoords="offset points",
            ha="center",
            fontsize=SMALL,
            fontweight="bold",
            color=page.palette.ink,
            zorder=5,
            bbox={"facecolor": page.palette.paper, "edgecolor": "none", "alpha": 0.8, "pad": 0.5},
        ).set_parse_math(False)
    page.legend()


def _in_order(grid: Layout) -> list[tuple[str, Cell]]:
    return [(x, grid.cells[x, ""]) for x in grid.xs if (x, "") in grid.cells]
