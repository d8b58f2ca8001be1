"""`paytwice list`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import click

from paytwice.cli.printing import Style, print_lines


@click.command("list")
def list_scenarios() -> None:
    """List the scenarios that can be run by name, grouped by what they are about."""
    from paytwice.story.loading import available

    print_lines(_grouped(available()))


def _grouped(found: dict[str, Path]) -> Iterator[Style]:
    from paytwice.story.loading import theme_of, title_of

    width = max(map(len, found), default=0)
    by_theme = sorted(found.items(), key=lambda item: theme_of(item[1]))
    for theme, scenarios in groupby(by_theme, key=lambda item: theme_of(item[1])):
        if theme:
            yield "", ""
            yield theme, "bold"
        yield from ((f"{name:<{width}}  {title_of(path)}", "") for name, path in scenarios)
