"""How every picture is drawn and written: nobody's own settings, and the same bytes for the same picture."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Final
from warnings import catch_warnings, simplefilter

from matplotlib import rc_context, rcdefaults, rcParams
from matplotlib.figure import Figure

DPI: Final = 150


@contextmanager
def style() -> Iterator[None]:
    """Nobody's own settings: a chart is the same wherever it is drawn."""
    with rc_context():
        rcdefaults()
        rcParams["hatch.linewidth"] = 0.6
        rcParams["path.simplify"] = False
        rcParams["svg.fonttype"] = "path"  # a page looks the same where the font is not installed
        rcParams["svg.hashsalt"] = "paytwice"
        yield


@contextmanager
def without_letters_warnings() -> Iterator[None]:
    """A letter that no font here has is drawn as a box, and that is that."""
    with catch_warnings():
        simplefilter("ignore", UserWarning)
        yield


def write(figure: Figure, path: Path) -> None:
    """Write a drawing; as SVG always the same bytes for the same drawing."""
    kind = path.suffix.lower().removeprefix(".")
    metadata = {"Date": None} if kind == "svg" else None
    with style(), without_letters_warnings():
        figure.savefig(path, format=kind, metadata=metadata, dpi="figure")


def svg(figure: Figure) -> str:
    """A drawing as the text that `write` writes into an SVG file."""
    text = StringIO()
    with style(), without_letters_warnings():
        figure.savefig(text, format="svg", metadata={"Date": None}, dpi="figure")
    return text.getvalue()
