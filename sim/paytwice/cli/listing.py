"""`paytwice list`."""

from __future__ import annotations

import click

from paytwice.cli.printing import print_lines


@click.command("list")
def list_scenarios() -> None:
    """List the scenarios that can be run by name."""
    from paytwice.story.loading import available, title_of

    found = available()
    width = max(map(len, found), default=0)
    print_lines((f"{name:<{width}}  {title_of(path)}", "") for name, path in found.items())
