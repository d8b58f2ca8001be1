"""The files that `--chart`, `--mermaid` and `--trace` name: all is checked before a run is played.

matplotlib is looked for and not imported before it draws: it takes longer than most runs.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from paytwice.cli.usage import refuse
from paytwice.pictures.names import CHARTS, DIAGRAMS, MATPLOTLIB_MISSING, TRACES, ending_of

if TYPE_CHECKING:
    from paytwice.story.scenario import Played


def picture_files(
    chart: Path | None, mermaid: Path | None, trace: Path | None = None, *, scenarios: int
) -> Callable[[Played], None]:
    """Check what is to be drawn of how many scenarios, and give what draws it."""
    for option, path in (("--chart", chart), ("--mermaid", mermaid), ("--trace", trace)):
        if path is not None and scenarios != 1:
            raise click.UsageError(f"{option} draws one run, and {scenarios} scenarios are given")
    if mermaid is not None:
        check_file("--mermaid", mermaid, DIAGRAMS)
    if trace is not None:
        check_file("--trace", trace, TRACES)
    if chart is not None:
        check_chart(chart)

    def draw(played: Played) -> None:
        for path, make in ((chart, _chart), (mermaid, _mermaid), (trace, _trace)):
            if path is None:
                continue
            try:
                make(played, path)
            except OSError as error:
                refuse(_unwritable(path, error.strerror or str(error)))

    return draw


def check_chart(path: Path) -> None:
    """Refuse a chart that could not be drawn or written, before hours are spent on what it shows."""
    check_file("--chart", path, CHARTS)
    need_matplotlib("--chart")


def need_matplotlib(what: str) -> None:
    """Refuse to draw where there is nothing to draw with."""
    if find_spec("matplotlib") is None:
        refuse(f"{what}: {MATPLOTLIB_MISSING}")


def check_file(option: str, path: Path, endings: tuple[str, ...]) -> None:
    """Refuse a file whose ending does not say what to write, or that cannot be written."""
    try:
        ending_of(path, endings)
    except ValueError as error:
        raise click.UsageError(f"{option}: {error}") from None
    if path.is_dir():
        refuse(_unwritable(path, "it is a folder"))
    if not path.parent.is_dir():
        refuse(_unwritable(path, f"there is no folder {path.parent}"))
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        refuse(_unwritable(path, "permission denied"))


def _unwritable(path: Path, why: str) -> str:
    return f"the picture {path} cannot be written: {why}"


def _chart(played: Played, path: Path) -> None:
    from paytwice.charts import save, swimlane

    save(swimlane(played.run, played.scenario.title), path)


def _mermaid(played: Played, path: Path) -> None:
    from paytwice.pictures.mermaid import mermaid
    from paytwice.pictures.reading import picture

    path.write_text(mermaid(picture(played.run, played.scenario.title)), encoding="utf-8")


def _trace(played: Played, path: Path) -> None:
    from paytwice.pictures.reading import picture
    from paytwice.pictures.trace import trace

    path.write_text(trace(picture(played.run, played.scenario.title)), encoding="utf-8")
