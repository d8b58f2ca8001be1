"""`paytwice replay`: a recorded failure, played again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from paytwice.cli.printing import print_lines
from paytwice.cli.sides import REPLAY
from paytwice.cli.usage import refuse

if TYPE_CHECKING:
    from paytwice.shrinking.replay import Replay
    from paytwice.story.plot import Stage


@click.command()
@click.argument("file", metavar="FILE|FOLDER", type=click.Path(path_type=Path))
@click.option("--story", metavar="SCENARIO", help="The story, where the file names one by a path.")
@click.option("--merchant", metavar="MODULE:FACTORY", help="Your own merchant, where the file names one.")
@click.option("--quiet", "-q", is_flag=True, help="What came of it in a line.")
def replay(file: Path, story: str | None, merchant: str | None, quiet: bool) -> int:
    """Play a replay file, or the one in the folder of a failure, again: reproduced, fixed, or stale.

    Nothing in a file is imported: a merchant, and a story that has no name here, are to be given.
    Exit status: 0 fixed, 1 reproduced, 2 bad usage, 3 stale.
    """
    from paytwice.oracle import INVARIANTS
    from paytwice.report.text import report
    from paytwice.shrinking.replay import Outcome, ReplayError, read
    from paytwice.wording import one_line

    file = file / REPLAY if file.is_dir() else file
    try:
        recorded = read(file)
    except ReplayError as error:
        refuse(str(error))
    if recorded.invariant not in INVARIANTS:  # which nothing would break, so that it seemed fixed
        refuse(
            f"{file} broke {recorded.invariant!r}, a promise that this paytwice does not know: "
            "`paytwice invariants` shows those that there are"
        )
    stage = stage_of(file, recorded, story, merchant)
    run = stage.replay(recorded.deviations)
    if run.failure is not None:
        refuse(f"{file}: the run ended early: {type(run.failure).__name__}: {run.failure}", 3)
    outcome = recorded.outcome(run)
    if not quiet:
        print_lines(report(run, stage.scenario.title))
    said = f"{outcome}: {recorded.invariant} of order {recorded.order} in {recorded.story}"
    print_lines([(one_line(said), "bold green" if outcome is Outcome.FIXED else "bold red")])
    for one in run.unused if outcome is not Outcome.REPRODUCED else ():
        print_lines([(f"  no longer happens: {one_line(one)}", "yellow")])
    return {Outcome.FIXED: 0, Outcome.STALE: 3}.get(outcome, 1)


def stage_of(file: Path, recorded: Replay, story: str | None, merchant: str | None) -> Stage:
    """Load what a file was recorded with; what it names and does not have by that name here is asked for."""
    from paytwice.story.loading import LoadingError, available
    from paytwice.story.plot import Plot

    if story is None and "::" in recorded.story:  # the story is a test
        refuse(f"{file} was recorded in a test: pytest {recorded.story!r} --paytwice-replay {file} plays it")
    if story is None and recorded.story not in available():
        refuse(f"{file} was recorded with the story {recorded.story!r}: name it with --story")
    if merchant is None and recorded.merchant is not None:
        refuse(f"{file} was recorded with the merchant {recorded.merchant!r}: name it with --merchant")
    try:
        return Plot(story or recorded.story, recorded.settings, merchant).loaded()
    except (LoadingError, ValueError) as error:
        refuse(f"{file}: {error}")
