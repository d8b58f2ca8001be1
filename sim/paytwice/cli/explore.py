"""`paytwice explore`: every order of what is ready at once in a small story, as far as the bounds go."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from paytwice.cli.chaos import make_folder, stages_of, tell_findings
from paytwice.cli.options import pairs
from paytwice.cli.printing import print_json, print_lines
from paytwice.cli.usage import INTERRUPTED, refuse

if TYPE_CHECKING:
    from paytwice.chaos.census import Census
    from paytwice.chaos.depth_first import DepthFirst
    from paytwice.run import Run


@click.command()
@click.argument("scenario")
@click.option("--runs", type=click.IntRange(1), default=10_000, metavar="N", help="At most so many [10000].")
@click.option("--delays", type=click.IntRange(0), metavar="D", help="Only orders with so many delays.")
@click.option("--depth", type=click.IntRange(1), metavar="N", help="Vary the first N decisions only.")
@click.option("--options", is_flag=True, help="Also all that customers may choose.")
@click.option(
    "--set", "changes", callback=pairs, multiple=True, metavar="KEY=VALUE", help="Change a setting."
)
@click.option("--merchant", metavar="MODULE:FACTORY", help="Put your own merchant in place of ours.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FOLDER", help="A folder for each failure.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout, and nothing else.")
def explore(
    scenario: str,
    runs: int,
    delays: int | None,
    depth: int | None,
    options: bool,
    changes: dict[str, str],
    merchant: str | None,
    out: Path | None,
    as_json: bool,
) -> int:
    """Play every order of what is ready at once in a small story; nothing else is left to chance.

    The number of orders grows exponentially: where 10,000 runs are not all of them, bound them with --delays
    (1 or 2) or --depth. Exit status: 0 nothing broke, 1 violated, 2 bad usage, 3 a run has no verdict.
    """
    from paytwice.chaos import depth_first
    from paytwice.chaos.census import Census
    from paytwice.chaos.telling import as_json as census_as_json
    from paytwice.chaos.telling import found

    if idle := sorted({"profile", "schedule"} & changes.keys()):
        refuse(f"--set {idle[0]} means nothing here: explore leaves nothing but the order to chance")
    [stage] = stages_of([scenario], changes, merchant)
    if out is not None:
        make_folder(out)
    search = depth_first.explore(stage, delays=delays, depth=depth, options=options)
    census, began = Census(), time.monotonic()  # noqa: TID251  # how long it took is no part of a run
    stopped = _play(search, census, scenario, runs)
    seconds = time.monotonic() - began  # noqa: TID251
    if as_json:
        print_json({**census_as_json(census, seconds), "is_complete": search.is_over, "says": search.says})
    else:
        says = f"{search.says}, in {seconds:.1f} s"
        print_lines([*found(census), (says, "bold" if search.is_over else "")])
    if stopped:
        click.echo("paytwice: stopped before the end", err=True)
        return INTERRUPTED
    tell_findings([depth_first.explored(stage, search)], census, out, quiet=as_json)
    return 1 if census.signatures else 3 if census.failures else 0


def _play(search: DepthFirst[Run], census: Census, name: str, runs: int) -> bool:
    """Play and count; say whether somebody stopped it."""
    from paytwice.chaos.result import result_of

    try:
        for number, run in enumerate(search.runs(runs), 1):
            census.take(name, [result_of((number,), run)])
    except KeyboardInterrupt:
        return True
    return False
