"""What stands above and below the story: title, conclusion, and how to read the lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import attrs

from paytwice.pictures.arrows import Arrow
from paytwice.pictures.languages import LANGUAGES
from paytwice.pictures.metrics import POINTS, width
from paytwice.pictures.model import Picture
from paytwice.pictures.page import MARGIN, SIZE, Page

SPACING: Final = 1.35  # from one line to the next, in sizes of the font
NARROWER: Final = 0.1  # inches, by which lines are made shorter until they are alike
SAMPLE: Final = 0.3  # inches of a line in the legend


@attrs.frozen
class Row:
    """A line of text. `y` is its middle, in inches from the top of the page."""

    text: str
    y: float
    size: float
    bold: bool
    loud: bool


@attrs.frozen
class Heading:
    """What stands above the story, and how high it is; the names of lanes are at `names`."""

    rows: tuple[Row, ...]
    names: float
    height: float


def heading(picture: Picture, page: Page) -> Heading:
    """The title, the conclusion, and room for the names of the lanes."""
    rows = []
    y = 0.12
    broken = picture.outcome == "violated"
    for text, size, bold, loud in (
        (picture.title, 12.0, True, False),
        (picture.conclusion, 9.0, broken, broken),
    ):
        for line in _balanced(text, page.width - 2 * MARGIN, size, bold):
            step = size * SPACING / POINTS
            rows.append(Row(line, y + step / 2, size, bold, loud))
            y += step
        y += 0.03
    return Heading(tuple(rows), y + 0.17, y + 0.3)


def _balanced(text: str, inches: float, size: float, bold: bool) -> list[str]:
    """The lines of a text, none of them much shorter than the others: no last word stands alone."""
    lines = list(_wrapped(text, inches, size, bold))
    while len(lines) > 1:
        inches -= NARROWER
        narrower = list(_wrapped(text, inches, size, bold))
        if len(narrower) > len(lines) or inches < max(width(word, size, bold=bold) for word in text.split()):
            break
        lines = narrower
    return lines


def _wrapped(text: str, inches: float, size: float, bold: bool) -> Iterator[str]:
    line = ""
    for word in text.split():
        longer = f"{line} {word}".lstrip()
        if line and width(longer, size, bold=bold) > inches:
            yield line
            line = word
        else:
            line = longer
    yield line


@attrs.frozen
class Sample:
    """An entry of the legend: what is drawn, what it means, and where, from the left of the legend's top."""

    sign: str
    text: str
    x: float
    y: float


def legend(all_arrows: Iterable[Arrow], page: Page, language: str = "en") -> tuple[Sample, ...]:
    """What signs mean, of those that are used."""
    used = tuple(all_arrows)
    folded = bool(page.folds)
    signs = {
        ("request", "request or notification"): any(not one.message.is_reply for one in used),
        ("reply", "answer"): any(one.message.is_reply for one in used),
        ("again", "copy made by the network"): any(one.again for one in used),
        ("waiting", "held by the network"): any(one.waiting is not None for one in used),
        ("cross", "did not get through"): any(one.cross is not None for one in used),
        ("fold", "quiet time, folded"): folded,
    }
    found, x, y = [], MARGIN, 0.0
    for (sign, text), is_used in signs.items():
        if not is_used:
            continue
        text = LANGUAGES[language](text)
        inches = SAMPLE + 0.08 + width(text, SIZE) + 0.2
        if x + inches > page.width and x > MARGIN:
            x, y = MARGIN, y + 0.18
        found.append(Sample(sign, text, x, y))
        x += inches
    return tuple(found)
