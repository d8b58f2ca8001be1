"""Draws the legend: each sign as it stands in the chart, and what it means."""

from __future__ import annotations

from paytwice.pictures.brush import DASH_DOTTED, DASHED, DOTTED, SOLID, Brush
from paytwice.pictures.heading import SAMPLE, Sample
from paytwice.pictures.palette import Palette


def draw_sign(brush: Brush, sample: Sample, top: float, palette: Palette) -> None:
    """Draw one entry of a legend that begins at height `top`."""
    x, y, ink = sample.x, top + sample.y, palette.ink
    middle, right = x + SAMPLE / 2, x + SAMPLE
    match sample.sign:
        case "cross":
            brush.line([(x, y), (middle, y)], ink, 1.0)
            brush.cross((middle, y), ink)
        case "waiting":
            brush.dot((x, y), ink)
            brush.line([(x, y), (right, y)], ink, 1.0, style=DOTTED)
        case "fold":
            for at in (middle - 0.03, middle + 0.03):
                brush.line([(at - 0.02, y + 0.05), (at + 0.02, y - 0.05)], ink, 0.8)
        case line:
            style = {"reply": DASHED, "again": DASH_DOTTED}.get(line, SOLID)
            brush.line([(x, y), (right, y)], ink, 1.0, style=style)
            brush.head((x, y), (right, y), ink)
    brush.text(right + 0.08, y, sample.text, palette.faint)
