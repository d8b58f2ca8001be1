"""What `paytwice chaos` adds in a job of GitHub Actions: annotations, and a page in the job's summary."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from paytwice.chaos.census import Census
    from paytwice.story.plot import Plot


def tell_github(census: Census, plots: Sequence[Plot], seconds: float, *, quiet: bool) -> None:
    """Say what broke where GitHub shows it; nothing elsewhere. `quiet` leaves stdout to who needs it."""
    if not _is_here():
        return
    from paytwice.chaos.github import errors, summary

    for line in errors(census, plots):
        click.echo(line, err=quiet)  # GitHub reads both
    _add(summary(census, plots, seconds))


def tell_story_to_github(title: str, lines: Iterable[str]) -> None:
    """Add the short story of a failure to the job's summary; nothing elsewhere."""
    if _is_here():
        from paytwice.chaos.github import story

        _add(story(title, lines))


def _is_here() -> bool:
    return os.environ.get("GITHUB_ACTIONS") == "true"


def _add(lines: Iterable[str]) -> None:
    """A summary that cannot be written changes no verdict, and is told."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        return
    try:
        with Path(path).open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
    except OSError as error:
        click.echo(f"paytwice: the job summary {path} cannot be written: {error.strerror}", err=True)
