"""The buckets of a bench as a picture: of each way of testing, how many mistakes it finds how soon."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from paytwice.bench.table import BUCKETS, Figure, in_buckets

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

# One hue from dark to light (ColorBrewer's Blues), told apart by the colour-blind and in print, and a grey.
COLOURS: Final = ("#08306b", "#2171b5", "#6baed6", "#bdd7e7", "#eff3ff", "#cccccc")
DARK: Final = 2  # that many of them need white letters
EDGE: Final = "#444444"
BAR: Final = 0.42  # inches
NARROW: Final = 0.02  # of the widest bar: a part that has no room for its figure


def buckets(found: Sequence[Figure], *, ax: Axes | None = None, theme: str = "light") -> Drawing:
    """A bar for each method, cut by the median number of seeds until a mistake is caught."""
    from matplotlib.ticker import MaxNLocator

    from paytwice.drawing.sheet import SMALL, Margins, sheet
    from paytwice.pictures.metrics import width

    rows = in_buckets(found)
    most = max((sum(row) for row in rows.values()), default=1)
    margins = Margins(left=0.3 + max((width(name, SMALL) for name in rows), default=0.5), top=0.8)
    size = 8.0, BAR * max(len(rows), 1) + margins.top + margins.bottom
    heads = ["1 seed", *(f"≤ {most:,}" for most in BUCKETS[1:]), "not caught"]
    with sheet("How soon mistakes are caught", ax=ax, theme=theme, size=size, margins=margins) as page:
        for n, (colour, head) in enumerate(zip(COLOURS, heads, strict=True)):
            lefts = [sum(row[:n]) for row in rows.values()]
            widths = [row[n] for row in rows.values()]
            page.ax.barh(list(rows), widths, left=lefts, color=colour, edgecolor=EDGE, lw=0.6, label=head)
            for y, (left, wide) in enumerate(zip(lefts, widths, strict=True)):
                if wide > NARROW * most:
                    ink = "white" if n < DARK else "black"
                    page.ax.text(
                        left + wide / 2, y, str(wide), ha="center", va="center", fontsize=SMALL, color=ink
                    )
        page.ax.invert_yaxis()
        page.ax.grid(visible=False)
        page.ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        page.ax.set_xlabel("mistakes, by the median number of seeds until they are caught")
        page.ax.set_xlim(0, most)
        if not rows:
            page.note("there are no trials yet")
        page.legend()
    return page.figure
