"""Labels in a chart that do not stand on each other: each is put as near to its point as there is room."""

from __future__ import annotations

from typing import Final

import attrs

from paytwice.drawing.sheet import SMALL, Sheet
from paytwice.pictures.brush import families
from paytwice.pictures.metrics import POINTS, width
from paytwice.pictures.page import Box

LINE: Final = 1.35 * SMALL / POINTS  # inches
AWAY: Final = 0.05  # inches between a point and its label
TRIES: Final = 8  # lines up that are tried


@attrs.define
class Labels:
    """Writes labels on a sheet; the limits of its axes must have been set before."""

    sheet: Sheet
    taken: list[Box] = attrs.field(factory=list)

    def write(self, x: float, y: float, text: str, colour: str) -> bool:
        """Write a label at a point, in the axes' own units; False where there is no room for it."""
        box = self._room(x, y, width(text, SMALL, bold=True))
        if box is None:
            return False
        self.taken.append(box)
        wide, high = self.sheet.inches
        self.sheet.ax.text(
            box.left / wide,
            1 - box.bottom / high,
            text,
            transform=self.sheet.ax.transAxes,
            fontsize=SMALL,
            fontweight="bold",
            fontfamily=families(text),
            color=colour,
            va="bottom",
            zorder=7,
            parse_math=False,
            bbox={"facecolor": self.sheet.palette.paper, "edgecolor": "none", "alpha": 0.85, "pad": 0.6},
        )
        return True

    def _room(self, x: float, y: float, long: float) -> Box | None:
        """Where a label of some inches can stand: right of its point, else left of it, else further up."""
        wide, high = self.sheet.inches
        (x0, x1), (y0, y1) = self.sheet.ax.get_xlim(), self.sheet.ax.get_ylim()
        across, down = (x - x0) / (x1 - x0) * wide, (1 - (y - y0) / (y1 - y0)) * high
        for n in range(TRIES):
            bottom = down - n * LINE
            for left in (across + AWAY, across - AWAY - long):
                box = Box(left, bottom - LINE, left + long, bottom)
                inside = box.left >= 0 and box.right <= wide and box.top >= 0
                if inside and not any(box.overlaps(other) for other in self.taken):
                    return box
        return None
