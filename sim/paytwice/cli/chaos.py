"""`paytwice chaos`: many seeds of scenarios and worlds, and what they break."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from paytwice.cli.campaigning import BY_HAND, LOST, hire, played
from paytwice.cli.junit_file import junit_file
from paytwice.cli.on_github import tell_github, tell_story_to_github
from paytwice.cli.options import SEEDS, a_number, pairs
from paytwice.cli.printing import print_json, print_lines
from paytwice.cli.usage import INTERRUPTED, refuse

if TYPE_CHECKING:
    from paytwice.chaos.census import Census
    from paytwice.story.plot import Stage

MOST: Final = 10_000_000  # seeds of a story in a campaign


@click.command()
@click.argument("scenarios", nargs=-1, metavar="[SCENARIO|WORLD]…")
@click.option("--seeds", type=click.IntRange(1, MOST), metavar="N", help="Seeds of each [1000].")
@click.option(
    "--minutes",
    type=click.FloatRange(0.01, 1_000_000),
    callback=a_number,
    metavar="M",
    help="Begin no seed after so long.",
)
@click.option(
    "--from", "begin", type=click.IntRange(0, SEEDS - 1), default=0, metavar="S", help="The first seed [0]."
)
@click.option(
    "--mutate",
    type=click.IntRange(0, 1000),
    default=0,
    metavar="N",
    help="For every 100 seeds, mutate the runs that reached something new into N more [0].",
)
@click.option("--profile", metavar="P", help="The fault profile [rough].")
@click.option(
    "--set", "changes", callback=pairs, multiple=True, metavar="KEY=VALUE", help="Change a setting."
)
@click.option("--jobs", type=click.IntRange(1, 512), metavar="J", help="Processes [one a core].")
@click.option(
    "--executor",
    default="process",
    metavar="E",
    help="Who plays: process, dask:ADDRESS or module:factory [process].",
)
@click.option("--merchant", metavar="MODULE:FACTORY", help="Put your own merchant in place of ours.")
@click.option("--store", type=click.Path(path_type=Path), metavar="FILE.sqlite", help="Keep results; go on.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FOLDER", help="A folder for each failure.")
@click.option(
    "--junitxml", type=click.Path(path_type=Path), metavar="F", help="Write the results as JUnit XML."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout, and nothing else.")
def chaos(
    scenarios: tuple[str, ...],
    seeds: int | None,
    minutes: float | None,
    begin: int,
    mutate: int,
    profile: str | None,
    changes: dict[str, str],
    jobs: int | None,
    executor: str,
    merchant: str | None,
    store: Path | None,
    out: Path | None,
    junitxml: Path | None,
    as_json: bool,
) -> int:
    """Play many seeds of scenarios and worlds, and shrink what breaks to a short story.

    Without a name it plays busy_shop. Exit status: 0 nothing broke, 1 violated, 2 bad usage, 3 a seed has no
    verdict, the executor plays no more, or a merchant that is known to be broken was not caught.
    """
    from paytwice.chaos.campaign import Campaign
    from paytwice.chaos.telling import as_json as census_as_json
    from paytwice.chaos.telling import told

    if profile is not None and changes.get("profile", profile) != profile:
        refuse(f"--profile {profile} and --set profile={changes['profile']} contradict each other: give one")
    settings = {"profile": profile or "rough", "schedule": "portfolio", **changes}
    stages = stages_of(scenarios or ("busy_shop",), settings, merchant)
    if out is not None:
        make_folder(out)
    number = min(seeds or (MOST if minutes is not None else 1_000), SEEDS - begin)
    campaign = Campaign(tuple(stage.plot for stage in stages), number, begin, mutate)
    write_junit = junit_file(junitxml)
    census, seconds, stopped = played(campaign, store, hire(executor, jobs), minutes)
    if as_json:
        print_json(census_as_json(census, seconds))
    else:
        print_lines(told(census, seconds, campaign.plots))
    tell_github(census, campaign.plots, seconds, quiet=as_json)
    write_junit(campaign, census, seconds, stopped)
    if stopped:
        said = stopped + ("" if store is None else f"; the same command goes on from {store}")
        click.echo(f"paytwice: {said}", err=True)
        return INTERRUPTED if stopped == BY_HAND else 1 if census.signatures else LOST
    tell_findings(stages, census, out, quiet=as_json)
    return 1 if census.signatures else 0 if census.is_believable else 3


def stages_of(scenarios: Sequence[str], changes: dict[str, str], merchant: str | None) -> list[Stage]:
    """All that is to be played, loaded here once, so that a wrong name is told before workers start."""
    from paytwice.story.loading import LoadingError
    from paytwice.story.plot import Plot

    try:
        return [Plot(one, changes, merchant).loaded() for one in dict.fromkeys(scenarios)]
    except (LoadingError, ValueError) as error:
        refuse(str(error))


def make_folder(folder: Path) -> None:
    """Make the folder for failures, or say why there can be none before hours are spent."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        refuse(f"--out {folder} cannot be made: {error.strerror}")


def tell_findings(stages: Sequence[Stage], census: Census, out: Path | None, *, quiet: bool) -> None:
    """Print the short story of each kind of failure, unless `quiet`, and write its folder."""
    from paytwice.chaos.finding import findings
    from paytwice.shrinking.folder import REPLAY, command, summary, write_folder

    for one in findings(stages, census) if out is not None or not quiet else ():
        lines = [one.why_not] if one.shrunk is None else list(summary(one.shrunk))
        if out is not None and one.shrunk is not None:
            folder = write_folder(out / one.name, one.stage, one.shrunk, seed=one.origin[0])
            lines.append(f"  written to {folder}")
            lines.append(f"  play it again: {shlex.join(command(one.stage, str(folder / REPLAY)))}")
        tell_story_to_github(one.name, lines)
        if not quiet:
            print_lines([("", ""), *((line, "") for line in lines)])
