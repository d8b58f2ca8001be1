"""Draws a failing run beside the nearest one that passes: what both tell is pale, and from where they part on
all is in colour. The one decision by which they differ stands above them.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Final

import attrs
from matplotlib.figure import Figure

from paytwice.choices import Deviation
from paytwice.comparing.parting import Branch, part
from paytwice.comparing.side import Side, chance_of
from paytwice.comparing.telling import NOISE
from paytwice.pictures.brush import ARROWS, Brush
from paytwice.pictures.fonts import drawable, families
from paytwice.pictures.metrics import POINTS
from paytwice.pictures.page import MARGIN
from paytwice.pictures.palette import Palette
from paytwice.pictures.reading import picture
from paytwice.pictures.style import style
from paytwice.pictures.swimlane import Composition, blank, compose, put
from paytwice.pictures.view import between
from paytwice.report.chance import kind
from paytwice.report.timeline import stamp
from paytwice.run import Run

TITLE: Final = 13.0  # points
TEXT: Final = 9.0
LETTER: Final = 0.56  # of its size: how wide a letter of running text is
ABOVE: Final = 0.07  # inches, by which the line stands above what is new
BEFORE: Final = 6  # lines of the story that both tell, which are shown
GAP: Final = 0.35  # inches between the two
HEAD: Final = 0.62  # inches above both
FIRST: Final = 3  # deviations that are named, where there are several
LINE: Final = (0, (6, 3))


@attrs.frozen
class Half:
    """One of the two runs, laid out, and how far down it parts from the other; None where it is over."""

    composed: Composition
    parts_at: float | None


def draw(failing: Run, passing: Run, title: str, palette: Palette, decision: Deviation | None) -> Figure:
    """Draw both runs. Raises ValueError where they are the same run."""
    parting = part(failing.journal, passing.journal, failing.currency)
    if parting is None:
        raise ValueError("these are the same run, so there is nothing in which they part")
    halves = (
        _half(failing, parting.a, "This run"),
        _half(passing, parting.b, "The run that passes" if passing.ok else "The other run"),
    )
    width = sum(half.composed.width for half in halves) + GAP
    height = max(half.composed.height for half in halves) + HEAD
    with style():
        figure = blank(width, height, palette)
        x = 0.0
        for half in halves:
            high = half.composed.height
            place = x / width, 1 - (HEAD + high) / height, half.composed.width / width, high / height
            _put(half, figure, place, palette)
            x += half.composed.width + GAP
        _head(figure, title, _decided(failing, passing, decision), palette)
    return figure


def _half(run: Run, branch: Branch, title: str) -> Half:
    whole = picture(run, title)
    parts = branch.after[0].at if branch.after else whole.ended.at + 1
    told = (*branch.before[-BEFORE:], *branch.after[:1])
    begin = min(told[0].at, whole.ended.at - 1)
    shown = between(whole, (max(begin, 0), whole.ended.at))
    composed = compose(attrs.evolve(shown, conclusion=whole.conclusion, lit_from=parts))
    later = [y for moment, y in composed.page.y.items() if moment.at >= parts]
    return Half(composed, min(later) if later else None)


def _put(half: Half, figure: Figure, place: tuple[float, float, float, float], palette: Palette) -> None:
    ax = figure.add_axes(place)
    put(half.composed, ax, palette, is_page=True)
    if half.parts_at is None:
        return
    brush = Brush(ax)
    y = half.parts_at - ABOVE
    brush.line([(0.1, y), (half.composed.width - 0.1, y)], palette.alarm, 1.2, style=LINE, on=ARROWS)
    brush.finish()


def _decided(failing: Run, passing: Run, decision: Deviation | None) -> str:
    """What the failing run decided otherwise, and the other way round where there is nothing else."""
    if decision is not None:
        return f"only this run has: {_told([decision])}"
    chance = chance_of(Side.of("", failing), Side.of("", passing))
    assert chance is not None, "both are runs"
    for words, found in (
        ("only this run has", list(chance.only_a)),
        ("both have, and the other with another value", [one for one, _ in chance.changed]),
        ("only the run that passes has", list(chance.only_b)),
    ):
        telling = sorted(found, key=lambda one: kind(one) in NOISE)
        if telling:
            more = f", and {len(telling) - FIRST} more" if len(telling) > FIRST else ""
            return f"{words}: {_told(telling[:FIRST])}{more}"
    return "chance did the same in both: story, settings or merchant differ"


def _told(found: Sequence[Deviation]) -> str:
    return "; ".join(f"{one} ({stamp(one.at)})" for one in found)


def _head(figure: Figure, title: str, decided: str, palette: Palette) -> None:
    """The title and the decision, above both."""
    wide, high = figure.get_size_inches()
    letters = int((wide - 2 * MARGIN) * POINTS / (LETTER * TEXT))
    rows = (
        (title, 0.2, TITLE, palette.ink, "bold"),
        (f"They part at the line: {decided}", 0.45, TEXT, palette.alarm, "normal"),
    )
    for text, y, size, colour, weight in rows:
        figure.text(
            MARGIN / wide,
            1 - y / high,
            drawable(textwrap.shorten(text, letters, placeholder=" …")),
            color=colour,
            fontsize=size,
            fontweight=weight,
            fontfamily=families(text),
            va="center",
            parse_math=False,
        )
