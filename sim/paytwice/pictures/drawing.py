"""The figure that a chart has where nobody gives it axes: a notebook shows it without being asked to.

IPython shows a plain figure as a picture only once pyplot was imported, which sets up a machinery of its own
and would draw with the reader's settings. This one draws itself, as `save` does.
"""

from __future__ import annotations

from io import BytesIO
from typing import Final

from matplotlib.figure import Figure
from PIL import Image  # matplotlib brings it along

from paytwice.pictures.style import style, without_letters_warnings

SHOWN_DPI: Final = 110  # eight inches are about as wide as a cell
WIDEST: Final = 1600  # pixels; a cell shows more of them smaller
COLOURS: Final = 128  # of a chart: more can hardly be seen, and the file is a third as large


class Drawing(Figure):
    """A figure; in a notebook, a cell that ends with it shows it."""

    def _repr_png_(self) -> bytes:
        drawn, small = BytesIO(), BytesIO()
        dpi = min(SHOWN_DPI, self.dpi, WIDEST / self.get_figwidth())
        with style(), without_letters_warnings():
            self.savefig(drawn, format="png", dpi=dpi)
        with Image.open(drawn) as picture:
            few = picture.convert("RGB").quantize(
                COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
            )
        few.save(small, format="png", optimize=True)
        return small.getvalue()
