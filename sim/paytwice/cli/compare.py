"""`paytwice compare`: two merchants in the same world, and where the outside first sees a difference."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from paytwice.cli.options import SEEDS, a_seed, pairs
from paytwice.cli.printing import print_json, print_lines, quiet_stdout
from paytwice.cli.sides import REPLAY
from paytwice.cli.usage import INTERRUPTED, refuse

if TYPE_CHECKING:
    from paytwice.comparing.outside.playing import Rivals
    from paytwice.comparing.outside.tally import Tally
    from paytwice.shrinking.replay import Replay


@click.command()
@click.argument("a")
@click.argument("b")
@click.argument("world")
@click.option("--seed", callback=a_seed, multiple=True, metavar="N", help="Play both with this seed.")
@click.option("--seeds", type=click.IntRange(1, 10_000_000), metavar="N", help="Compare with so many seeds.")
@click.option("--from", "begin", type=click.IntRange(0, SEEDS - 1), metavar="S", help="The first seed [0].")
@click.option("--profile", metavar="P", help="The fault profile.")
@click.option(
    "--set", "changes", callback=pairs, multiple=True, metavar="KEY=VALUE", help="Change a setting."
)
@click.option(
    "--replay",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE|FOLDER",
    help="Play what a replay file recorded, with its settings, on both.",
)
@click.option("--as-recorded", is_flag=True, help="Play on B what chance did to A, and nothing else.")
@click.option(
    "--lines", type=click.IntRange(1, 10_000), default=12, metavar="N", help="Lines of the story [12]."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout, and nothing else.")
def compare(
    a: str,
    b: str,
    world: str,
    seed: int | None,
    seeds: int | None,
    begin: int | None,
    profile: str | None,
    changes: dict[str, str],
    file: Path | None,
    as_recorded: bool,
    lines: int,
    as_json: bool,
) -> int:
    """Play two merchants in the same world, and show where the outside first sees a difference.

    A and B are each MODULE:FACTORY, or `reference` for ours; WORLD is a scenario by name or path. What counts
    is what each says of its orders, its acks, what customers are told, money, refunds and shipping: not what
    calls it makes, and not when. The same seed is the same luck for all that has the same name in both; with
    --as-recorded B meets what A met and nothing else. Exit status: 0 the same, 1 they differ, 2 bad usage.
    """
    from paytwice.comparing.outside.telling import as_json as compared_as_json

    if profile is not None and changes.get("profile", profile) != profile:
        refuse(f"--profile {profile} and --set profile={changes['profile']} contradict each other: give one")
    changes = changes if profile is None else {**changes, "profile": profile}
    _check(seed=seed, seeds=seeds, begin=begin, file=file, changes=changes, as_recorded=as_recorded)
    recorded = None if file is None else _recorded(file, world)
    with quiet_stdout(as_json):
        rivals = _rivals(a, b, world, changes if recorded is None else recorded.settings)
        if seeds is None:
            deviations = None if recorded is None else recorded.deviations
            compared = rivals.compare(seed, deviations, as_recorded=as_recorded)
        else:
            first = begin or 0
            tally, stopped = _played(rivals, range(first, min(first + seeds, SEEDS)), as_recorded)
    if seeds is None:
        print_json(compared_as_json(compared)) if as_json else print_lines(compared.lines(lines))
        return 0 if compared.same else 1

    def command(one: int) -> tuple[str, ...]:
        return rivals.command(one, as_recorded=as_recorded)

    if as_json:
        print_json(tally.as_json(rivals.names, command))
    else:
        print_lines(tally.lines(rivals.names, command))
    if stopped:
        click.echo("paytwice: stopped before the end", err=True)
        return INTERRUPTED
    return 1 if tally.differ else 0


def _check(
    *,
    seed: int | None,
    seeds: int | None,
    begin: int | None,
    file: Path | None,
    changes: dict[str, str],
    as_recorded: bool,
) -> None:
    """Refuse what contradicts each other, and what would be given for nothing."""
    if seed is not None and seeds is not None:
        raise click.UsageError("--seed plays one seed and --seeds many: give one of them")
    if begin is not None and seeds is None:
        raise click.UsageError("--from is the first of --seeds: say how many")
    if file is not None and (seed is not None or seeds is not None or changes or as_recorded):
        raise click.UsageError(
            "--replay has its own settings and decisions: leave out --seed, --seeds, --profile, --set and "
            "--as-recorded"
        )
    if as_recorded and seed is None and seeds is None:
        raise click.UsageError(
            "--as-recorded needs --seed or --seeds: without chance there is nothing to record"
        )


def _recorded(file: Path, world: str) -> Replay:
    """Read a replay file, or the one in the folder of a failure, which has to be one of this world."""
    from paytwice.shrinking.replay import ReplayError, read

    try:
        recorded = read(file / REPLAY if file.is_dir() else file)
    except ReplayError as error:
        refuse(str(error))
    if Path(recorded.story).stem != Path(world).stem:
        refuse(f"{file} was recorded with the story {recorded.story!r}, and says nothing of {world!r}")
    return recorded


def _rivals(a: str, b: str, world: str, changes: Mapping[str, str]) -> Rivals:
    from paytwice.comparing.outside.playing import Rivals
    from paytwice.story.loading import LoadingError

    try:
        return Rivals.of(a, b, world, changes)
    except (LoadingError, ValueError) as error:
        refuse(str(error))


def _played(rivals: Rivals, seeds: range, as_recorded: bool) -> tuple[Tally, bool]:
    """What was counted, and whether somebody stopped it."""
    from paytwice.comparing.outside.tally import Tally

    tally = Tally()
    try:
        for compared in rivals.compare_seeds(seeds, as_recorded=as_recorded):
            tally.take(compared)
    except KeyboardInterrupt:
        return tally, True
    return tally, False
