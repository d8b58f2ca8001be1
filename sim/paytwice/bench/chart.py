"""The buckets of a bench as a picture: of each way of testing, how many mistakes it finds how soon."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from paytwice.bench.table import BUCKETS, Figure, in_buckets

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

# One hue from dark to light (ColorBrewer's Blues), told apart by the colour-blind and in print, and a grey.
COLOURS: Final = ("#08306b", "#2171b5", "#6baed6", "#bdd7e7", "#eff3ff", "#cccccc")
DARK: Final = 2  # that many of them need white letters
BAR: Final = 0.42  # inches


def buckets(found: Sequence[Figure]) -> Drawing:
    """A bar for each method, cut by the median number of seeds until a mistake is caught."""
    from matplotlib.figure import Figure as Drawing
    from matplotlib.ticker import MaxNLocator

    rows = in_buckets(found)
    drawing = Drawing(figsize=(8.0, 1.5 + BAR * max(len(rows), 1)), layout="constrained")
    ax = drawing.add_subplot()
    heads = ["1 seed", *(f"≤ {most:,}" for most in BUCKETS[1:]), "not caught"]
    for n, (colour, head) in enumerate(zip(COLOURS, heads, strict=True)):
        lefts = [sum(row[:n]) for row in rows.values()]
        widths = [row[n] for row in rows.values()]
        ax.barh(list(rows), widths, left=lefts, color=colour, edgecolor="#444444", linewidth=0.6, label=head)
        for y, (left, width) in enumerate(zip(lefts, widths, strict=True)):
            if width:
                ink = "white" if n < DARK else "black"
                ax.text(left + width / 2, y, str(width), ha="center", va="center", fontsize=8, color=ink)
    ax.invert_yaxis()
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_xlabel("mistakes, by the median number of seeds until they are caught")
    ax.set_xlim(0, max((sum(row) for row in rows.values()), default=1))
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    ax.legend(ncols=len(heads), loc="lower center", bbox_to_anchor=(0.45, 1.0), frameon=False, fontsize=8)
    return drawing
